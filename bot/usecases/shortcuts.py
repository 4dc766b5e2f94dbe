"""Slack's own addresses for answers to clicks: the message that was clicked is redrawn there, at
once and beside the limits of `chat.update`.

A hint and nothing more: of this process only, used once, and forgotten long before Slack does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.outgoing import Sent

#: Slack's are good for thirty minutes.
_LIFE_SECONDS = 20 * 60.0
_MOST = 100


@dataclass(frozen=True, slots=True)
class _Shortcut:
    url: str
    until: float


class Shortcuts:
    """By the channel and ts of the message; the newest ones, where there are too many."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: dict[tuple[str, str], _Shortcut] = {}

    def offer(self, place: Sent, url: str, now: float) -> None:
        """The message was clicked just now."""
        self._known.pop((place.channel, place.ts), None)
        if len(self._known) >= self._most:
            del self._known[next(iter(self._known))]
        self._known[place.channel, place.ts] = _Shortcut(url, now + _LIFE_SECONDS)

    def places(self, now: float) -> list[tuple[str, str]]:
        """Where a message may be redrawn so."""
        self._known = {place: one for place, one in self._known.items() if one.until > now}
        return list(self._known)

    def take(self, channel: str | None, ts: str | None, now: float) -> str | None:
        """The address for the message there, which is used up by this."""
        found = self._known.pop((channel or "", ts or ""), None)
        return found.url if found is not None and found.until > now else None
