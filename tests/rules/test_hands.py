"""Who has a question in hand, and what is said about it: facts that decide nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.conversation import Message
from bot.domain.errors import AlreadySettledError, InvalidError
from bot.domain.people import Named
from bot.domain.snoozing import moment_named, next_morning
from tests.rules.making import NOW, human, make_escalation, make_vote

ALICE, BOB = human("Alice"), human("Bob")
TO_BOB = Named(type="human", id=BOB.id, display_name="Bob")
AGENT = Named(type="key", id="refund-bot", display_name="refund-bot")


def message(sender: Named = TO_BOB, text: str = "Why?", source: str | None = None) -> Message:
    return Message(id="mes_1", sender=sender, text=text, at=NOW, source=source)


def test_taking_changes_nothing_that_counts() -> None:
    """Votes and the action stay; the time is half an hour, and never beyond the deadline."""
    asked = make_escalation(votes=(make_vote(BOB),))

    taken = asked.take(ALICE, NOW)
    late = asked.take(ALICE, NOW + timedelta(hours=3, minutes=50))

    assert taken.hands.taken is not None
    assert taken.hands.taken.until == NOW + timedelta(minutes=30)
    assert late.hands.taken is not None
    assert late.hands.taken.until == asked.expires_at
    assert (taken.votes, taken.shown_digest) == (asked.votes, asked.shown_digest)
    assert taken.take(ALICE, NOW) == taken


def test_each_lets_go_of_their_own() -> None:
    """A release frees what that person holds, taken or assigned, and nothing of anybody else."""
    held = make_escalation().take(ALICE, NOW).assign(TO_BOB, ALICE)

    assert held.hands.holds(ALICE.id)
    assert held.hands.holds(BOB.id)
    assert not held.hands.holds("U03CAROL")
    assert held.release("U03CAROL") is held
    assert held.release(ALICE.id).hands.taken is None
    assert held.release(BOB.id).hands.taken == held.hands.taken
    assert held.release(BOB.id).hands.assigned is None


def test_snoozing_lets_go_and_looking_wakes() -> None:
    """Nobody looks at what sleeps; another one's look is left alone."""
    until = NOW + timedelta(hours=1)

    mine = make_escalation().take(ALICE, NOW).snooze(ALICE, until)
    anothers = make_escalation().take(BOB, NOW).snooze(ALICE, until)

    assert (mine.hands.taken, mine.snoozed_until) == (None, until)
    assert anothers.hands.taken is not None
    assert mine.take(BOB, NOW).snoozed_until is None
    assert mine.hurry("high").snoozed_until is None
    assert mine.let_go(NOW) is mine
    assert mine.let_go(until).snoozed_until is None
    assert anothers.let_go(NOW + timedelta(minutes=30)).hands.taken is None


def test_what_is_settled_is_in_nobodys_hands() -> None:
    """After the end each of the verbs is refused like a late vote."""
    over = make_escalation().expire(NOW)

    for verb in (
        lambda: over.take(ALICE, NOW), lambda: over.release(ALICE.id),
        lambda: over.assign(TO_BOB, ALICE), lambda: over.snooze(ALICE, NOW),
        lambda: over.hurry("high"), lambda: over.say(message()),
    ):  # fmt: skip
        with pytest.raises(AlreadySettledError):
            verb()


def test_what_was_heard_is_heard_once() -> None:
    """A delivery by its source, an agent by its last words; after a question they are new."""
    asked = make_escalation().say(message(source="C/1"))
    answered = asked.say(message(AGENT, "Because."))

    assert asked.say(message(text="Else", source="C/1")) is asked
    assert answered.say(message(AGENT, "Because.")) is answered
    again = answered.say(message(source="C/2")).say(message(AGENT, "Because."))
    assert [one.from_agent for one in again.messages] == [False, True, False, True]
    assert (asked.unanswered, answered.unanswered) == (asked.messages, ())
    assert make_escalation().say(message(AGENT)).unanswered == ()


def test_each_side_has_its_own_bound() -> None:
    """An agent that talks without end leaves people room to ask."""
    full = make_escalation(messages=tuple(message(AGENT, str(n)) for n in range(50)))

    with pytest.raises(InvalidError, match="The agent has said all 50"):
        full.say(message(AGENT, "more"))
    people = replace(full, messages=tuple(message(source=str(n)) for n in range(50)))
    with pytest.raises(InvalidError, match="People have said all 50"):
        people.say(message(source="more"))
    assert len(full.say(message()).messages) == 51


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-03-28T12:00", "Europe/London", "2026-03-29T08:00"),  # the clocks went forward
        ("2026-10-24T12:00", "Europe/London", "2026-10-25T09:00"),
        ("2026-03-02T23:30", "Asia/Tokyo", "2026-03-04T00:00"),
        ("2026-03-02T05:00", "America/Los_Angeles", "2026-03-02T17:00"),
        ("2026-03-02T12:00", "UTC", "2026-03-03T09:00"),
        ("2026-03-02T12:00", "Nowhere/At all", "2026-03-03T09:00"),
    ],
)
def test_tomorrow_is_where_the_person_is(now: str, zone: str, morning: str) -> None:
    """Nine by their own clocks, on the day after their own today."""
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert next_morning(at, zone) == datetime.fromisoformat(morning).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("30m", "2026-03-04T12:30"), ("1h30m", "2026-03-04T13:30"), ("14h", "2026-03-05T02:00"),
        ("14:30", "2026-03-04T13:30"), ("9am", "2026-03-05T08:00"), ("12pm", "2026-03-05T11:00"),
        ("tomorrow", "2026-03-05T08:00"), ("tomorrow at 9pm", "2026-03-05T20:00"),
        ("today 18.15", "2026-03-04T17:15"), ("Mon 09:00", "2026-03-09T08:00"),
        ("wednesday", "2026-03-11T08:00"), ("until 12am", "2026-03-04T23:00"),
    ],
)  # fmt: skip
def test_a_moment_is_named_by_ones_own_clocks(written: str, at: str) -> None:
    """A clock time alone is the next one; a day alone is its morning."""
    now = datetime(2026, 3, 4, 12, tzinfo=UTC)

    found = moment_named(written, now, "Europe/Berlin")

    assert found == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize("written", ["", "soon", "13am", "25:00", "9:75", "1h 2h", "at", "99999w"])
def test_what_names_no_moment_is_refused(written: str) -> None:
    """Rather than guessed."""
    with pytest.raises(ValueError, match=r"."):
        moment_named(written, NOW, "UTC")
