"""Reminders, tiers and quiet hours as moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.load import load
from bot.policy.steps import after, first_steps, passed, quiet_until
from tests.rules.making import NOW, make_escalation

POLICY = """\
version: 1
timezone: {zone}
groups: {{leads: {{users: [U01ALICE]}}, desk: {{users: [U02BOB]}}}}
routes:
  default:
    channel: C01
    reviewers: [leads]
    remind_after: [30m, 2h]
    tiers: [{{after: 1h, reviewers: [desk]}}, {{after: 3h, reviewers: [leads], urgency: high}}]
    quiet_hours: "{quiet}"
  plain: {{channel: C01, reviewers: [leads]}}
"""


def book(quiet: str = "22:00-07:00", zone: str = "Europe/London") -> Any:
    return load(POLICY.format(zone=zone, quiet=quiet), "policy.yml")


DAY_ONE = datetime(2025, 1, 1, tzinfo=UTC)
ROUTE = book().route("default")
PLAIN = book().route("plain")


def test_the_first_of_each_kind_is_planned() -> None:
    """With the question itself; the later ones follow from the one before."""
    soon, never = NOW + timedelta(minutes=45), NOW + timedelta(minutes=30)

    assert first_steps(ROUTE, NOW, NOW + timedelta(hours=4)) == [
        ("remind", NOW + timedelta(minutes=30)),
        ("tier", NOW + timedelta(hours=1)),
    ]
    assert first_steps(ROUTE, NOW, soon) == [("remind", NOW + timedelta(minutes=30))]
    assert first_steps(ROUTE, NOW, never) == first_steps(PLAIN, NOW, soon) == []


def test_moments_are_counted_and_followed() -> None:
    """What a shorter list of a new policy no longer has is simply over."""
    lengths = [timedelta(minutes=30), timedelta(hours=2)]

    seen = [passed(lengths, NOW, NOW + timedelta(minutes=at)) for at in (0, 29, 30, 119, 120, 999)]

    assert seen == [0, 0, 1, 1, 2, 2]
    assert after(lengths, NOW, 1) == NOW + timedelta(hours=2)
    assert after(lengths, NOW, 2) is after([], NOW, 7) is None


@pytest.mark.parametrize(
    ("quiet", "now", "until"),
    [
        ("22:00-07:00", "2026-01-10T21:59:59", None),
        ("22:00-07:00", "2026-01-10T22:00:00", "2026-01-11T07:00:00"),
        ("22:00-07:00", "2026-01-11T06:59:59", "2026-01-11T07:00:00"),
        ("22:00-07:00", "2026-01-11T07:00:00", None),
        ("12:00-13:00", "2026-01-10T12:30:00", "2026-01-10T13:00:00"),
        ("12:00-13:00", "2026-01-10T11:59:00", None),
        ("12:00-13:00", "2026-01-10T13:00:00", None),
        # Summer time: seven o'clock in London is six in UTC.
        ("22:00-07:00", "2026-07-10T23:00:00", "2026-07-11T06:00:00"),
        # The night in which 01:00 to 02:00 comes twice: the end is the next one from now.
        ("22:00-01:30", "2026-10-25T00:10:00", "2026-10-25T00:30:00"),
        ("22:00-01:30", "2026-10-25T01:10:00", "2026-10-25T01:30:00"),
        # And the one in which 01:30 does not come at all.
        ("22:00-01:30", "2026-03-29T00:30:00", "2026-03-29T01:30:00"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(quiet: str, now: str, until: str | None) -> None:
    """In the file's zone, over midnight, and when the clocks change."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    ends = None if until is None else datetime.fromisoformat(until).replace(tzinfo=UTC)

    assert quiet_until(book(quiet), book(quiet).route("default"), "normal", moment) == ends


@pytest.mark.parametrize(("urgency", "held"), [("low", True), ("normal", True), ("high", False),
                                               ("critical", False)])  # fmt: skip
def test_only_what_can_wait_is_held(urgency: Any, held: bool) -> None:
    """What is urgent wakes people at night; a route without quiet hours always does."""
    night = datetime(2026, 1, 10, 23, 0, tzinfo=UTC)

    assert (quiet_until(book(), ROUTE, urgency, night) is not None) is held
    assert quiet_until(book(), PLAIN, urgency, night) is None


@given(
    st.integers(0, 2 * 365 * 24 * 60).map(lambda m: DAY_ONE + timedelta(minutes=m)),
    st.sampled_from(["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe",
                     "Pacific/Apia"]),
    st.sampled_from(["22:00-07:00", "00:00-06:00", "01:15-02:45", "13:00-12:59"]),
)  # fmt: skip
def test_quiet_hours_always_end_soon(now: datetime, zone: str, quiet: str) -> None:
    """Later than now, within a day and the hours by which clocks are moved."""
    made = book(quiet, zone)
    until = quiet_until(made, made.route("default"), "low", now)

    assert until is None or now < until <= now + timedelta(hours=26)


def test_tiers_add_whom_they_name() -> None:
    """Each group once; on another route, of a proposal, only that route's own people."""
    asked = [make_escalation(tier=tier) for tier in (0, 1, 2, 9)]

    assert [book().groups_asked(one, "default") for one in asked] == [
        ("leads",), ("leads", "desk"), ("leads", "desk"), ("leads", "desk"),
    ]  # fmt: skip
    assert book().groups_asked(asked[2], "plain") == ("leads",)
    gone = make_escalation(tier=1, need=type(asked[0].need)(route="gone", approvals=1))
    assert book().tiers_of(gone) == ()
