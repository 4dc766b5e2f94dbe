"""The card while it is open: the question, and only the buttons that may be pressed."""
# ruff: noqa: E501 - snapshots keep their lines

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.cards import names
from bot.cards.arguments import masked_plainly, number_in_words
from bot.cards.around import Card
from bot.cards.details import details
from bot.cards.escalation_card import card, minimal_card
from bot.domain.escalation import Escalation
from bot.domain.request import ToolCall
from tests.rules.judge import judge_message, judge_view, markup, texts
from tests.rules.making import (
    NOW,
    digest_of,
    human,
    make_around,
    make_escalation,
    make_proposal,
    make_request,
    make_tool,
    make_vote,
)

AROUND = make_around()


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    elements = [e for block in blocks if block["type"] == "actions" for e in block["elements"]]
    return [e["action_id"] for e in elements]


def element(blocks: list[dict[str, Any]], action_id: str) -> dict[str, Any]:
    elements = [e for block in blocks if block["type"] == "actions" for e in block["elements"]]
    return next(e for e in elements if e["action_id"] == action_id)


def lines(drawn: Card) -> list[str]:
    """The card as a person reads it, a block a line."""
    return [" ".join("".join(texts(block)).split("\n")) for block in drawn.blocks]


def with_arguments(arguments: dict[str, Any], **over: Any) -> Escalation:
    tool = make_tool(arguments=arguments, input_schema=None, editable=None, sensitive=[])
    return make_escalation(make_request(tool=tool | over))


def test_the_refund_on_a_card() -> None:
    """The article's refund: first the question, then what is needed to answer it, then buttons."""
    drawn = card(make_escalation(), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn) == snapshot(
        [
            "Send refund of $247.50 to customer@email.com",
            "Medium risk · cannot be undone · $247.50 · refund · from refund-bot ·answer by <!date^1772467200^{time}|16:00 UTC> (in 3 h), else it expires",
            "Why Order #89234 was returned within the 30-day window. Product was defective (customer provided photos).",
            "What happens Account balance will be debited. Customer will receive funds in 3-5 business days.",
            "issue_refund order ••••34 · amount 247.5 · currency USD",
            "Confidence 0.72 · source coverage 0.8 · sent to you by rule “refunds over 50” · 📎 Photos",
            "ApproveApprove this? It cannot be undone.Send refund of $247.50 to customer@email.com  Account balance will be debited. Customer will receive funds in 3-5 business days.ApproveGo backModify…Reject…Show everythingI'm lookingAsk the agent…Snooze or assign…Escalate now",
        ]
    )
    assert drawn.text == snapshot(
        "refund-bot asks: Send refund of $247.50 to customer@email.com. Why: Order #89234 was returned within the 30-day window. Product was defective (customer provided photos). Answer by 16:00 UTC."
    )
    assert buttons(drawn.blocks) == ["approve", "modify", "reject", "more"]


