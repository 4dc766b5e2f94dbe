"""Who waits for what: fed by the commits, and only an alarm clock, never the truth."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

_AGENTS = "escalation:"


class CommitWaker:
    """Wakes everybody in this process who listens for a topic that a commit has changed."""

    def __init__(self) -> None:
        self._asleep: dict[str, set[asyncio.Event]] = {}
        self.closing = False

    def committed(self, topics: Iterable[str]) -> None:
        for topic in topics:
            for event in self._asleep.get(topic, ()):
                event.set()

    @asynccontextmanager
    async def listening(self, topic: str) -> AsyncIterator[Callable[[float], Awaitable[bool]]]:
        event = asyncio.Event()
        self._asleep.setdefault(topic, set()).add(event)

        async def sleep(seconds: float) -> bool:
            try:
                await asyncio.wait_for(event.wait(), seconds)
            except TimeoutError:
                return False
            return True

        try:
            yield sleep
        finally:
            listeners = self._asleep[topic]
            listeners.discard(event)
            if not listeners:
                del self._asleep[topic]

    def look_again(self) -> None:
        """Let everybody read once more, and go on waiting where nothing has changed."""
        self.committed(list(self._asleep))

    def wake_everybody(self) -> None:
        """The bot is stopping: let those who wait read once more and go."""
        self.closing = True
        self.look_again()

    @property
    def waiting(self) -> int:
        """How many agents sleep here now; our own workers do not count."""
        return sum(
            len(events) for topic, events in self._asleep.items() if topic.startswith(_AGENTS)
        )
