"""Tells every open page that something has changed."""

import asyncio


class Changes:
    """A counter that can be listened to."""

    def __init__(self) -> None:
        """Start at zero with nobody listening."""
        self.number = 0
        self._listeners: set[asyncio.Queue[int]] = set()

    def happened(self) -> None:
        """Wake each listener; those still busy see only the newest number."""
        self.number += 1
        self._tell(self.number)

    def close(self) -> None:
        """Send every listener away: -1 ends a stream."""
        self._tell(-1)

    def listen(self) -> asyncio.Queue[int]:
        """Return a queue that holds at most the newest number."""
        queue: asyncio.Queue[int] = asyncio.Queue(maxsize=1)
        self._listeners.add(queue)
        return queue

    def leave(self, queue: asyncio.Queue[int]) -> None:
        """Stop listening."""
        self._listeners.discard(queue)

    def _tell(self, number: int) -> None:
        for queue in self._listeners:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(number)
