"""The card of a paused workflow: where it stands, and the ways on."""
# ruff: noqa: E501 - snapshots keep their lines

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.cards import names
from bot.cards.details import details
from bot.cards.escalation_card import card, minimal_card
from bot.cards.guidance_card import said_step, when_done
from bot.domain.escalation import Need, Outcome
from bot.domain.request import Request
from tests.rules.judge import judge_message, judge_view
from tests.rules.making import (
    CLAIM,
    NOW,
    make_around,
    make_checkpoint,
    make_decision,
    make_escalation,
    make_guidance,
)
from tests.rules.test_cards_open import buttons, element, lines

AROUND = make_around()
RESPONDED: dict[str, Any] = {"type": "respond", "effective": None, "effective_digest": None}


def test_the_claim_on_a_card() -> None:
    """The article's checkpoint: why it stopped, what was done, what it suggests, the ways on."""
    drawn = card(make_escalation(make_guidance()), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn) == snapshot(
        [
            "claim-2847 paused at determine_coverage",
            "from refund-bot ·answer by <!date^1772467200^{time}|16:00 UTC> (in 3 h), else it expires",
            "Why it stopped Claim involves both property damage and liability. Multiple coverage clauses may apply. Need human guidance on which clause takes precedence.",
            "*Done so far* ✓ verify_policy: active · <!date^1772451600^{time}|11:40 UTC> ✓ assess_damage: estimated $4,200",
            "It suggests Apply clause 7.2 (property damage) as primary coverage",
            "It considered Clause 9.1 (liability) · Combined coverage under clause 12",
            "You can choose Apply clause 7.2 (recommended) Clause 9.1 Combined, clause 12: Splits the payment",
            "Sent to you by rule “refunds over 50”",
            "Apply clause 7.2Clause 9.1Combined, clause 12Answer…Show everythingReject…I'm lookingAsk the agent…Snooze or assign…",
        ]
    )
    assert drawn.text == snapshot(
        "refund-bot needs guidance: claim-2847 paused at determine_coverage. Why it stopped: Claim involves both property damage and liability. Multiple coverage clauses may apply. Need human guidance on which clause takes precedence. Answer by 16:00 UTC."
    )
    assert buttons(drawn.blocks) == ["option_0", "option_1", "option_2", "answer", "more"]
    assert names.unpack_page(element(drawn.blocks, "option_2")["value"]) == 2


def test_one_answer_is_enough_on_every_route() -> None:
    """A route of two approvals says nothing of two on a card that one answer settles."""
    escalation = make_escalation(make_guidance(), need=Need(route="money", approvals=2))

    assert not any("Approvals" in line for line in lines(card(escalation, AROUND)))


def test_only_a_checkpoint_is_needed() -> None:
    """Without options there is still an answer in one's own words, and a refusal in the menu."""
    drawn = card(
        make_escalation(make_guidance(checkpoint={"workflow_id": "w-1"}, options=[])), AROUND
    )

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn)[0] == "w-1 paused"
    assert buttons(drawn.blocks) == ["answer", "more"]
    menu = element(drawn.blocks, "more")["options"]
    assert [one["value"] for one in menu] == ["show", "reject_it", "take", "ask", "later"]


def test_the_question_and_what_is_left_are_told() -> None:
    """A question of its own, a reason in place of a pause reason, and the steps still to come."""
    request = make_guidance(
        question="Which clause?",
        reason="Two clauses fit.",
        checkpoint={"workflow_id": "w-1", "step_id": "s-3", "remaining_steps": ["pay", "close"]},
        options=[],
    )

    escalation = make_escalation(request)
    shown = lines(card(escalation, AROUND))

    assert "The question" in "".join(_texts(details(escalation, AROUND)))
    assert shown[0] == "w-1 paused at s-3"
    assert shown[2:5] == [
        "The question Which clause?",
        "Why it stopped Two clauses fit.",
        "Still to do pay · close",
    ]


def test_the_agent_may_take_answers_away() -> None:
    """Where only a refusal is allowed there are no other buttons; without one the menu lacks it."""
    only_reject = card(make_escalation(make_guidance(allowed_decisions=["reject"])), AROUND)
    only_respond = card(make_escalation(make_guidance(allowed_decisions=["respond"])), AROUND)

    assert buttons(only_reject.blocks) == ["more"]
    menu = element(only_respond.blocks, "more")["options"]
    assert [one["value"] for one in menu] == ["show", "take", "ask", "later", "hurry"]


