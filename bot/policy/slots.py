"""The slots of a digest or a report: its cron by the clocks of its zone, as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cronsim import CronSim

if TYPE_CHECKING:
    from bot.policy.book import Digest, WeeklyReport

# From where the last slot is looked for: near first, so that a cron of every minute costs little
# after a year, and one of every year is found all the same.
_BACK = tuple(timedelta(days=days) for days in (1 / 24, 1, 8, 32, 400))


def next_slot(digest: Digest | WeeklyReport, after: datetime) -> datetime:
    """The first slot later than that moment.

    In the hour that clocks skip a slot comes when the gap is over, in the one they repeat once.
    """
    return _next(digest.cron, digest.timezone, after)


def missed_slot(digest: Digest | WeeklyReport, last: datetime, now: datetime) -> datetime | None:
    """The latest slot after `last` that has come by now; those between the two go with it."""
    if next_slot(digest, last) > now:
        return None
    for back in _BACK:
        found = _latest(digest, max(last, now - back), now)
        if found is not None:
            return found
    return _latest(digest, last, now)


def _latest(digest: Digest | WeeklyReport, start: datetime, now: datetime) -> datetime | None:
    found, coming = None, next_slot(digest, start)
    while coming <= now:
        found, coming = coming, next_slot(digest, coming)
    return found


@lru_cache(maxsize=1024)
def _next(cron: str, timezone: str, after: datetime) -> datetime:
    coming = (slot.astimezone(UTC) for slot in CronSim(cron, after.astimezone(ZoneInfo(timezone))))
    # Begun within the hour that clocks repeat, it names a slot that is over once more.
    return next(slot for slot in coming if slot > after)