def test_the_refund_as_block_kit() -> None:
    """What goes over the wire, to the letter."""
    assert card(make_escalation(), AROUND).blocks == snapshot(
        [
            {
                "type": "header",
                "text": {
                    "type": "plain_text",
                    "text": "Send refund of $247.50 to customer@email.com",
                    "emoji": False,
                },
            },
            {
                "type": "context",
                "elements": [
                    {
                        "type": "plain_text",
                        "text": "Medium risk · cannot be undone · $247.50 · refund · from refund-bot ·",
                        "emoji": False,
                    },
                    {
                        "type": "mrkdwn",
                        "text": "answer by <!date^1772467200^{time}|16:00 UTC> (in 3 h), else it expires",
                        "verbatim": True,
                    },
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "Why\n", "style": {"bold": True}},
                            {
                                "type": "text",
                                "text": "Order #89234 was returned within the 30-day window. Product was defective (customer provided photos).",
                            },
                        ],
                    }
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "What happens\n", "style": {"bold": True}},
                            {
                                "type": "text",
                                "text": "Account balance will be debited. Customer will receive funds in 3-5 business days.",
                            },
                        ],
                    }
                ],
            },
            {
                "type": "rich_text",
                "elements": [
                    {
                        "type": "rich_text_section",
                        "elements": [
                            {"type": "text", "text": "issue_refund\n", "style": {"bold": True}},
                            {"type": "text", "text": "order "},
                            {"type": "text", "text": "••••34", "style": {"code": True}},
                            {"type": "text", "text": " · amount "},
                            {"type": "text", "text": "247.5", "style": {"code": True}},
                            {"type": "text", "text": " · currency "},
                            {"type": "text", "text": "USD", "style": {"code": True}},
                        ],
                    }
                ],
            },
            {
                "type": "context",
                "elements": [
                    {
                        "type": "plain_text",
                        "text": "Confidence 0.72 · source coverage 0.8 · sent to you by rule “refunds over 50” · 📎 Photos",
                        "emoji": False,
                    }
                ],
            },
            {
                "type": "actions",
                "block_id": "esc_01JABCDEFGHJKMNPQRSTVWXYZ0|sha256:850851e0449c02b38b45fa3dd1cf4a2eba67e80516c9f807ac04332edae6ac69|1",
                "elements": [
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "Approve", "emoji": False},
                        "action_id": "approve",
                        "value": "esc_01JABCDEFGHJKMNPQRSTVWXYZ0|sha256:850851e0449c02b38b45fa3dd1cf4a2eba67e80516c9f807ac04332edae6ac69",
                        "style": "primary",
                        "confirm": {
                            "title": {
                                "type": "plain_text",
                                "text": "Approve this? It cannot be undone.",
                                "emoji": False,
                            },
                            "text": {
                                "type": "plain_text",
                                "text": """\
Send refund of $247.50 to customer@email.com

Account balance will be debited. Customer will receive funds in 3-5 business days.\
""",
                                "emoji": False,
                            },
                            "confirm": {"type": "plain_text", "text": "Approve", "emoji": False},
                            "deny": {"type": "plain_text", "text": "Go back", "emoji": False},
                            "style": "primary",
                        },
                    },
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "Modify…", "emoji": False},
                        "action_id": "modify",
                        "value": "esc_01JABCDEFGHJKMNPQRSTVWXYZ0|sha256:850851e0449c02b38b45fa3dd1cf4a2eba67e80516c9f807ac04332edae6ac69",
                    },
                    {
                        "type": "button",
                        "text": {"type": "plain_text", "text": "Reject…", "emoji": False},
                        "action_id": "reject",
                        "value": "esc_01JABCDEFGHJKMNPQRSTVWXYZ0|sha256:850851e0449c02b38b45fa3dd1cf4a2eba67e80516c9f807ac04332edae6ac69",
                        "style": "danger",
                    },
                    {
                        "type": "overflow",
                        "action_id": "more",
                        "options": [
                            {
                                "text": {
                                    "type": "plain_text",
                                    "text": "Show everything",
                                    "emoji": False,
                                },
                                "value": "show",
                            },
                            {
                                "text": {
                                    "type": "plain_text",
                                    "text": "I'm looking",
                                    "emoji": False,
                                },
                                "value": "take",
                            },
                            {
                                "text": {
                                    "type": "plain_text",
                                    "text": "Ask the agent…",
                                    "emoji": False,
                                },
                                "value": "ask",
                            },
                            {
                                "text": {
                                    "type": "plain_text",
                                    "text": "Snooze or assign…",
                                    "emoji": False,
                                },
                                "value": "later",
                            },
                            {
                                "text": {
                                    "type": "plain_text",
                                    "text": "Escalate now",
                                    "emoji": False,
                                },
                                "value": "hurry",
                            },
                        ],
                    },
                ],
            },
        ]
    )


