"""What can say when: cron, the hour of a handover, quiet hours, and the address of a calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from urllib.parse import urlsplit

from cronsim import CronSim, CronSimError

from bot.policy.book import QuietHours
from bot.policy.findings import quoted
from bot.policy.kinds import Kind

# Any moment does: what never comes from here on never comes.
_ONE_DAY = datetime(2024, 1, 1, tzinfo=UTC)
_CRON = re.compile(r"[0-9A-Za-z*/,#-]+(?: +[0-9A-Za-z*/,#-]+){4}")
_CLOCK = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HANDOVER = re.compile(rf"(?:({'|'.join(_WEEKDAYS)}) )?({_CLOCK})")
_QUIET = re.compile(f"({_CLOCK})-({_CLOCK})")


def _cron(value: str, _quoted: bool) -> str:
    if len(value) > 200 or not _CRON.fullmatch(value):
        raise ValueError
    try:
        next(CronSim(value, _ONE_DAY))
    except (CronSimError, StopIteration, ValueError, AssertionError) as error:
        # Also for a day that no month has, such as February 30th.
        raise ValueError(f"{CRON.what}, got {quoted(value)}: {_words(error)}") from None
    return value


def _words(error: Exception) -> str:
    where = str(error).removeprefix("Bad ")
    return f"the {where} is wrong, or never comes" if where.isprintable() and where else "wrong"


def _handover(value: str, _quoted: bool) -> tuple[int | None, time]:
    found = _HANDOVER.fullmatch(value)
    if not found:
        raise ValueError
    day = _WEEKDAYS.index(found[1]) if found[1] else None
    return day, time.fromisoformat(found[2])


def _quiet(value: str, _quoted: bool) -> QuietHours:
    found = _QUIET.fullmatch(value)
    if not found or found[1] == found[2]:
        raise ValueError
    return QuietHours(start=time.fromisoformat(found[1]), end=time.fromisoformat(found[2]))


def _calendar(value: str, _quoted: bool) -> str:
    """The address of a calendar is a secret: a finding never repeats it."""
    try:
        parts = urlsplit(value)
        sound = parts.scheme == "https" and bool(parts.hostname) and parts.port != 0
    except ValueError:
        sound = False
    if not sound or len(value) > 2000 or not value.isprintable() or " " in value:
        raise ValueError(f"{CALENDAR.what}, got something else")
    return value


CRON = Kind(
    "five fields of cron such as '0 9,15 * * 1-5' "
    "(minute, hour, day of the month, month, day of the week)",
    _cron,
)
HANDOVER = Kind('a day and a time such as "Mon 09:00", or a time only', _handover)
QUIET = Kind('two different times such as "22:00-07:00"', _quiet)
CALENDAR = Kind("the https address of an iCalendar file", _calendar)
