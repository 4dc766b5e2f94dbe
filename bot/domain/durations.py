"""Durations as people write them: `90s 30m 4h 1h30m 7d 1w`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_PART = re.compile(r"([0-9]{1,9})([smhdw])")
_LONGEST = timedelta(days=3650)


def parse_duration(text: str) -> timedelta:
    """The length of time that `text` names.

    Raises ValueError with a sentence for people; longer than ten years is refused.
    """
    if not re.fullmatch(r"([0-9]{1,9}[smhdw])+", text):
        raise ValueError("expected a duration such as 90s, 30m, 4h, 1h30m or 7d")
    seconds = sum(int(n) * _UNITS[unit] for n, unit in _PART.findall(text))
    if seconds > _LONGEST.total_seconds():
        raise ValueError("expected a duration of at most ten years")
    return timedelta(seconds=seconds)


def in_words(length: timedelta) -> str:
    """A length of time in at most two units, as a person says it: `3 min`, `1 h 20 min`."""
    seconds = max(0, round(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if hours < 1:
        return f"{minutes} min"
    if days < 2:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    return f"{days} d {hours % 24} h" if hours % 24 else f"{days} d"