def test_approve_asks_again_where_it_cannot_be_undone() -> None:
    """The dialog repeats the action and its consequence."""
    confirm = element(card(make_escalation(), AROUND).blocks, "approve")["confirm"]

    assert confirm["text"]["text"].startswith("Send refund of $247.50")
    assert "Account balance will be debited" in confirm["text"]["text"]
    harmless = make_request(risk={"level": "low", "reversibility": "reversible"})
    assert "confirm" not in element(card(make_escalation(harmless), AROUND).blocks, "approve")


def test_every_button_carries_what_was_shown() -> None:
    """A click is bound to the digest of the action that stood on the card."""
    escalation = make_escalation()
    blocks = card(escalation, AROUND).blocks

    for action in ("approve", "modify", "reject"):
        packed = names.unpack(element(blocks, action)["value"])
        assert packed == (escalation.id, escalation.action_digest)
    assert element(blocks, "more")["options"][0]["value"] == names.SHOW_EVERYTHING
    assert names.unpack(blocks[-1]["block_id"]) == (escalation.id, escalation.action_digest)


@pytest.mark.parametrize(
    ("allowed", "shown"),
    [
        (["approve"], ["approve", "more"]),
        (["modify"], ["modify", "more"]),
        (["revise"], ["reject", "more"]),
        (["reject", "approve"], ["approve", "reject", "more"]),
    ],
)
def test_the_agent_may_narrow_the_buttons(allowed: list[str], shown: list[str]) -> None:
    """Only what the request allows is offered."""
    request = make_request(allowed_decisions=allowed)

    assert buttons(card(make_escalation(request), AROUND).blocks) == shown


def test_without_editable_fields_there_is_no_modify() -> None:
    """No tool, or nothing that a form can hold: Modify would open an empty form."""
    for request in (make_request(tool=None), make_request(tool=make_tool(editable=[]))):
        assert buttons(card(make_escalation(request), AROUND).blocks) == [
            "approve",
            "reject",
            "more",
        ]


