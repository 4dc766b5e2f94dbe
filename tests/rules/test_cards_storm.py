"""Several escalations in one message: each in view, with its own buttons, within the limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.around import Around
from bot.cards.blocks import MESSAGE, size_of
from bot.cards.storm_card import minimal_storm_card, storm_card
from bot.domain.escalation import Escalation, Outcome
from bot.domain.request import Request
from tests.rules.judge import judge_message, judge_rows, texts
from tests.rules.making import (
    NOW,
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_guidance,
    make_proposal,
    make_request,
    make_vote,
)
from tests.rules.test_cards_limits import arounds, escalations

Row = tuple[Escalation, Around]


def row(request: Request | None = None, *, around: Around | None = None, **over: Any) -> Row:
    return make_escalation(request, **over), around or make_around()


def rows(*several: Row) -> list[Row]:
    """Each under an id of its own."""
    return [(replace(one, id=f"esc_{at}"), around) for at, (one, around) in enumerate(several)]


def labels(blocks: list[dict[str, Any]], at: int) -> list[str]:
    """What the buttons and the menu of a row say."""
    found = []
    for block in blocks:
        if block["type"] == "actions" and block["block_id"].startswith(f"esc_{at}|"):
            for element in block["elements"]:
                shown = element.get("options") or [element]
                found += [one["text"]["text"] for one in shown]
    return found


def words(blocks: list[dict[str, Any]]) -> str:
    return "\n".join(texts(blocks))


def decided(**over: Any) -> Row:
    return row(
        status="decided",
        decision=make_decision(**over),
        settled_at=NOW + timedelta(minutes=3),
    )


def test_a_fresh_storm_card() -> None:
    """Every question with its reason, consequence, arguments and buttons; a title that counts."""
    card = storm_card(rows(row(), row(make_answer()), row(make_guidance())))

    assert card.blocks[0]["text"]["text"] == "3 questions wait for an answer"
    assert labels(card.blocks, 0) == ["Approve", "Modify…", "Reject…", "Show everything"]
    assert labels(card.blocks, 1) == ["Approve", "Modify…", "Reject…", "Show everything"]
    assert labels(card.blocks, 2) == ["Show everything", "Answer…", "Reject…"]
    said = words(card.blocks)
    for expected in (
        "1. Send refund of $247.50 to customer@email.com", "Product was defective", "issue_refund",
        "2. Does my warranty cover water damage?", "Yes, for the first two years.",
        "· Approve sends it as it stands.", "3. claim-2847 paused at determine_coverage",
        "Apply clause 7.2 (property damage) as primary coverage",
        "Apply clause 7.2 · Clause 9.1 · Combined, clause 12",
    ):  # fmt: skip
        assert expected in said
    judge_message(card.text, card.blocks)


def test_what_a_phone_shows() -> None:
    """Who asks, every open question, and when the first answer is due; then how many there were."""
    several = [row(agent="a"), row(agent="b"), row(agent="c"), row(agent="d"), decided()]

    text = storm_card(rows(*several)).text
    assert text.startswith("a, b, c and 1 more ask: 1. Send refund of $247.50")
    assert "4. Send refund" in text
    assert "5. Send refund" not in text
    assert text.endswith("The first answer is due by 16:00 UTC.")
    assert storm_card(rows(row(), row())).text.startswith("refund-bot asks: 1. ")
    assert storm_card(rows(decided(), decided())).text == "2 questions, all settled."


@pytest.mark.parametrize(
    "over",
    [
        {"reason": "x" * 3000},
        {"impact": "x" * 3000},
        {"tool": {"name": "t", "arguments": {"a": "x" * 2000}}},
        {"tool": {"name": "t", "arguments": {f"k{n}": n for n in range(11)}}},
    ],
)
def test_what_is_not_whole_is_approved_in_its_modal(over: dict[str, Any]) -> None:
    """A row that had to be cut has no Approve; the others keep theirs."""
    blocks = storm_card(rows(row(make_request(**over)), row())).blocks

    assert labels(blocks, 0)[0] == "Show everything"
    assert "Reject…" in labels(blocks, 0)
    assert labels(blocks, 1)[0] == "Approve"


def test_an_alternative_is_read_in_its_modal() -> None:
    """What it is an alternative to has no room in a row, so it is not approved there."""
    before = make_escalation(status="decided", decision=make_decision(type="revise"))
    blocks = storm_card(rows(row(around=make_around(predecessor=before)), row())).blocks

    assert labels(blocks, 0)[0] == "Show everything"


def test_a_row_offers_only_what_its_agent_allows() -> None:
    """No Approve where the agent accepts none, and a form only where one can be filled in."""
    only_reject = make_request(allowed_decisions=["reject"], tool=None)
    blocks = storm_card(rows(row(only_reject), row())).blocks

    assert labels(blocks, 0) == ["Show everything", "Reject…"]


def test_votes_and_proposals_stand_in_their_rows() -> None:
    """Who agreed so far; and whose edit stands there in place of the request."""
    request = make_request()
    two = {"approvals": 2, "route": "default"}
    escalation = make_escalation(request)
    need = replace(escalation.need, **two)
    voted = replace(escalation, need=need, votes=(make_vote(),))
    proposed = replace(escalation, need=need, proposal=make_proposal())
    drafted = replace(
        make_escalation(make_answer()), proposal=make_proposal(arguments={}, answer="No.")
    )
    around = make_around(names={"U01ALICE": "Alice"})

    said = words(storm_card(rows((voted, around), (proposed, around), (drafted, around))).blocks)

    assert "Approvals 1 of 2: Bob" in said
    assert said.count("✏️ Alice proposes") == 2
    assert "200" in said
    assert "No." in said


def test_guidance_without_anything_to_say() -> None:
    """A bare question shows its headline, and the form."""
    request = make_guidance(options=[], checkpoint={"workflow_id": "w-1"})
    blocks = storm_card(rows(row(request), row())).blocks

    assert labels(blocks, 0) == ["Show everything", "Answer…", "Reject…"]
    assert "Why it stopped" not in words(blocks)


def test_settled_rows_say_who_and_what() -> None:
    """Struck through, without buttons, with the changes and the words that came with them."""
    after = NOW + timedelta(minutes=5)
    modified = decided(
        type="modify",
        modified_arguments={"order": "89234", "amount": 200.0, "currency": "USD"},
        comment="Shipping is not refundable",
        stop_run=True,
    )
    ran = Outcome(status="succeeded", note=None, reported_at=after)
    several = rows(
        (replace(modified[0], outcome=ran), modified[1]),
        row(status="expired", settled_at=after),
        row(status="cancelled", settled_at=after),
        row(),
    )
    card = storm_card(several)

    said = words(card.blocks)
    assert card.blocks[0]["text"]["text"] == "4 questions · 1 still open"
    assert [labels(card.blocks, at) for at in range(3)] == [[], [], []]
    assert labels(card.blocks, 3)
    for expected in (
        "*Modified and approved* by Alice", "Changed", "Shipping is not refundable",
        "The whole run was told to stop.", "succeeded", "Nobody answered", "Withdrawn",
    ):  # fmt: skip
        assert expected in said
    judge_message(card.text, card.blocks)


def test_ten_settled_rows_fit_whatever_was_said() -> None:
    """Ten long comments and changes give way alike, and fifty blocks are enough."""
    talkative = decided(
        type="modify",
        modified_arguments={"order": "x" * 500, "amount": 200.0, "currency": "y" * 500},
        comment="z" * 3000,
        guidance="g" * 3000,
    )
    card = storm_card(rows(*[talkative] * 10))

    assert len(card.blocks) == 50
    assert size_of(card.blocks) <= MESSAGE
    assert card.blocks[0]["text"]["text"] == "10 questions · all settled"
    judge_message(card.text, card.blocks)


def test_the_minimal_card_can_be_decided() -> None:
    """Headlines, and the ways in; what is settled says what became of it."""
    several = rows(row(), row(make_guidance()), row(make_request(allowed_decisions=["approve"])),
                   decided())  # fmt: skip
    card = minimal_storm_card(several)

    assert labels(card.blocks, 0) == ["Show everything", "Reject…"]
    assert labels(card.blocks, 1) == ["Show everything", "Answer…", "Reject…"]
    assert labels(card.blocks, 2) == ["Show everything"]
    assert "Approved by Alice" in words(card.blocks)
    judge_message(card.text, card.blocks)


@given(st.lists(st.tuples(escalations(), arounds), min_size=1, max_size=3), st.integers(2, 10))
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@pytest.mark.timeout(900)
def test_slack_takes_every_storm_card(several: list[Row], count: int) -> None:
    """No text, however long or hostile, makes one that Slack refuses."""
    ten = rows(*(several * 10)[:count])
    for draw in (storm_card, minimal_storm_card):
        assert len(judge_rows(draw(ten))) == sum(one.status == "open" for one, _ in ten)
