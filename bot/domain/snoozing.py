"""When "tomorrow morning" is, where somebody is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MORNING = time(9)


def next_morning(now: datetime, timezone: str) -> datetime:
    """09:00 of the next day by the clocks of that zone; of an unknown one, by UTC."""
    try:
        zone = UTC if timezone == "UTC" else ZoneInfo(timezone)
    except (KeyError, ValueError, OSError):
        zone = UTC
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, _MORNING, zone).astimezone(UTC)