@pytest.mark.parametrize(
    "over",
    [
        {"tool": make_tool(arguments={f"k{i}": i for i in range(11)})},
        {"tool": make_tool(arguments={"memo": "x" * 301})},
        {"tool": make_tool(arguments={f"k{i}": "x" * 290 for i in range(10)})},
        {"tool": make_tool(arguments={"k" * 80: 1})},
        {"tool": make_tool(name="n" * 250)},
        {"reason": "😀" * 1501},
        {"impact": "😀" * 1501},
    ],
)
def test_approve_stands_only_where_all_of_it_is_in_view(over: dict[str, Any]) -> None:
    """What does not fit opens in “Show everything”, and Approve stands there."""
    escalation = make_escalation(make_request(**over))

    drawn = card(escalation, AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert buttons(drawn.blocks)[0] == "details"
    assert "approve" not in buttons(drawn.blocks)
    assert any("too small for all of it" in text for text in texts(drawn.blocks))
    assert "approve" in buttons(last_page(escalation)["blocks"])


def last_page(escalation: Escalation) -> dict[str, Any]:
    return details(escalation, AROUND, page=999)


def test_a_long_action_stands_whole_below_no_header() -> None:
    """Slack's header takes 150 characters; a longer action is a bold paragraph."""
    request = make_request(action="Send " + "a long story " * 20)

    drawn = card(make_escalation(request), AROUND)

    assert drawn.blocks[0]["type"] == "rich_text"
    assert "approve" in buttons(drawn.blocks)


def test_values_are_boxed_so_that_none_can_fake_another() -> None:
    """A value that looks like a further argument stays inside its box."""
    drawn = card(
        with_arguments({"currency": "USD · amount 5.00", "memo": "a\nb", "n": 3.0}), AROUND
    )

    boxed = [
        e["text"]
        for block in drawn.blocks
        if block["type"] == "rich_text"
        for e in block["elements"][0]["elements"]
        if e.get("style") == {"code": True}
    ]
    assert boxed == ["USD · amount 5.00", "a ⏎ b", "3"]


def test_every_kind_of_value_in_words() -> None:
    """Numbers as people write them, nothing hidden, nested values as JSON."""
    arguments = {
        "floatValue": 0.1, "whole": 200.0, "big": 1e22, "flag": True, "off": False, "none": None,
        "empty": "", "list": [1, "é"], "hidden": "a\u200bb",
    }  # fmt: skip

    assert lines(card(with_arguments(arguments), AROUND))[4] == snapshot(
        'issue_refund float value 0.1 · whole 200 · big 1e+22 · flag yes · off no · none none · empty (empty) · list [1, "é"] · hidden a⟨U+200B⟩b'
    )


def test_sensitive_values_are_masked_wherever_they_lie() -> None:
    """The last two characters only where enough stays hidden; lists and objects entirely."""
    arguments = {
        "short": "1234", "iban": "GB33BUKB2020", "pin": 1234567, "flag": True,
        "who": {"name": "Ada", "ids": ["A1234567", {"x": "y"}]}, "all": {"a": 1}, "n": None,
    }  # fmt: skip
    paths = ["/short", "/iban", "/pin", "/flag", "/who/ids/0", "/who/ids/9", "/who/ids/x",
             "/who/name/deeper", "/all", "/n", "/absent/x"]  # fmt: skip

    drawn = card(with_arguments(arguments, sensitive=paths), AROUND)

    assert lines(drawn)[4] == snapshot(
        'issue_refund short •••• iban ••••20 pin ••••67 flag •••• who {"name": "Ada", "ids": ["••••67", {"x": "y"}]} all •••• n ••••'
    )
    assert "GB33" not in str(drawn)


def test_labels_that_read_the_same_fall_back_to_names() -> None:
    """Two titles may not make two arguments look like one."""
    schema = {"properties": {"fee": {"title": "Amount"}, "amount": {"title": "Amount"}}}

    drawn = card(with_arguments({"fee": 1, "amount": 2, "": 3}, input_schema=schema), AROUND)

    assert lines(drawn)[4] == "issue_refund fee 1 · amount 2 · (no name) 3"
    camel = {"orderId": 1, "customerID": 2, "late_fee": 3}
    assert lines(card(with_arguments(camel), AROUND))[4] == (
        "issue_refund order id 1 · customer ID 2 · late fee 3"
    )


def test_a_tool_without_arguments_and_with_a_server() -> None:
    """The server is part of what runs, so it is shown."""
    drawn = card(with_arguments({}, server="billing"), AROUND)

    assert lines(drawn)[4] == "issue_refund (billing) no arguments"
    assert "approve" in buttons(drawn.blocks)


def test_a_proposal_takes_the_requests_place() -> None:
    """Alice's edit stands on the card; Approve approves the edit."""
    proposal = make_proposal()
    vote = make_vote(effective_digest=proposal.digest)
    escalation = make_escalation(proposal=proposal, votes=(vote,))

    drawn = card(escalation, make_around(names={"U01BOB": "Robert"}))

    judge_message(drawn.text, drawn.blocks)
    assert "✏️ Alice proposes amount 247.5 → 200" in " ".join(lines(drawn)[2].split())
    assert lines(drawn)[-1] == "Approvals 1 of 2: Robert"
    approve = element(drawn.blocks, "approve")
    assert names.unpack(approve["value"])[1] == proposal.digest
    assert "with amount 247.5 → 200" in approve["confirm"]["text"]["text"]
    assert "Alice proposes a change." in card(escalation, AROUND).text


def test_a_difference_that_does_not_fit_moves_approve() -> None:
    """An edit too long for the card can only be approved where all of it is shown."""
    escalation = make_escalation(
        make_request(tool=make_tool(arguments={"memo": "a" * 290, "x": "b" * 200})),
        proposal=make_proposal(arguments={"memo": "c" * 290, "y": [1]}),
    )

    drawn = card(escalation, AROUND)

    assert "approve" not in buttons(drawn.blocks)
    told = "".join(texts(last_page(escalation)["blocks"]))
    assert "x: " + "b" * 200 + " → (not given)" in told


def test_differences_beyond_comparing_are_shown() -> None:
    """Two values too deep to compare count as changed."""
    old: Any = "x"
    new: Any = "x"
    for _ in range(5000):
        old, new = [old], [new]
    escalation = make_escalation(
        make_request().with_arguments({"deep": old}),
        proposal=make_proposal(arguments={"deep": new}),
    )

    assert "deep (nested too deeply to be shown) →" in lines(card(escalation, AROUND))[2]
    assert number_in_words(10**5000).startswith("0x")


def test_a_proposal_without_a_tool_says_who() -> None:
    """It cannot happen through a door, and must not break a card."""
    escalation = make_escalation(make_request(tool=None), proposal=make_proposal())

    assert "Alice proposes" in lines(card(escalation, AROUND))[2]


def test_time_and_what_follows() -> None:
    """When to answer by, and what the route does then; a late card says so."""
    escalation = make_escalation()

    rejecting = card(escalation, make_around(on_timeout="reject"))
    late = card(escalation, make_around(now=NOW + timedelta(hours=5)))
    far = card(make_escalation(expires_at=NOW + timedelta(days=3)), make_around(timezone="x/y"))

    assert "(in 3 h), else it is rejected" in lines(rejecting)[1]
    assert "was due at" in lines(late)[1]
    assert "{date_short_pretty} {time}|05 Mar 12:00 UTC" in lines(far)[1]
    assert far.text.endswith("Answer by 05 Mar 12:00 UTC.")
    assert (
        "Answer by 20:00 +04." in card(make_escalation(), make_around(timezone="Asia/Dubai")).text
    )


def test_small_print() -> None:
    """Urgency, foreign money, the policy's reason, thresholds."""
    request = make_request(
        urgency="critical",
        confidence=None,
        signals=[{"name": "coverage", "value": 0.8, "threshold": 0.9}],
        risk={"level": "low", "cost": {"amount": "-5", "currency": "USD"}},
        evidence=[],
        category=None,
    )
    escalation = make_escalation(request, why="the limit of 20 a day is used up")
    swiss = make_request(risk={"cost": {"amount": "5", "currency": "CHF"}})

    assert lines(card(escalation, AROUND))[1].startswith(
        "Most urgent · Low risk · -$5 · from refund-bot"
    )
    assert "Coverage 0.8 (needs 0.9) · the limit of 20 a day is used up" in lines(
        card(escalation, AROUND)
    )
    assert "5 CHF" in lines(card(make_escalation(swiss), AROUND))[1]
    bare = make_request(confidence=None, signals=[], evidence=[])
    assert len(card(make_escalation(bare, rule=None), AROUND).blocks) == 6


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        ("51960", "USD", "$51,960"),
        ("-1234567.5", "EUR", "-€1,234,567.5"),
        ("1000", "CHF", "1,000 CHF"),
        ("999.99", "GBP", "£999.99"),
    ],
)
def test_large_money_is_read_at_a_glance(amount: str, currency: str, shown: str) -> None:
    """Thousands are set apart, in every currency."""
    request = make_request(risk={"cost": {"amount": amount, "currency": currency}})

    assert shown in lines(card(make_escalation(request), AROUND))[1].split(" · ")


