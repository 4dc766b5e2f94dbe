"""What went over the wire, both ways, for the page's log and for tests."""

from collections import deque
from collections.abc import Callable

from sandbox.records import Json

KEPT = 2000
TO_APP = "to_app"
FROM_APP = "from_app"


class Log:
    """The last requests between Slack and the app."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Read the time from `now`."""
        self._now = now
        self._entries: deque[Json] = deque(maxlen=KEPT)
        self._number = 0

    def add(self, direction: str, what: str, *, status: int, ms: float, summary: str) -> None:
        """Remember one finished request; status 0 means that no answer came."""
        self._number += 1
        entry: Json = {"n": self._number, "at": self._now(), "direction": direction, "what": what}
        self._entries.append(
            entry | {"status": status, "ms": round(ms, 1), "summary": summary[:300]}
        )

    def last(self, count: int = KEPT) -> list[Json]:
        """Return the newest `count` entries, oldest first."""
        return list(self._entries)[-count:]
