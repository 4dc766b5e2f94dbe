"""When "tomorrow morning" is, where somebody is."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.durations import parse_duration

_MORNING = time(9)


def next_morning(now: datetime, timezone: str) -> datetime:
    """09:00 of the next day by the clocks of that zone; of an unknown one, by UTC."""
    zone = _zone(timezone)
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, _MORNING, zone).astimezone(UTC)


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH = re.compile(r"([0-9]+[smhdw])+")
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))?(am|pm)?")


def moment_named(text: str, now: datetime, timezone: str) -> datetime:
    """`30m`, `14:30`, `9am`, `tomorrow`, `tomorrow 9am`, `Mon 09:00`: by the clocks of that zone.

    A clock time alone is the next one of it; a day alone is its morning. Raises ValueError.
    """
    words = [word for word in text.lower().split() if word not in {"at", "@", "until", "for"}]
    if len(words) == 1 and _LENGTH.fullmatch(words[0]):
        return now + parse_duration(words[0])
    zone = _zone(timezone)
    today = now.astimezone(zone).date()
    day, *clock = words or [""]
    if day == "tomorrow":
        on: date | None = today + timedelta(days=1)
    elif day == "today":
        on = today
    elif day[:3] in _DAYS and day.isalpha():
        on = today + timedelta(days=(_DAYS.index(day[:3]) - today.weekday() - 1) % 7 + 1)
    else:
        on, clock = None, words
    if len(clock) > 1 or (on is None and not clock):
        raise ValueError("expected one moment")
    at = _clock(clock[0]) if clock else _MORNING
    if on is not None:
        return datetime.combine(on, at, zone).astimezone(UTC)
    first = datetime.combine(today, at, zone).astimezone(UTC)
    if first > now:
        return first
    return datetime.combine(today + timedelta(days=1), at, zone).astimezone(UTC)


def _clock(word: str) -> time:
    match = _CLOCK.fullmatch(word)
    if match is None:
        raise ValueError("expected a time of the day such as 9am or 14:30")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half is not None:
        if not 1 <= hour <= 12:
            raise ValueError("expected an hour of 1 to 12")
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def _zone(timezone: str) -> tzinfo:
    try:
        return UTC if timezone == "UTC" else ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        return UTC
