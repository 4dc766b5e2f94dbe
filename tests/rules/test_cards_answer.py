"""The card of an unsure answer, and of an alternative to what was sent back."""
# ruff: noqa: E501 - snapshots keep their lines

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.cards.details import details
from bot.cards.escalation_card import card
from bot.cards.evidence import shown_evidence
from bot.domain.digest import digest, effective
from bot.domain.escalation import Escalation
from bot.domain.request import Evidence
from tests.rules.judge import judge_message, judge_view, texts
from tests.rules.making import (
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_proposal,
    make_request,
    make_tool,
)
from tests.rules.test_cards_open import buttons, element, lines

AROUND = make_around(threshold=0.9)


def sent_back(**over: Any) -> Escalation:
    """An escalation that people sent back, with their words."""
    decision = make_decision(
        type="revise", comment="Try a voucher first.", effective=None, effective_digest=None
    )
    return replace(make_escalation(**over).decide(decision), id="esc_before")


def test_the_draft_on_a_card() -> None:
    """The question, the draft, how sure the agent is against what it needs, and its sources."""
    drawn = card(make_escalation(make_answer(), agent="faq-bot", rule=None), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn) == snapshot(
        [
            "Does my warranty cover water damage?",
            "from faq-bot ·answer by <!date^1772467200^{time}|16:00 UTC> (in 3 h), else it expires",
            "The agent would answer",
            "Yes, for the first two years.",
            "Confidence 0.55 (needs 0.90) · 2 of 5 claims have no source",
            "It read: Warranty terms · https://example.com/faq",
            "Approve sends it as it stands.",
            "ApproveModify…Reject…Show everythingI'm lookingAsk the agent…Snooze or assign…Escalate now",
        ]
    )
    assert drawn.text == snapshot(
        "faq-bot is not sure how to answer: Does my warranty cover water damage? Its draft: Yes, for the first two years. Answer by 16:00 UTC."
    )
    assert buttons(drawn.blocks) == ["approve", "modify", "reject", "more"]


def test_a_long_draft_is_approved_where_all_of_it_is_read() -> None:
    """What does not fit on the card has its Approve on the last page of everything."""
    escalation = make_escalation(make_answer(answer="Two years. " * 1000))

    drawn = card(escalation, AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert buttons(drawn.blocks) == ["details", "modify", "reject", "more"]
    view = details(escalation, AROUND, page=9)
    judge_view(view)
    assert "approve" in buttons(view["blocks"])


def test_a_risky_answer_is_confirmed_in_its_own_words() -> None:
    """The confirmation shows what would be sent."""
    drawn = card(make_escalation(make_answer(risk={"level": "high"}, context=None)), AROUND)

    again = element(drawn.blocks, "approve")["confirm"]["text"]["text"]
    assert "Yes, for the first two years." in again


def test_an_edited_draft_stands_there_as_a_proposal() -> None:
    """Others agree to the edited text, not to the agent's."""
    request = make_answer()
    text = "No, water damage is excluded."
    proposal = make_proposal(arguments=None)
    proposal = replace(
        proposal, answer=text, digest=digest(effective(request.model_copy(update={"answer": text})))
    )

    drawn = card(make_escalation(request, proposal=proposal), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn)[2:4] == ["✏️ Alice proposes", text]


def test_an_edited_draft_is_named_as_one_under_everything() -> None:
    """The text that Approve would send is told as the person's, and never as the agent's."""
    proposal = replace(make_proposal(arguments=None), answer="No, it is excluded.")

    view = details(make_escalation(make_answer(), proposal=proposal), AROUND)

    told = texts(view["blocks"])
    assert told[told.index("✏️ Alice proposes\n") + 1] == "No, it is excluded."
    assert "The agent would answer\n" not in told


@pytest.mark.parametrize("hidden", ["\u202e", "\U000e0041", "\u200b"])
def test_nothing_in_a_draft_stays_out_of_sight(hidden: str) -> None:
    """What is approved goes out byte for byte, so characters that nobody sees are spelled out."""
    escalation = make_escalation(make_answer(answer=f"Yes.{hidden}"))
    spelled = f"Yes.⟨U+{ord(hidden):04X}⟩"

    drawn = card(escalation, AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn)[3] == spelled
    assert spelled in texts(details(escalation, AROUND)["blocks"])


def test_the_settled_answer_shows_what_was_sent() -> None:
    """An edited answer is quoted in full on the settled card."""
    decision = make_decision(
        type="modify",
        modified_answer="No.",
        effective={"answer": "No."},
        effective_digest="sha256:1",
    )

    shown = lines(card(make_escalation(make_answer()).decide(decision), AROUND))

    assert shown[2:4] == ["What goes out", "No."]


def test_an_alternative_says_what_it_is_an_alternative_to() -> None:
    """What people asked for, with a link to the first card, and what is different now."""
    tool = make_tool(arguments={"order": "99999", "amount": 50.0, "currency": "USD"})
    escalation = make_escalation(make_request(tool=tool, supersedes="esc_before"))
    before = sent_back(permalink="https://sandbox.example/archives/C1/p1")

    drawn = card(escalation, make_around(predecessor=before))

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn)[2:5] == snapshot(
        [
            "↩️ Another way in place of Send refund of $247.50 to customer@email.com · Open it, sent back with:",
            "Try a voucher first.",
            "What is different  order ••••34 → ••••99 · amount 247.5 → 50",
        ]
    )
    assert "99999" not in "".join(texts(drawn.blocks))


