"""Times as people read them: in each reader's own zone where Slack can do it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.cards.blocks import Markup, time_of_reader

_SAME_DAY = timedelta(hours=12)


def moment(at: datetime, near: datetime) -> Markup:
    """The time; with its day when it is far from what the reader has in mind."""
    if abs(at - near) < _SAME_DAY:
        return time_of_reader(at, "{time}", f"{at.astimezone(UTC):%H:%M} UTC")
    return time_of_reader(at, "{date_short_pretty} {time}", f"{at.astimezone(UTC):%d %b %H:%M} UTC")


def fallback(at: datetime, near: datetime, timezone: str) -> str:
    """The same in one fixed zone, for texts in which Slack's times may stay unread."""
    local = _local(at, timezone)
    if abs(at - near) < _SAME_DAY:
        return f"{local:%H:%M %Z}"
    return f"{local:%d %b %H:%M %Z}"


def day(at: datetime, timezone: str) -> str:
    """`3 Mar`"""
    local = _local(at, timezone)
    return f"{local.day} {local:%b}"


def _local(at: datetime, timezone: str) -> datetime:
    try:
        return at.astimezone(UTC if timezone == "UTC" else ZoneInfo(timezone))
    except (KeyError, ValueError, OSError):
        return at.astimezone(UTC)
