"""Cards within their grace."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.cards import names
from bot.cards.details import details
from bot.cards.escalation_card import card, minimal_card
from bot.cards.pending import somebody_was_first
from bot.cards.storm_card import storm_card
from bot.domain.escalation import Intent
from tests.rules.judge import judge_message, judge_view
from tests.rules.making import (
    NOW,
    human,
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_guidance,
    make_request,
    make_vote,
)
from tests.world import words_in

UNTIL = NOW + timedelta(hours=1, seconds=10)
NOTHING: dict[str, Any] = {"effective": None, "effective_digest": None}


def waiting(request: Any = None, **over: Any) -> Any:
    made = make_decision(**over)
    return make_escalation(request or make_request(), intent=Intent(decision=made, until=UNTIL),
                           votes=(make_vote(), make_vote(human())))  # fmt: skip


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    return [element["text"]["text"] for block in blocks if block["type"] == "actions"
            for element in block["elements"] if element["type"] == "button"]  # fmt: skip


@pytest.mark.parametrize(
    ("request_", "over", "said", "shown"),
    [
        (make_request(), {}, "Alice approves this", ["Undo", "Reject…"]),
        (make_request(), {"type": "modify", "modified_arguments": {"order": "1", "amount": 200.0}},
         "Alice changes and approves this", ["Undo", "Reject…"]),
        (make_request(), {"type": "reject", "comment": "Not now.", **NOTHING},
         "Alice rejects this", ["Undo"]),
        (make_answer(), {}, "Alice approves this", ["Undo", "Reject…"]),
        (make_guidance(), {"type": "respond", "option_ids": ("7.2",), **NOTHING},
         "Alice answers this", ["Undo", "Reject…"]),
    ],
)  # fmt: skip
def test_every_kind_says_who_decides_what(
    request_: Any, over: dict[str, Any], said: str, shown: list[str]
) -> None:
    """With Undo, and Reject… where that comes before; in each form that the card can have."""
    asked = waiting(request_, **over)

    drawn = card(asked, make_around())
    small, crowd = minimal_card(asked, make_around()), storm_card([(asked, make_around())] * 2)
    view = details(asked, make_around(), 99)

    judge_view(view)
    for one in (drawn, small, crowd):
        judge_message(one.text, one.blocks)
    for blocks in (drawn.blocks, crowd.blocks, view["blocks"]):
        assert any(f"{said}.* It counts in 10 s" in word for word in words_in(blocks))
    assert buttons(drawn.blocks) == buttons(small.blocks) == shown
    assert buttons(view["blocks"])[-len(shown) :] == shown
    assert buttons(crowd.blocks) == shown * 2


def test_a_rejection_names_whose_word_it_takes_away() -> None:
    """Whoever had agreed sees it on the card."""
    asked = waiting(type="reject", comment="Not now.", **NOTHING)

    assert any("Then the word of Bob does not count." in word
               for word in words_in(card(asked, make_around()).blocks))  # fmt: skip


def test_undo_says_which_click_it_means() -> None:
    """A later click of the same person is another one."""
    asked = waiting()
    value = next(e["value"] for b in card(asked, make_around()).blocks if b["type"] == "actions"
                 for e in b["elements"] if e["action_id"] == names.UNDO)  # fmt: skip

    assert names.unpack(value)[0] == asked.id
    assert names.unpack_page(value) == asked.intent.number


def test_whoever_clicks_meanwhile_is_told() -> None:
    """Who was first, and until when only a rejection counts."""
    said = somebody_was_first(waiting().intent, make_around())

    assert said.startswith("Alice approves this: it counts in 10 s, unless")
