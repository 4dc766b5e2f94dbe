"""Keys that were recognised a moment ago, and when each was used last: speed, and no fact."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from bot.domain.people import Caller

#: A revocation acts everywhere within a second (contract): nothing is believed for longer.
LASTS_SECONDS = 1.0
# Far more keys than agents that ask within one second.
_MANY = 1000


@dataclass(frozen=True, slots=True)
class _Recognised:
    caller: Caller
    until: float


class KeyRing:
    """Of one process. Only keys that were right are kept, by the hash of the whole key."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.now = monotonic
        self._recognised: dict[bytes, _Recognised] = {}
        self._used: dict[str, datetime] = {}

    def find(self, key: str) -> Caller | None:
        """Who presented this very key within the last second."""
        found = self._recognised.get(_name(key))
        return found.caller if found is not None and self.now() < found.until else None

    def keep(self, key: str, caller: Caller, *, asked: float, at: datetime) -> None:
        """The ledger said so when it was asked at `asked` by our own stopwatch.

        Counted from before the question: a revocation that the answer missed came later.
        """
        if len(self._recognised) >= _MANY:
            now = self.now()
            self._recognised = {k: v for k, v in self._recognised.items() if now < v.until}
        self._recognised[_name(key)] = _Recognised(caller, asked + LASTS_SECONDS)
        self._used[caller.key_id] = at

    def uses(self) -> dict[str, datetime]:
        """When each key was used last, and nobody has written it down yet."""
        return dict(self._used)

    def written(self, uses: dict[str, datetime], still_waiting: Iterable[str]) -> None:
        """These are dealt with; what was used again meanwhile, or has to wait, is not."""
        waiting = set(still_waiting)
        for key_id, at in uses.items():
            if key_id not in waiting and self._used.get(key_id) == at:
                del self._used[key_id]


def _name(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).digest()