def test_no_attachment_is_passed_over() -> None:
    """Three are named, and the others counted."""
    evidence = [{"type": "text", "title": f"Note {n}", "content": "…"} for n in range(5)]

    shown = lines(card(make_escalation(make_request(evidence=evidence)), AROUND))

    assert any(line.endswith("📎 Note 2 · and 2 more attached") for line in shown)


@pytest.mark.parametrize(
    ("over", "phrase"),
    [
        ({"rule": "large"}, "sent to you by rule “large”"),
        ({"why": "Rule “tiny” has run out."}, "Rule “tiny” has run out."),
        ({"rule": None}, ""),
    ],
)
def test_why_people_are_asked_is_one_phrase(over: dict[str, Any], phrase: str) -> None:
    """The rule that sent it is named once; what the policy says beyond that stands instead."""
    escalation = make_escalation(**over)

    told = "\n".join(lines(card(escalation, AROUND)))
    assert phrase in told
    assert told.count("ule “") == bool(phrase)


def test_empty_lines_cannot_push_the_question_away() -> None:
    """Prose keeps its paragraphs, and no more than one empty line between them."""
    request = make_request(impact="Nothing.\n \n\t\n" + "\n" * 40 + "All of it.\nReally.\n\nYes.")

    shown = lines(card(make_escalation(request), AROUND))
    assert "What happens Nothing.  All of it. Really.  Yes." in shown