def test_a_dangerous_choice_is_asked_for_twice() -> None:
    """High risk: each option wants to be confirmed, in the words of the option."""
    request = make_guidance(risk={"level": "high", "reversibility": "irreversible"})

    drawn = card(make_escalation(request), AROUND)

    judge_message(drawn.text, drawn.blocks)
    again = element(drawn.blocks, "option_2")["confirm"]
    assert again["text"]["text"] == "Combined, clause 12\n\nSplits the payment"
    assert again["confirm"]["text"] == "Choose this"
    assert "High risk" in lines(drawn)[1]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("verify", "verify"),
        ({"step": "verify"}, "verify"),
        ({"step": "verify", "result": {"ok": True}}, 'verify: {"ok": true}'),
        ({"name": "verify"}, '{"name": "verify"}'),
        ({"step": "a\nb", "result": "c\u202ed"}, "a b: cd"),
    ],
)
def test_steps_in_words(step: Any, said: str) -> None:
    """The article's steps read as words; whatever else an agent keeps is shown as it is."""
    assert said_step(step) == said


@pytest.mark.parametrize(
    "timestamp", ["...", "2026-03-02", "2026-03-02T11:40:00", 7, None, "0001-01-01T00:00:00Z"]
)
def test_a_time_that_cannot_be_understood_is_left_out(timestamp: Any) -> None:
    """Nobody's zone is guessed."""
    assert when_done({"step": "a", "timestamp": timestamp}) is None
    assert when_done("a") is None


def test_long_histories_are_cut_from_their_beginning() -> None:
    """The last eight steps stand on the card, and all of them under "Show everything"."""
    escalation = make_escalation(make_checkpoint(completed_steps=[f"step {n}" for n in range(30)]))

    drawn = card(escalation, AROUND)

    done = next(line for line in lines(drawn) if line.startswith("*Done so far*"))
    assert done.startswith("*Done so far* (22 earlier) ✓ step 22")
    shown = " ".join("".join(_texts(details(escalation, AROUND))).split("\n"))
    assert "• step 0 • step 1" in shown


def test_everything_says_when_a_step_was_done() -> None:
    """As the card does, where the agent gave a time that can be understood."""
    steps = [{"step": "read", "result": "ok", "timestamp": "2026-03-02T11:40:00Z"}, "wrote"]
    escalation = make_escalation(make_checkpoint(completed_steps=steps))

    shown = "".join(_texts(details(escalation, AROUND)))

    assert "• read: ok · 11:40 UTC\n• wrote" in shown


def test_everything_shows_the_agents_own_state() -> None:
    """Keys of its own, run and step ids, and objects as data."""
    escalation = make_escalation(
        make_checkpoint(budget_left=12, agent_recommendation={"clause": "7.2"}, run_id="r-1")
    )

    view = details(escalation, AROUND)

    judge_view(view)
    shown = "".join(_texts(view))
    assert '"budget_left": 12' in shown
    assert '"clause": "7.2"' in shown
    assert "Splits the payment" in shown


