"""When a digest comes: by the clocks of its zone, none missed and none twice."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.policy.book import Digest
from bot.policy.slots import missed_slot, next_slot

DAYS = 400
START = datetime(2026, 1, 15, tzinfo=UTC)
# On either side of the equator, with changes by half an hour, at midnight, and none at all.
ZONES = (
    "Europe/London", "Europe/Berlin", "Europe/Lisbon", "Europe/Istanbul", "Africa/Cairo",
    "Africa/Casablanca", "Africa/Nairobi", "America/New_York", "America/Los_Angeles",
    "America/Santiago", "America/Havana", "America/St_Johns", "America/Sao_Paulo",
    "Asia/Beirut", "Asia/Kolkata", "Asia/Tokyo", "Australia/Lord_Howe", "Australia/Sydney",
    "Pacific/Auckland", "Pacific/Chatham",
)  # fmt: skip
#: Hours that some of those zones skip or repeat, and some that none does.
TIMES = {
    "0 9,15 * * *": (time(9), time(15)),
    "30 0 * * *": (time(0, 30),),
    "30 1 * * *": (time(1, 30),),
    "30 2,3 * * *": (time(2, 30), time(3, 30)),
}


def digest(cron: str, zone: str) -> Digest:
    return Digest(name="desk", cron=cron, timezone=zone, channel="C01REV")


@cache
def walked(cron: str, zone: str) -> tuple[datetime, ...]:
    """Day by day: each time once; in a gap of the clocks, when it is over."""
    days = (date(2026, 1, 14) + timedelta(days=day) for day in range(DAYS + 3))
    found = {_moment(datetime.combine(day, at), zone) for day in days for at in TIMES[cron]}
    return tuple(sorted(one for one in found if START < one <= START + timedelta(days=DAYS)))


def _moment(wall: datetime, zone: str) -> datetime:
    at = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall:
        return at
    while (at - timedelta(minutes=1)).astimezone(ZoneInfo(zone)).utcoffset() == (
        at.astimezone(ZoneInfo(zone)).utcoffset()
    ):
        at -= timedelta(minutes=1)
    return at


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("cron", TIMES)
def test_every_day_has_its_slots(cron: str, zone: str) -> None:
    """Four hundred days, whatever the clocks do: as somebody finds who walks through them."""
    slots, slot = [], START
    while (slot := next_slot(digest(cron, zone), slot)) <= START + timedelta(days=DAYS):
        slots.append(slot)

    assert tuple(slots) == walked(cron, zone)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
def test_every_hour_has_its_slot(zone: str) -> None:
    """Hours go on while clocks are put back: a cron without an hour comes in both."""
    quarters = (START + timedelta(minutes=15) * n for n in range(1, 96 * DAYS))
    hours = {one for one in quarters if one.astimezone(ZoneInfo(zone)).minute == 0}

    slot, slots = START, set()
    while (slot := next_slot(digest("0 * * * *", zone), slot)) < START + timedelta(days=DAYS):
        slots.add(slot)

    assert slots == hours


@given(
    st.sampled_from(ZONES),
    st.sampled_from(list(TIMES)),
    st.lists(st.integers(1, 60 * 24 * 60), min_size=1, max_size=25),
)
# Begun within the hour that New York's clocks repeat.
@example("America/New_York", "30 1 * * *", [60 * 24 * 290 + 6 * 60 + n for n in (10, 20, 45)])
@settings(max_examples=150)
def test_whoever_was_away_finds_what_was_missed(zone: str, cron: str, breaks: list[int]) -> None:
    """After each break of any length: the latest slot of it, once, and never one that was had."""
    all_slots = walked(cron, zone)
    last = now = START
    for minutes in breaks:
        now = min(now + timedelta(minutes=minutes), START + timedelta(days=DAYS))
        found = missed_slot(digest(cron, zone), last, now)

        between = all_slots[bisect_right(all_slots, last) : bisect_right(all_slots, now)]
        assert found == (between[-1] if between else None)
        last = found or last


def test_a_rare_digest_is_found_after_years() -> None:
    """Each leap day, and nobody was there for nine years."""
    leap = digest("0 9 29 2 *", "Etc/UTC")
    begun, now = datetime(2023, 1, 1, tzinfo=UTC), datetime(2032, 3, 1, tzinfo=UTC)

    assert missed_slot(leap, begun, now) == datetime(2032, 2, 29, 9, tzinfo=UTC)
    assert missed_slot(leap, begun, now - timedelta(days=500)) == datetime(
        2028, 2, 29, 9, tzinfo=UTC
    )
