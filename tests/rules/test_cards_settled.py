"""The card after the end, and what is whispered to those who came late."""
# ruff: noqa: E501 - snapshots keep their lines

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from inline_snapshot import snapshot

from bot.cards import whispers, wording, wording_operators, wording_together
from bot.cards.arguments import difference
from bot.cards.blocks import Markup
from bot.cards.escalation_card import card, minimal_card
from bot.cards.pending import somebody_was_first
from bot.domain.escalation import Decision, Escalation, Intent, Outcome, Redeemed
from bot.domain.people import Actor
from tests.rules.judge import judge_message
from tests.rules.making import (
    NOW,
    human,
    make_answer,
    make_around,
    make_decision,
    make_escalation,
    make_proposal,
    make_request,
    make_vote,
)
from tests.rules.test_cards_open import buttons, lines

AROUND = make_around()
THREE_PAST = NOW + timedelta(minutes=3)
RULE = Actor(type="rule", id="tiny", display_name=None, authenticated_by="policy", via="rule")
KEY = Actor(type="key", id="k1", display_name="ops", authenticated_by="api_key", via="api")
CLOCK = Actor(type="timeout", id="clock", display_name=None, authenticated_by="clock", via="timer")


def decided(**over: Any) -> Escalation:
    return make_escalation().decide(make_decision(**over))


def told(escalation: Escalation) -> list[str]:
    drawn = card(escalation, AROUND)
    judge_message(drawn.text, drawn.blocks)
    assert buttons(drawn.blocks) == []
    return lines(drawn)


def test_modified_and_approved() -> None:
    """Who, when, how fast, what changed, in whose words, and that it ran."""
    escalation = replace(
        decided(
            type="modify",
            modified_arguments=make_proposal().arguments | {"order": "12345678"},
            comment="Shipping is not refundable",
            guidance="Next time too",
        ),
        outcome=Outcome(status="succeeded", note=None, reported_at=THREE_PAST),
    )

    assert told(escalation) == snapshot(
        [
            "Send refund of $247.50 to customer@email.com",
            "✅ *Modified and approved* by Alice · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
            "Changed  order ••••34 → ••••78 · amount 247.5 → 200",
            "Shipping is not refundable",
            "For the rest of the run: Next time too",
            "The agent ran it at <!date^1772452980^{time}|12:03 UTC>: *succeeded* · esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
        ]
    )
    assert card(escalation, AROUND).text == snapshot(
        "Send refund of $247.50 to customer@email.com. Modified and approved by Alice."
    )
    assert "12345678" not in str(card(escalation, AROUND))


def test_true_is_not_one() -> None:
    """An edit that makes 1 of true is shown, however deep it lies; an equal value is not."""
    tool = make_request().tool.model_copy(
        update={"arguments": {"deep": {"list": [1, {"on": True}]}, "same": [2]}, "sensitive": []}
    )
    request = make_request().model_copy(update={"tool": tool})
    edited = {"deep": {"list": [1, {"on": 1}]}, "same": [2.0]}

    changed = difference(request, edited)

    assert [label for label, _, _ in changed] == ["deep"]


def test_what_a_rule_decides_takes_no_time() -> None:
    """Nobody reads `after 0 s`."""
    asked = make_escalation()
    decision = make_decision(decided_by=RULE, rule="tiny", decided_at=asked.created_at)

    (_, line, *_) = told(asked.decide(decision))

    assert line.endswith(" · at once")


