"""What people read of away, working hours, and the form that sets them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from bot.cards.blocks import Markup, joined, said
from bot.cards.moments import moment
from bot.domain.durations import in_words
from bot.domain.person_settings import Absence, WorkingHours

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

TITLE, SUBMIT, OPEN, BACK = "Settings", "Save", "Settings…", "I'm back"
AWAY_LABEL = "Away until"
AWAY_HINT = "Others see it when they want to assign something to you. You are asked all the same."
DAYS_LABEL = "Working days"
DAYS_HINT = "None: you have no working hours, and nobody is told that you are outside of them."
START_LABEL, END_LABEL = "From", "To"
END_HINT = "An end before the beginning is the next morning."
ZONE_LABEL = "Time zone"
AWAY_OVER = "That moment is over already. Choose a later one."
BOTH_TIMES = "Say from when to when you work on these days, or tick no day."
SAME_TIMES = "This is when you begin. Choose another time."
NO_TIME = "Choose a time of the day such as 09:00."
NO_DAY = "Choose among the days of the week."


def zone_hint(zone: str) -> str:
    return f"Such as Europe/London. Leave it empty for the one in Slack, {zone}."


def no_such_zone(word: str) -> str:
    return f"I know no time zone “{word}”. Write one such as Europe/London, or leave it empty."


def away_too_long(most: timedelta) -> str:
    return f"Choose a moment within {in_words(most)}."


def away_until(until: datetime, now: datetime) -> Markup:
    return joined("", [Markup("🌙 *Away* until "), moment(until, now)])


HERE = Markup("🟢 You are not away")
NO_HOURS = Markup("🕘 No working hours")


def works(hours: WorkingHours, zone: str) -> Markup:
    return said("🕘 Working hours {when} ({zone})", when=when(hours), zone=hours.zone or zone)


def when(hours: WorkingHours) -> str:
    """`Mon–Fri 09:00–17:30`."""
    return f"{_days(hours.days)} {_clock(hours.start)}–{_clock(hours.end)}"


def absent(gone: Absence, now: datetime) -> str:
    """Beside the name of somebody who is to be assigned something."""
    parts = []
    if gone.away_until is not None:
        parts.append(f"away for {in_words(gone.away_until - now)}")
    if gone.off_hours is not None:
        parts.append(f"outside working hours ({when(gone.off_hours)})")
    return f"🌙 {', '.join(parts)}"


def _clock(at: time) -> str:
    return f"{at:%H:%M}"


def _days(days: Sequence[int]) -> str:
    """Three and more in a row by the first and the last of them."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(
        f"{DAYS[run[0]]}–{DAYS[run[-1]]}" if len(run) > 2 else ", ".join(DAYS[d] for d in run)
        for run in runs
    )
