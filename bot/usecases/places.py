"""Where messages of ours are known to stand, so that a crowd at one card asks only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.outgoing import Sent

_MOST = 10_000


class Places:
    """What is known once stays known; when there are too many, all are asked for again."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: set[tuple[str, str]] = set()

    def remembers(self, place: Sent) -> bool:
        return (place.channel, place.ts) in self._known

    def remember(self, place: Sent) -> None:
        if len(self._known) >= self._most:
            self._known.clear()
        self._known.add((place.channel, place.ts))