def test_every_end_in_words() -> None:
    """Approved, rejected, sent back, expired, withdrawn: each has its own sentence."""
    nothing = {"effective": None, "effective_digest": None}
    ends = [
        decided(),
        decided(type="reject", comment="no", stop_run=True, **nothing),
        decided(type="revise", comment="cheaper?", **nothing),
        decided(decided_by=RULE, rule="tiny refunds", provenance="rule"),
        decided(decided_by=KEY),
        decided(decided_by=CLOCK, type="reject", provenance="timeout", **nothing),
        decided(decided_by=CLOCK, provenance="timeout"),
        make_escalation().expire(NOW + timedelta(hours=4)),
        make_escalation().cancel(THREE_PAST),
    ]

    assert [told(end)[1:] for end in ends] == snapshot(
        [
            [
                "✅ *Approved* by Alice · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
                "The agent has not picked it up yet · esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "❌ *Rejected* by Alice · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
                "no",
                "The whole run was told to stop.",
                "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "↩️ *Sent back for alternatives* by Alice · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
                "cheaper?",
                "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "✅ *Approved* by rule “tiny refunds” · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
                "The agent has not picked it up yet · esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "✅ *Approved* by the program ops · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
                "The agent has not picked it up yet · esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "⌛ *Nobody answered* by <!date^1772467200^{time}|16:00 UTC>, so it was *rejected*. The agent was told not to run it.",
                "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "⌛ *Nobody answered* by <!date^1772467200^{time}|16:00 UTC>, so it was *approved*, as the policy says here.",
                "The agent has not picked it up yet · esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "⌛ *Nobody answered* by <!date^1772467200^{time}|16:00 UTC>. The agent was told not to run it.",
                "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
            [
                "🚫 *Withdrawn* by refund-bot · <!date^1772452980^{time}|12:03 UTC>",
                "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
            ],
        ]
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"redeemed": Redeemed(redeem_id="r", at=THREE_PAST)}, "picked it up at"),
        ({"outcome": Outcome(status="failed", note=None, reported_at=THREE_PAST)}, "*failed*"),
        (
            {"outcome": Outcome(status="not_run", note=None, reported_at=THREE_PAST)},
            "did not run it",
        ),
        ({}, "has not picked it up yet"),
    ],
)
def test_whether_it_ran(facts: dict[str, Any], words: str) -> None:
    """The last line follows the agent."""
    assert words in told(replace(decided(), **facts))[-1]


def test_what_the_agent_says_of_its_outcome() -> None:
    """A failure comes with the agent's own words, quoted as any other stranger's."""
    outcome = Outcome(
        status="failed", note="The bank refused it. <!channel>", reported_at=THREE_PAST
    )

    told_lines = told(replace(decided(), outcome=outcome))

    assert "The agent: The bank refused it. <!channel>" in told_lines


def test_everybody_who_agreed_is_named() -> None:
    """Where it took two, both stand there."""
    votes = (make_vote(human("Bob")), make_vote(human("Alice")), make_vote(counts=False))

    assert "Approved by Bob, Alice" in told(decided(votes=votes))


def test_who_changed_it_is_named_where_another_one_decided() -> None:
    """Alice's change is not taken for Bob's, whose agreement decided it; her own needs no name."""
    change = {"type": "modify", "modified_arguments": {"order": "89234", "amount": 200.0}}
    votes = (make_vote(human("Alice"), type="modify"), make_vote(human("Bob")))

    by_bob = told(decided(**change, votes=votes, decided_by=human("Bob")))
    by_alice = told(decided(**change, votes=votes[:1]))

    assert any(line.startswith("Changed by Alice  ") for line in by_bob)
    assert any(line.startswith("Changed  ") for line in by_alice)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("succeeded", "The agent sent it at"),
        ("not_run", "that it did not send it"),
    ],
)
def test_an_answer_is_sent_and_not_run(status: Any, words: str) -> None:
    """What became of it is said in the words of its kind."""
    outcome = Outcome(status=status, note=None, reported_at=THREE_PAST)
    answered = make_escalation(make_answer()).decide(make_decision())

    assert words in told(replace(answered, outcome=outcome))[-1]


def test_a_long_headline_stays_a_paragraph() -> None:
    """The settled card keeps the whole action."""
    escalation = make_escalation(make_request(action="x" * 200)).expire(THREE_PAST)

    assert told(escalation)[0] == "x" * 200


def test_the_minimal_settled_card() -> None:
    """Even where Slack refused the full card, people learn how it ended."""
    drawn = minimal_card(decided(), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn) == ["Send refund of $247.50 to customer@email.com: Approved by Alice."]


def late(decision: Decision | None = None) -> Escalation:
    return make_escalation().decide(decision or make_decision())


def test_the_slower_one_hears_who_was_faster() -> None:
    """By how much, with which words, and that their own click did nothing."""
    lost = make_decision(
        type="reject", decided_by=human("Bob"), comment="customer already paid back"
    )

    assert whispers.someone_was_faster(late(lost), THREE_PAST + timedelta(seconds=4)) == snapshot(
        "Bob rejected this 4 s before you: “customer already paid back”. Nothing changed by your click."
    )
    sentence = replace(lost, comment="Wait. No.")
    assert "“Wait. No”. Nothing" in whispers.someone_was_faster(late(sentence), THREE_PAST)
    assert whispers.someone_was_faster(late(), THREE_PAST) == snapshot(
        "Alice approved this just before you. Nothing changed by your click."
    )