def test_mentions_reach_nobody() -> None:
    """Neither the blocks nor the notification text can ping."""
    request = make_request(action="<!channel> @here <@U1>", reason="<https://x.example|Approve>")

    drawn = card(make_escalation(request, agent="<!here>"), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert drawn.text.startswith(
        "&lt;!here&gt; asks: &lt;!channel&gt; ＠here &lt;@U1&gt;. Why: &lt;https"
    )
    assert all("Approve" not in text for text in markup(drawn.blocks))


def test_the_minimal_card_has_hardly_anything_to_refuse() -> None:
    """Plain text and two buttons; Approve stands in the modal."""
    drawn = minimal_card(make_escalation(), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert buttons(drawn.blocks) == ["details", "reject"]
    assert markup(drawn.blocks) == []
    assert "approve" in buttons(details(make_escalation(), AROUND)["blocks"])
    request = make_request(allowed_decisions=["approve"])
    assert buttons(minimal_card(make_escalation(request), AROUND).blocks) == ["details"]


def full_request(**over: Any) -> Any:
    return make_request(
        body="Dear customer,\n" + "sorry " * 50,
        context={
            "reasoning": "It is within the window.",
            "attempts": [{"what": "look up", "result": "found"}, {"what": "ask"}],
            "retrieved": [
                {
                    "title": "Policy",
                    "url": "https://example.com/p",
                    "text": "30 days",
                    "score": 0.9,
                },
                {"title": "Bare"},
            ],
        },
        evidence=[
            {"type": "json", "content": {"a": [1]}},
            {"type": "text", "content": "words"},
            {"type": "link", "title": "Photos", "url": "https://example.com/\u202ep"},
        ],
        signals=[{"name": "coverage", "value": 0.8, "explanation": "4 of 5"}],
        source={"on_behalf_of": "ada@example.com"},
        risk={"reasons": ["money"], "blast_radius": "one account", "data_classes": ["pii"]},
        **over,
    )


def test_everything_is_whole() -> None:
    """All that the agent sent stands in the modal, in reading order."""
    tool = make_tool(
        arguments={"order": "89234", "memo": "line one\nline two", "nested": {"deep": [1]}},
        description="Sends money back.",
    )
    view = details(make_escalation(full_request(tool=tool)), AROUND)

    judge_view(view)
    told = "\n".join("".join(texts(block)) for block in view["blocks"])
    assert told == snapshot("""\
Send refund of $247.50 to customer@email.com
Medium risk · refund · from refund-bot ·answer by <!date^1772467200^{time}|16:00 UTC>
Why
Order #89234 was returned within the 30-day window. Product was defective (customer provided photos).
What happens
Account balance will be debited. Customer will receive funds in 3-5 business days.
issue_refund
order ••••34

memo
line one
line two
nested
{
  "deep": [
    1
  ]
}
What the tool says of itself
Sends money back.
More
Dear customer,
sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry sorry
Risk
money
Reaches: one account
Data: pii
How the agent thinks
It is within the window.
It tried
look up → found
It tried
ask
It read: Policy (0.90)
30 days
It read: Policy (0.90)
https://example.com/p
It read: Bare
📎 json
{
  "a": [
    1
  ]
}
📎 text
words
📎 Photos
https://example.com/p
How sure it is
Confidence 0.72
coverage 0.8: 4 of 5
Why you
It went to the route “default”.
Sent to you by rule “refunds over 50”
The agent says that ada@example.com started the run.
esc_01JABCDEFGHJKMNPQRSTVWXYZ0
ApproveModify…Reject…I'm lookingAsk the agent…Snooze or assign…Escalate now\
""")
    assert "89234" not in told.replace("#89234", "")


def test_pages_turn_and_approve_waits_on_the_last() -> None:
    """Every argument has been in view before Approve is."""
    escalation = with_arguments({f"key{i}": "v" * 400 for i in range(60)})
    first = details(escalation, AROUND)
    count = int(next(t for t in texts(first["blocks"]) if t.startswith("Page 1 of")).split()[-1])

    pages = [details(escalation, AROUND, page) for page in range(count)]

    assert count > 2
    assert buttons(pages[0]["blocks"]) == ["page_next", "modify", "reject", "more"]
    assert buttons(pages[1]["blocks"]) == ["page_prev", "page_next", "modify", "reject", "more"]
    assert buttons(pages[-1]["blocks"]) == ["page_prev", "approve", "modify", "reject", "more"]
    assert names.unpack_page(element(pages[0]["blocks"], "page_next")["value"]) == 1
    assert names.unpack_page(pages[1]["private_metadata"]) == 1
    told = "".join(text for page in pages for text in texts(page["blocks"]))
    assert all(f"key{i}" in told for i in range(60))
    assert details(escalation, AROUND, -5) == first


def test_what_cannot_be_shown_cannot_be_approved() -> None:
    """An argument nested beyond reading never gets an Approve."""
    value: Any = "bottom"
    for _ in range(5000):
        value = [value]
    request = make_request()
    request = request.with_arguments({"deep": value})
    escalation = make_escalation(request)

    assert "approve" not in buttons(card(escalation, AROUND).blocks)
    assert "approve" not in buttons(last_page(escalation)["blocks"])
    assert any("cannot be approved here" in t for t in texts(last_page(escalation)["blocks"]))


def test_settled_details_have_no_approve() -> None:
    """Whoever opens them later reads what became of it."""
    escalation = make_escalation().expire(NOW + timedelta(hours=4))

    view = details(escalation, AROUND)

    judge_view(view)
    assert buttons(view["blocks"]) == []
    assert any("Nobody answered" in text for text in texts(view["blocks"]))


def test_several_approvals_are_counted() -> None:
    """Who agreed so far, by the names our own people table has."""
    votes = tuple(make_vote(human(name)) for name in ("Bob", "Cleo"))
    escalation = make_escalation(votes=votes)

    assert lines(card(escalation, AROUND))[-1] == "Approvals 2 of 1: Bob, Cleo"
    assert digest_of(escalation.request) == escalation.action_digest


def test_many_short_arguments_stand_together() -> None:
    """Two hundred short arguments are a few blocks, and none is missing."""
    escalation = with_arguments({f"key{i}": i for i in range(200)})

    view = details(escalation, AROUND)

    judge_view(view)
    told = "".join(texts(view["blocks"]))
    assert all(f"key{i} " in told for i in range(200))
    assert "approve" in buttons(view["blocks"])


def test_a_tool_without_arguments_says_so() -> None:
    """Nobody wonders whether something is missing."""
    escalation = make_escalation(make_request(tool=ToolCall(name="restart_everything")))

    assert "no arguments" in str(details(escalation, AROUND))


def test_arguments_as_plain_values_are_masked_too() -> None:
    """For exports: whatever lies in lists and objects, without what is sensitive."""
    tool = make_request().tool
    assert tool is not None
    arguments = {"order": "89234", "lines": [{"sku": "a"}, 2], "amount": 1}

    plain = masked_plainly(tool.model_copy(update={"arguments": arguments}))

    assert plain == {"order": "••••34", "lines": [{"sku": "a"}, 2], "amount": 1}
