"""The card that leads to the one beside it."""

from __future__ import annotations

from bot.cards.copy_card import copy_card
from tests.rules.judge import judge_message
from tests.rules.making import make_escalation
from tests.world import words_in


def test_a_copy_leads_to_the_other_card() -> None:
    """What it was about, why it is closed, and a link where there is one."""
    one = make_escalation()

    linked = copy_card([one], "https://sandbox.example/archives/C1/p1")
    alone = copy_card([one], None)
    several = copy_card([one, one, one], None)

    for made in (linked, alone, several):
        judge_message(made.text, made.blocks)
        assert "answer got lost" in made.text
    assert "archives/C1/p1" in str(linked.blocks)
    assert one.request.headline in words_in(alone.blocks)
    assert "3 questions" in words_in(several.blocks)