def test_late_for_other_reasons() -> None:
    """Time ran out, or the agent withdrew it, or nothing is wrong at all."""
    clicked = THREE_PAST + timedelta(minutes=2)
    said = [
        whispers.someone_was_faster(make_escalation().expire(THREE_PAST), clicked),
        whispers.someone_was_faster(make_escalation().cancel(THREE_PAST), clicked),
        whispers.someone_was_faster(make_escalation(), clicked),
        whispers.changed_meanwhile(make_escalation(proposal=make_proposal())),
        whispers.changed_meanwhile(make_escalation()),
        whispers.vote_counted(make_escalation(proposal=make_proposal())),
        whispers.not_allowed("Only billing-leads decide here <!channel>"),
        whispers.not_allowed("Ask <Alice>."),
        whispers.went_wrong(),
    ]

    assert said == snapshot(
        [
            "Time ran out 2 min ago. The agent was told not to run it. Nothing changed by your click.",
            "refund-bot withdrew this 2 min before you. Nothing changed by your click.",
            "This is still open. Nothing changed by your click.",
            "Alice changed the action after you had seen it. Please look at the card again. Nothing changed by your click.",
            "The action was changed after you had seen it. Please look at the card again. Nothing changed by your click.",
            "Your approval counts: 0 of 2.",
            "Only billing-leads decide here &lt;!channel&gt;. Nothing changed by your click.",
            "Ask &lt;Alice&gt;. Nothing changed by your click.",
            "That did not work, and nothing changed. Please try again in a moment.",
        ]
    )


@pytest.mark.parametrize(
    "why",
    [
        whispers.someone_was_faster(make_escalation().expire(THREE_PAST), THREE_PAST),
        whispers.someone_was_faster(make_escalation().cancel(THREE_PAST), THREE_PAST),
        whispers.someone_was_faster(late(), THREE_PAST),
        whispers.someone_was_faster(make_escalation(), THREE_PAST),
        whispers.changed_meanwhile(make_escalation()),
        somebody_was_first(Intent(decision=make_decision(), until=THREE_PAST), AROUND),
    ],
)
def test_whoever_wrote_a_command_has_not_clicked(why: Markup) -> None:
    """The same reason, without a word of a click."""
    assert "click" in why
    assert "click" not in wording_together.refused(why)


def test_the_operators_hear_of_refused_cards() -> None:
    """Ids and Slack's own words, escaped."""
    assert [
        wording_operators.card_refused("esc_1", "invalid_blocks", ["/blocks/0 <bad>"]),
        wording_operators.card_refused("esc_1", "invalid_blocks"),
        wording_operators.card_impossible("esc_1", "C1", "not_in_channel", [], everything=False),
        wording_operators.card_impossible("esc_1", "C1", "<x>", ["#two"], everything=False),
        wording_operators.card_impossible("esc_1", "C1", "x", ["U1", "U2"], everything=False),
        wording_operators.card_impossible("esc_1", "C1", "token_revoked", [], everything=True),
        wording_operators.person_impossible("esc_1", "U1", "user_disabled"),
        wording_operators.refused_lately("tiny"),
        wording_operators.limit_used_up("tiny", 20, timedelta(days=1)),
        wording.HANDOFF,
    ] == snapshot(
        [
            "Slack refused the card of esc_1 (invalid_blocks: /blocks/0 &lt;bad&gt;); a minimal card went out, and can be decided.",
            "Slack refused the card of esc_1 (invalid_blocks); a minimal card went out, and can be decided.",
            "Slack takes no card of esc_1 in C1 (not_in_channel): nobody sees it there. There is nobody else whom it could be shown to. The channel is tried again every few minutes; other cards for it fare the same. All of them can be decided through the API, and end at their deadlines.",
            "Slack takes no card of esc_1 in C1 (&lt;x&gt;): nobody sees it there. It was put up in #two instead. The channel is tried again every few minutes; other cards for it fare the same. All of them can be decided through the API, and end at their deadlines.",
            "Slack takes no card of esc_1 in C1 (x): nobody sees it there. 2 of its reviewers were written to directly. The channel is tried again every few minutes; other cards for it fare the same. All of them can be decided through the API, and end at their deadlines.",
            "Slack refuses the bot's token (token_revoked), so no card can be shown: esc_1 waits, and whatever comes after it. Questions can be decided through the API, and end at their deadlines. `doctor` says what to do.",
            "Slack takes no card of esc_1 in the direct messages of U1 either (user_disabled). It is tried again every few minutes, and can be decided through the API.",
            "rule “tiny” would approve it, but the same action was not approved in the last 24 h",
            "rule “tiny” has approved 20 in 24 h, which is its limit",
            "A specialist is looking at this, with a summary of your situation.",
        ]
    )
