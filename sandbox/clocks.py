"""Timestamps and ids that never repeat within a workspace."""

import secrets
from collections.abc import Callable

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


class Stamps:
    """Hands out message timestamps: unique and increasing, as Slack promises."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Read the time from `now`."""
        self._now = now
        self._last = 0

    def next(self) -> str:
        """Return the next timestamp, `seconds.micros`."""
        self._last = max(self._last + 1, int(self._now() * 1_000_000))
        return f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"


def new_id(prefix: str, length: int = 10) -> str:
    """Return an id in Slack's style: a letter for the kind, then noise."""
    return prefix + "".join(secrets.choice(_LETTERS) for _ in range(length))
