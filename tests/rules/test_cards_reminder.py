"""Reminders as people read them, and cards whose tier has come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.cards.escalation_card import card
from bot.cards.everything import everything
from bot.cards.reminder_card import minimal_reminder_card, reminder_card
from bot.cards.storm_card import storm_card
from tests.rules.judge import OUR_CARDS, judge_message
from tests.rules.making import NOW, make_around, make_escalation, make_request
from tests.world import words_in

LINK = f"{OUR_CARDS}C01REV/p1"
RAISED = make_around(raised_after=timedelta(hours=1), also_asked=("finance", "on-call"))


def test_one_question_is_named_with_the_way_to_its_card() -> None:
    """What, until when, what happens then, and a link; no button."""
    drawn = reminder_card([(make_escalation(), make_around(), LINK)])

    judge_message(drawn.text, drawn.blocks)
    words = " ".join(words_in(drawn.blocks))
    assert words.startswith("⏰ Still waits for an answer:  Send refund of $247.50")
    assert "else it expires" in words
    assert LINK in str(drawn.blocks)
    assert "button" not in str(drawn.blocks)
    assert drawn.text.startswith("Still waits for an answer: Send refund")
    assert drawn.text.endswith("Answer by 16:00 UTC.")


def test_several_questions_share_one() -> None:
    """What was answered meanwhile is struck through, and counts no more."""
    still = make_escalation(id="esc_01JABCDEFGHJKMNPQRSTVWXYZ1")
    over = make_escalation().expire(NOW + timedelta(hours=4))
    rows: list[Any] = [(still, RAISED, None), (over, make_around(), LINK)]

    drawn = reminder_card(rows)

    judge_message(drawn.text, drawn.blocks)
    words = words_in(drawn.blocks)
    assert words[0] == "⏰ One question still waits for an answer"
    assert any("“finance” and “on-call” may answer as well" in word for word in words)
    assert "Nobody answered in time. The agent was told not to run it." in words
    assert drawn.text.count("Send refund") == 1


@pytest.mark.parametrize("draw", [reminder_card, minimal_reminder_card])
def test_when_all_are_answered_it_says_so(draw: Any) -> None:
    """Nobody follows an old reminder in vain; the plain one says the same."""
    over = make_escalation().expire(NOW + timedelta(hours=4))

    drawn = draw([(over, make_around(), LINK)])

    judge_message(drawn.text, drawn.blocks)
    assert drawn.text.startswith("No longer waits: Send refund")


@pytest.mark.parametrize(
    ("over", "around", "said"),
    [
        ({}, RAISED, "so the groups “finance” and “on-call” may answer as well"),
        ({"urgency": "high"}, RAISED, "“on-call” may answer as well and it is urgent now"),
        ({"urgency": "critical"}, make_around(raised_after=timedelta(minutes=20)),
         "after 20 min, so it is most urgent now"),
        ({}, make_around(raised_after=timedelta(hours=1)), "so it is shown in another channel"),
        ({}, make_around(raised_after=timedelta(hours=1), also_asked=("desk",)),
         "so the group “desk” may"),
    ],
)  # fmt: skip
def test_a_tier_is_told_in_words(over: dict[str, Any], around: Any, said: str) -> None:
    """On the card, in its row of a storm card, and under “Show everything”."""
    raised = make_escalation(tier=1, **over)

    drawn = [card(raised, around).blocks, storm_card([(raised, around)] * 2).blocks,
             [block for block, _ in everything(raised, around)[0]]]  # fmt: skip

    for blocks in drawn:
        assert any(said in word for word in words_in(blocks))
    judge_message("raised", card(raised, around).blocks)


def test_a_question_that_was_urgent_before_is_not_said_to_become_so() -> None:
    """The agent's own urgency is no news."""
    urgent = make_escalation(make_request(urgency="high"), tier=1)

    assert not any("urgent now" in word for word in words_in(card(urgent, RAISED).blocks))
