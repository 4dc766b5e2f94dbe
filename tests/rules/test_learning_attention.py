"""What a reviewer's word is worth: known errors that they found, and approvals looked at twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.interval import wilson
from bot.learning.attention import (
    Habit,
    KnownError,
    Look,
    habits,
    may_be_seeded,
    sensitivity,
    wants_second,
)
from tests.rules.making import NOW
from tests.rules.test_cards_review import make_review, make_verdict

SECOND = timedelta(seconds=1)


def look(at: float = 0, **over: Any) -> Look:
    fields: dict[str, Any] = {
        "reviewer": "U01BOB",
        "name": "Bob",
        "purpose": "sample",
        "correct": True,
        "shown_at": NOW,
        "at": NOW + SECOND * at,
    }
    return Look(**(fields | over))


@pytest.mark.parametrize(
    ("purpose", "correct", "wanted"),
    [
        ("audit", False, True), ("sample", False, True), ("sample", True, False),
        ("anomaly", False, False), ("seeded", False, False), ("second", False, False),
        ("double", False, False), ("re_evaluation", False, False),
    ],
)  # fmt: skip
def test_a_second_person_looks_at_objections(purpose: Any, correct: bool, wanted: bool) -> None:
    """At those of what the coin chose, and never at a second look."""
    review = make_review(purpose=purpose)

    assert wants_second(review, make_verdict(correct=correct)) is wanted


def test_sensitivity_is_what_was_found_of_what_is_known() -> None:
    """With its lower bound; nothing is said where nothing was shown."""
    looks = [
        *[look(purpose="seeded", correct=False)] * 3, look(purpose="seeded"),
        *[look(purpose="double")] * 4, look(purpose="double", correct=False), look(),
    ]  # fmt: skip
    seen = sensitivity(looks)

    assert (seen.known, seen.found, seen.doubled, seen.objected) == (4, 3, 5, 1)
    assert seen.low == wilson(3, 4)[0] == pytest.approx(0.3006, abs=1e-4)
    assert sensitivity([look()]).low is None


def test_a_habit_is_the_usual_time_and_what_was_approved() -> None:
    """From one verdict to the next, or from when the next was there; breaks are no time."""
    bob = [look(0), look(4), look(10, purpose="seeded"), look(20, shown_at=NOW + SECOND * 18),
           look(9000, purpose="seeded", correct=False)]  # fmt: skip
    alice = [look(0, reviewer="U01ALICE", name="Alice")]
    carol = [look(at, reviewer="U03CAROL", name="Carol") for at in (0, 2)]

    found = habits([*reversed(bob), *alice, *carol])

    assert found == [
        Habit(reviewer="U01BOB", name="Bob", looks=5, seconds=4.0, known=2, approved=1),
        Habit(reviewer="U03CAROL", name="Carol", looks=2, seconds=2.0, known=0, approved=0),
        Habit(reviewer="U01ALICE", name="Alice", looks=1, seconds=None, known=0, approved=0),
    ]


def test_a_known_error_is_shown_when_nobody_remembers_it() -> None:
    """Not within a week of being found, and not again within a quarter."""
    day = timedelta(days=1)

    def known(found: int, shown: int | None = None) -> KnownError:
        return KnownError(
            review_id="rev_1",
            found_at=NOW - day * found,
            shown_at=None if shown is None else NOW - day * shown,
        )

    assert [may_be_seeded(one, NOW) for one in (
        known(6), known(7), known(100, 89), known(100, 90),
    )] == [False, True, False, True]  # fmt: skip
