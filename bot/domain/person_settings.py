"""What a person says of themselves: when they work, and what their Home tab shows of the queue.

Hints for others and for their own eyes; nobody gains or loses a right by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.domain.request import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingHours:
    """From one time of the day to another; from the evening to the morning where `end` is first."""

    start: time
    end: time
    #: 0 is Monday: the days on which they begin.
    days: tuple[int, ...]
    #: None: wherever Slack says that the person is.
    zone: str | None = None

    def covers(self, at: datetime, zone: str) -> bool:
        """Whether they work then; `zone` is theirs where they named none."""
        local = at.astimezone(_zone(self.zone or zone))
        wall, today = local.time(), local.weekday()
        if self.start < self.end:
            return today in self.days and self.start <= wall < self.end
        yesterday = (local.date() - timedelta(days=1)).weekday()
        evening = today in self.days and wall >= self.start
        return evening or (yesterday in self.days and wall < self.end)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueFilter:
    """Which part of the team's queue somebody wants to see; None: all of it."""

    route: str | None = None
    category: str | None = None
    urgency: Urgency | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonSettings:
    away_until: datetime | None = None
    hours: WorkingHours | None = None
    filter: QueueFilter = QueueFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Why somebody is perhaps not there: away until a moment, or not at work now."""

    away_until: datetime | None
    off_hours: WorkingHours | None


def absence(settings: PersonSettings, zone: str, now: datetime) -> Absence | None:
    """None: as far as they have said, they are there."""
    gone = settings.away_until if settings.away_until and settings.away_until > now else None
    hours = settings.hours
    off = hours if hours is not None and not hours.covers(now, zone) else None
    return Absence(away_until=gone, off_hours=off) if gone or off else None


def known_zone(name: str) -> bool:
    """Whether it is one of the world's zones, such as Europe/London."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _zone(name: str) -> tzinfo:
    return ZoneInfo(name) if known_zone(name) else UTC
