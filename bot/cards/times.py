"""Dates and moments as tools write them (RFC 3339) and as Slack's pickers hold them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)
#: Slack's picker takes ten digits, and shows no seconds.
_FIRST, _LAST, MINUTE = 10**9, 10**10 - 1, 60
_CENTURIES = range(1900, 2200)


def date_of(text: str) -> date | None:
    """The day, if the text is one that a picker can show."""
    if not _DATE.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in _CENTURIES else None


def seconds_of(text: str) -> int | None:
    """Seconds since 1970, if the text is a moment with its offset that a picker can show."""
    moment = _moment(text)
    if moment is None:
        return None
    seconds = int(moment.timestamp())
    return seconds if _FIRST <= seconds <= _LAST else None


def moment_like(seconds: int, before: str | None) -> str | None:
    """RFC 3339 at the offset that the text before it had; None beyond what a picker holds."""
    if not _FIRST <= seconds <= _LAST:
        return None
    old = _moment(before) if before else None
    written = datetime.fromtimestamp(seconds, UTC if old is None else old.tzinfo).isoformat()
    if old is None or (before or "")[-1] in "zZ":
        return written.replace("+00:00", "Z")
    return written


def _moment(text: str) -> datetime | None:
    if not _MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        return None