def test_another_way_altogether_is_told_by_its_headline() -> None:
    """Another tool, or none: the two headlines stand side by side; the same one needs no words."""
    other = make_request(action="Send a voucher of $250", tool=None, supersedes="esc_before")

    drawn = card(make_escalation(other), make_around(predecessor=sent_back()))
    same = card(make_escalation(make_request()), make_around(predecessor=sent_back()))

    judge_message(drawn.text, drawn.blocks)
    different = lines(drawn)[4]
    assert different.endswith(
        "Send refund of $247.50 to customer@email.com → Send a voucher of $250"
    )
    assert not any(line.startswith("What is different") for line in lines(same))


def test_another_draft_stands_beside_the_one_before() -> None:
    """Who sent a draft back sees what the agent made of it."""
    decision = make_decision(
        type="revise", comment="Too short.", effective=None, effective_digest=None
    )
    before = make_escalation(make_answer()).decide(decision)

    drawn = card(
        make_escalation(make_answer(answer="Yes, and repairs are free.")),
        make_around(predecessor=before),
    )

    judge_message(drawn.text, drawn.blocks)
    shown = lines(drawn)
    assert shown[4:6] == ["The draft before", "Yes, for the first two years."]


def test_a_predecessor_without_words() -> None:
    """A rule's or an old row's `revise` may lack a comment."""
    decision = make_decision(type="revise", comment=None, effective=None, effective_digest=None)
    before = make_escalation().decide(decision)

    shown = lines(card(make_escalation(make_request()), make_around(predecessor=before)))

    assert shown[2].startswith("↩️ Another way in place of")
    assert shown[3].startswith("Why")


def test_what_was_sent_back_links_to_what_came() -> None:
    """The old card leads on to each alternative; one that is not posted yet has no link."""
    posted = make_escalation(permalink="https://sandbox.example/archives/C1/p2")
    waiting = make_escalation(make_request(action="Call the customer"))

    drawn = card(sent_back(), make_around(successors=(posted, waiting)))

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn)[-2] == snapshot(
        "↪️ The agent came back with Send refund of $247.50 to customer@email.com · Open it, Call the customer"
    )


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        ({"type": "diff", "content": "-a\n+b\u202e"}, "-a\n+b⟨U+202E⟩"),
        ({"type": "diff", "content": ["-a"]}, None),
        ({"type": "table", "content": [["item", "n"], ["pen", 2]]}, "item  n\npen   2"),
        (
            {"type": "table", "content": [{"item": "pen", "n": 2}, {"item": "cap"}]},
            "item  n\npen   2\ncap",
        ),
        ({"type": "table", "content": [["a"], {"b": 1}]}, None),
        ({"type": "table", "content": "a,b"}, None),
        ({"type": "table", "content": [list(range(13))]}, None),
        ({"type": "table", "content": [{str(n): n for n in range(13)}]}, None),
        ({"type": "text", "content": "as it is"}, None),
    ],
)
def test_evidence_as_it_was_set(evidence: dict[str, Any], shown: str | None) -> None:
    """Diffs keep their lines and tables their columns; other content is prose or data."""
    assert shown_evidence(Evidence.model_validate(evidence)) == shown


def test_a_long_table_says_how_much_is_left() -> None:
    """Two hundred rows are enough to read."""
    evidence = Evidence(type="table", content=[[n] for n in range(250)])

    shown = shown_evidence(evidence)

    assert shown is not None
    assert shown.endswith("199\n… and 50 more rows")


def test_diffs_and_tables_stand_in_a_box_under_everything() -> None:
    """In letters of one width, so that columns are columns."""
    evidence = [
        {"type": "diff", "title": "Change", "content": "-a\n+b"},
        {"type": "table", "content": [["item", "n"], ["pen", 2]]},
        {"type": "json", "content": {"a": 1}},
    ]

    view = details(make_escalation(make_request(evidence=evidence)), AROUND)

    judge_view(view)
    boxes = [
        group["elements"][0]["text"]
        for block in view["blocks"]
        if block["type"] == "rich_text"
        for group in block["elements"]
        if group["type"] == "rich_text_preformatted"
    ]
    assert "-a\n+b" in boxes
    assert "item  n\npen   2" in boxes


def test_what_was_read_is_told_whole_under_everything() -> None:
    """Attempts, and sources with a text, with only an address, and with only a title."""
    context = {
        "attempts": [{"what": "asked the docs"}],
        "retrieved": [
            {"title": "Terms", "text": "24 months", "score": 0.9},
            {"url": "https://example.com/faq"},
            {"title": "Only a title"},
        ],
    }

    shown = "".join(texts(details(make_escalation(make_request(context=context)), AROUND)))

    for words in ("asked the docs", "24 months", "https://example.com/faq", "Only a title"):
        assert words in shown


@given(
    question=st.text(min_size=1, max_size=3000),
    answer=st.text(min_size=1, max_size=12000),
    explanation=st.text(min_size=1, max_size=500),
)
def test_whatever_is_drafted_slack_takes_it(question: str, answer: str, explanation: str) -> None:
    """Hostile drafts stay within Slack's limits, and ping nobody."""
    signals = [{"name": "s", "value": 1, "explanation": explanation}]
    request = make_answer(signals=signals).model_copy(
        update={"question": question, "answer": answer}
    )

    drawn = card(make_escalation(request), AROUND)

    judge_message(drawn.text, drawn.blocks)