def test_the_settled_claim() -> None:
    """Who answered, what they chose, in whose words, and what holds for the rest of the run."""
    decision = make_decision(
        **RESPONDED,
        option_ids=("7.2", "gone"),
        response="Property first.",
        guidance="Ask legal when both apply",
    )
    escalation = make_escalation(make_guidance()).decide(decision)

    drawn = card(escalation, AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert lines(drawn) == snapshot(
        [
            "claim-2847 paused at determine_coverage",
            "💬 *Answered* by Alice · <!date^1772452980^{time}|12:03 UTC> · after 3 min",
            "Apply clause 7.2",
            "Property first.",
            "For the rest of the run: Ask legal when both apply",
            "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
        ]
    )
    assert buttons(drawn.blocks) == []


@pytest.mark.parametrize(
    ("response", "shown"),
    [
        ({"clause": 7.2, "both": False}, "clause: 7.2 · both: no"),
        ([7.2, 9.1], "[7.2, 9.1]"),
        ("Property first.", "Property first."),
    ],
)
def test_an_answer_is_read_without_braces_and_once(response: Any, shown: str) -> None:
    """Values stand with their names; what is kept for the run is not said twice."""
    kept = response if isinstance(response, str) else json.dumps(response)
    once = make_decision(**RESPONDED, response=response)
    for_the_run = make_decision(**RESPONDED, response=response, guidance=kept)
    asked = make_escalation(make_guidance())

    assert lines(card(asked.decide(once), AROUND))[2:-1] == [shown]
    told = lines(card(asked.decide(for_the_run), AROUND))[2:-1]
    assert told == [f"For the rest of the run: {shown}"]


def test_values_are_called_what_the_form_called_them() -> None:
    """The titles of the schema, not the names that the machine uses."""
    schema = {"type": "object", "properties": {"vat": {"type": "number", "title": "VAT rate"}}}
    asked = make_escalation(make_guidance(options=[], response_schema=schema))
    decision = make_decision(**RESPONDED, response={"vat": 19})

    assert "VAT rate: 19" in lines(card(asked.decide(decision), AROUND))


def test_a_note_that_is_kept_is_said_once() -> None:
    """Beside values the note is what holds for the run."""
    decision = make_decision(**RESPONDED, response={"rate": 19}, comment="Net.", guidance="Net.")

    told = lines(card(make_escalation(make_guidance()).decide(decision), AROUND))[2:-1]

    assert told == ["rate: 19", "For the rest of the run: Net."]


def test_a_refusal_that_was_acknowledged() -> None:
    """`not_run` after a refusal says that the agent has heard it."""
    decision = make_decision(type="reject", comment="Stop.", effective=None, effective_digest=None)
    outcome = Outcome(status="not_run", note=None, reported_at=NOW)
    escalation = replace(make_escalation(make_guidance()).decide(decision), outcome=outcome)

    assert "The agent acknowledged it at" in lines(card(escalation, AROUND))[-1]


def test_the_minimal_card_still_takes_an_answer() -> None:
    """When Slack refuses the card, the form is still one click away."""
    drawn = minimal_card(make_escalation(make_guidance()), AROUND)

    judge_message(drawn.text, drawn.blocks)
    assert buttons(drawn.blocks) == ["details", "answer", "reject"]


def test_nobody_guided_it() -> None:
    """A guidance that expired says that the workflow stays where it is."""
    drawn = card(make_escalation(make_guidance()).expire(NOW), AROUND)

    assert "stay where it is" in lines(drawn)[1]
    assert "stay where it is" in drawn.text


_HOSTILE = st.text(max_size=300) | st.sampled_from(
    ["<!channel>", "<https://evil.example|Approve>", "`" * 20, "\u202e" * 5, "😀" * 150, "\n" * 90]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | _HOSTILE,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    reason=_HOSTILE,
    steps=st.lists(
        _HOSTILE | st.dictionaries(st.sampled_from(["step", "result", "timestamp", "x"]), _JSON),
        max_size=40,
    ),
    suggests=_HOSTILE | st.dictionaries(st.text(max_size=20), _JSON, max_size=3),
    considered=st.lists(
        _HOSTILE | st.dictionaries(st.text(max_size=9), _JSON, max_size=3), max_size=30
    ),
    labels=st.lists(st.text(min_size=1, max_size=75), max_size=20),
    described=_HOSTILE,
)
def test_whatever_an_agent_sends_slack_takes_it(
    reason: str, steps: Any, suggests: Any, considered: Any, labels: list[str], described: str
) -> None:
    """Hostile and enormous checkpoints stay within Slack's limits, and ping nobody."""
    checkpoint = CLAIM["checkpoint"] | {
        "pause_reason": reason,
        "completed_steps": steps,
        "agent_recommendation": suggests,
        "alternatives_considered": considered,
        "extra": suggests,
    }
    options = [
        {"id": str(n), "label": label, "description": described, "recommended": n % 2 == 0}
        for n, label in enumerate(labels)
    ]
    request = _unchecked(checkpoint, options)

    escalation = make_escalation(request)
    drawn = card(escalation, AROUND)

    judge_message(drawn.text, drawn.blocks)
    for page in range(3):
        judge_view(details(escalation, AROUND, page))


def test_twenty_options_with_all_their_words_still_go_up_as_a_card() -> None:
    """A card stays below 11,000 characters, dialogs too; what gives way is under everything."""
    text = "w" * 3000
    request = make_guidance(
        question=text,
        reason=text,
        risk={"level": "high", "reversibility": "irreversible"},
        checkpoint={
            "workflow_id": text[:256],
            "current_step": text[:300],
            "pause_reason": text[:1000],
            "completed_steps": [text[:300]] * 30,
            "remaining_steps": [text[:300]] * 30,
            "agent_recommendation": text[:2000],
            "alternatives_considered": [text[:1000]] * 20,
        },
        options=[
            {"id": str(n), "label": f"{n} {text[:70]}", "description": text[:300]}
            for n in range(20)
        ],
        signals=[{"name": "n", "value": 1, "explanation": text[:500]}] * 3,
        evidence=[{"type": "text", "title": text[:150], "content": "x"}] * 3,
    )

    drawn = card(make_escalation(request), AROUND)

    judge_message(drawn.text, drawn.blocks)
    ids = buttons(drawn.blocks)
    assert ids == [*(f"option_{n}" for n in range(20)), "answer", "more"]


def _unchecked(checkpoint: dict[str, Any], options: list[dict[str, Any]]) -> Request:
    """Beyond what the door lets in."""
    made = make_guidance()
    point = made.checkpoint
    assert point is not None
    option = type(made.options[0])
    return made.model_copy(
        update={
            "checkpoint": point.model_copy(update=checkpoint),
            "options": [option.model_construct(**{"value": None} | one) for one in options],
        }
    )


def _texts(piece: Any) -> list[str]:
    from tests.rules.judge import texts

    return [text + "\n" for text in texts(piece)]
