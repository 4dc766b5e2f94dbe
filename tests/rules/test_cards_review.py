"""The review card: what went out, shown to somebody who is not told what to think of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings

from bot.cards import names
from bot.cards.review_card import minimal_review_card, review_card, review_pages
from bot.cards.review_form import Found, read_review, review_form
from bot.cards.states import FormError
from bot.domain.material import material_of_case
from bot.domain.review import LASTS, Review, ReviewOverError, Verdict
from tests.rules.judge import judge_message, judge_view, texts
from tests.rules.making import NOW, human, make_answer, make_around, make_escalation, make_request
from tests.rules.test_cards_limits import requests

AROUND = make_around(names={"U01BOB": "Bobby"})
BOB = human("Bob")
ANSWER = make_answer(confidence=0.93)
BY_SCORE = make_escalation(ANSWER, rule="trust by score")


def make_review(**over: Any) -> Review:
    fields: dict[str, Any] = {
        "id": "rev_1",
        "escalation_id": BY_SCORE.id,
        "category": "warranty",
        "route": "default",
        "created_at": NOW,
        "expires_at": NOW + LASTS,
    }
    return Review(**(fields | over))


def make_verdict(**over: Any) -> Verdict:
    fields: dict[str, Any] = {"correct": True, "actor": BOB, "at": NOW}
    return Verdict(**(fields | over))


def drawn(review: Review, case: Any = BY_SCORE) -> str:
    card = review_card(review, material_of_case(case), AROUND)
    judge_message(card.text, card.blocks)
    return "\n".join([card.text, *texts(card.blocks)])


def test_it_says_nothing_that_sways() -> None:
    """Neither how sure the agent was, nor by what it went out, nor the signals, before the end."""
    words = drawn(make_review())

    assert "Does my warranty cover water damage?" in words
    assert "Yes, for the first two years." in words
    assert not [
        said for said in ("0.93", "onfiden", "trust by score", "no source") if said in words
    ]


def test_afterwards_it_says_what_was_found_and_why_it_had_gone_out() -> None:
    """Right or wrong, by whom; what was wrong in the reviewer's own words."""
    right = drawn(make_review(verdict=make_verdict()))
    wrong = drawn(
        make_review(
            verdict=make_verdict(
                correct=False,
                error_type="accuracy",
                severity="minor",
                root_cause="prompt",
                correction="For the first year only.",
            )
        )
    )

    assert "✅ Correct, says Bobby" in right
    assert "It went out by rule “trust by score” at confidence 0.93." in right
    assert "❌ Incorrect, says Bobby" in wrong
    assert "Accuracy · minor · the prompt" in wrong
    assert "For the first year only." in wrong


def test_nobody_looked() -> None:
    """That is said, and counts as not agreed to."""
    over = make_review().expire(NOW + LASTS)

    assert "Nobody reviewed it in time" in drawn(over)
    assert (
        "Nobody reviewed it in time"
        in minimal_review_card(over, material_of_case(BY_SCORE), AROUND).text
    )
    assert make_review().expire(NOW) == make_review()


def test_it_names_who_left_it_to_the_others() -> None:
    """So that somebody else feels asked; the same person is named once."""
    review = make_review().skip(BOB, NOW).skip(BOB, NOW)

    assert "Skipped by Bobby" in drawn(review)
    assert len(review.skipped) == 1


def test_what_does_not_fit_is_read_in_full() -> None:
    """A long draft, or a refund with much to say: the card says so and has a button."""
    draft = "A sentence of some length. " * 400
    case = make_escalation(make_answer(answer=draft))
    wordy = make_escalation(make_request(reason="Because. " * 300))
    card = review_card(make_review(), material_of_case(case), AROUND)

    judge_message(card.text, card.blocks)
    pages = review_pages(material_of_case(case))
    judge_view(pages)
    whole = "".join("".join(texts(pages["blocks"])).split())
    assert "Read all of it" in texts(card.blocks)
    assert whole.count("Asentenceofsomelength.") == 400
    assert "Read all of it" in drawn(make_review(), wordy)
    judge_view(review_pages(material_of_case(wordy)))
    assert "Read all of it" not in drawn(make_review())


def test_slack_may_refuse_the_full_card() -> None:
    """Then the plainest one leads to everything."""
    card = minimal_review_card(make_review(), material_of_case(BY_SCORE), AROUND)

    judge_message(card.text, card.blocks)
    assert "Read all of it" in texts(card.blocks)


@settings(max_examples=25, phases=[Phase.generate])
@given(request=requests)
def test_whatever_an_agent_wrote_slack_takes_it(request: Any) -> None:
    """Open and over, on the card, in the form and in the modal."""
    case = make_escalation(request, action_digest="sha256:" + "0" * 64)
    for review in (make_review(), make_review(verdict=make_verdict())):
        for draw in (review_card, minimal_review_card):
            card = draw(review, material_of_case(case), AROUND)
            judge_message(card.text, card.blocks)
    judge_view(review_form("rev_1", material_of_case(case)))
    judge_view(review_pages(material_of_case(case)))


def filled(**chosen: Any) -> dict[str, Any]:
    state: dict[str, Any] = {
        name: {names.INPUT: {"selected_option": {"value": value}}} for name, value in chosen.items()
    }
    return state


def test_the_form_is_read_as_it_was_filled_in() -> None:
    """The kind of mistake and how bad it is are needed; the rest is welcome."""
    values = filled(error_type="tone", severity="critical")
    values[names.CORRECTION] = {names.INPUT: {"value": "  Be kind. "}}
    judge_view(review_form("rev_1", material_of_case(BY_SCORE)))

    assert read_review(values) == Found(
        correct=False, error_type="tone", severity="critical", correction="Be kind."
    )
    assert read_review(filled(error_type="tone", severity="minor", cause="tool")) == Found(
        correct=False, error_type="tone", severity="minor", root_cause="tool"
    )


def test_a_form_that_cannot_be_used_says_where() -> None:
    """Made-up choices and texts that cannot travel are refused at their inputs."""
    values = filled(error_type="spelling", cause="fate")
    values[names.CORRECTION] = {names.INPUT: {"value": "\x00"}}
    values[names.OWNER] = {names.INPUT: {"selected_user": "<@U01BOB>"}}

    with pytest.raises(FormError) as wrong:
        read_review(values)

    assert set(wrong.value.errors) == {"error_type", "severity", "cause", "correction", "owner"}


def test_it_is_answered_once() -> None:
    """And not after its time, whether or not that was written down."""
    judged = make_review().judged(make_verdict())

    with pytest.raises(ReviewOverError):
        judged.judged(make_verdict(correct=False))
    with pytest.raises(ReviewOverError):
        make_review().skip(BOB, NOW + LASTS)
    assert not judged.over(NOW + LASTS)
    assert make_review().over(NOW + LASTS + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("over", "loss"),
    [
        ({}, 0.0),
        ({"correct": False, "severity": "minor"}, 0.5),
        ({"correct": False, "severity": "major"}, 1.0),
    ],
)
def test_what_a_person_would_only_have_edited_weighs_half(over: Any, loss: float) -> None:
    """As with the edits of what is asked before it goes out."""
    assert make_verdict(**over).loss == loss
