"""Whatever an agent writes, Slack takes the card, and nothing in it is parsed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cards.around import Around
from bot.cards.details import details
from bot.cards.escalation_card import card, minimal_card
from bot.cards.forms import modify_form, notice, reject_form
from bot.cards.whispers import changed_meanwhile, not_allowed, someone_was_faster
from bot.domain.boundary import Held, OnCard, Override
from bot.domain.conversation import Message
from bot.domain.escalation import Escalation, Outcome
from bot.domain.people import Named
from bot.domain.request import (
    Attempt,
    Context,
    Evidence,
    Money,
    Request,
    Retrieved,
    Risk,
    Signal,
    Source,
    ToolCall,
)
from tests.rules.judge import TOKEN, judge_message, judge_view
from tests.rules.making import (
    NOW,
    human,
    make_around,
    make_decision,
    make_escalation,
    make_proposal,
    make_request,
    make_run_guidance,
    make_vote,
)

NASTY = [
    "<!channel> @here <@U012345>",
    "<https://evil.example|Approve>",
    "```\n*bold* _it_ `code` ~no~",
    "\u202egnihton\u202c\u200b\ufeff\x00",
    "family 👨‍👩‍👧‍👦 flag 🇬🇧🇬🇧 skin 👍🏽",
    "שלום עולם مرحبا بالعالم",
    "\ud800 lone",
    "&&&<<<>>>",
    "e\u0301" * 10 + "\u0301" * 50,
    "<!date^1|x>",
]

untrusted = st.one_of(
    st.text(max_size=200),
    st.text(alphabet=st.characters(categories=None), max_size=50),  # surrogates too
    st.sampled_from(NASTY),
    st.builds(
        lambda piece, times: (piece * (times // max(1, len(piece)) + 1))[:times],
        st.sampled_from([*NASTY, "a", "a ", "line\n", "😀", "\n"]),
        st.sampled_from([1, 149, 150, 151, 299, 600, 3000, 3001, 12_000, 100_000]),
    ),
)
scalars = st.one_of(
    untrusted, st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**4000)
)
nested = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(untrusted, inner, max_size=4)
    ),
    max_leaves=8,
)


def deep(levels: int) -> Any:
    value: Any = "bottom"
    for _ in range(levels):
        value = {"in": value}
    return value


arguments = st.one_of(
    st.dictionaries(untrusted, nested, max_size=14),
    st.dictionaries(st.sampled_from("abcdefghijklmnop"), scalars, max_size=16),
    st.builds(lambda n: {f"key_{i}": i for i in range(n)}, st.sampled_from([0, 10, 11, 3000])),
    st.builds(lambda n: {"deep": deep(n)}, st.sampled_from([5, 200, 5000])),
)
pointers = st.one_of(
    st.sampled_from(["/a", "/b", "/c", "/key_1", "/deep/in/in", "/a/0", "/", "/a/b"]),
    untrusted.map(lambda text: "/" + text[:40]),
)
schemas = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "properties": st.dictionaries(
                st.sampled_from("abcdefgh"),
                st.fixed_dictionaries(
                    {},
                    optional={
                        "type": st.sampled_from(
                            ["string", "number", "integer", "boolean", "object", ["string", "null"]]
                        ),
                        "title": untrusted,
                        "description": untrusted,
                        "enum": st.lists(scalars, max_size=5),
                        "minimum": st.integers(-10, 10) | st.floats(),
                        "maximum": st.integers(-10, 10) | st.floats(),
                        "minLength": st.integers(0, 5000),
                        "maxLength": st.integers(0, 5000),
                    },
                ),
                max_size=8,
            ),
            "required": st.lists(st.sampled_from("abcdefgh"), max_size=4),
        }
    ),
)
tools = st.builds(
    ToolCall.model_construct,
    name=untrusted,
    arguments=arguments,
    call_id=st.none(),
    server=st.none() | untrusted,
    description=st.none() | untrusted,
    input_schema=schemas,
    editable=st.none() | st.lists(pointers, max_size=5),
    sensitive=st.lists(pointers, max_size=3),
)
requests = st.builds(
    Request.model_construct,
    kind=st.just("approval"),
    action=untrusted,
    reason=untrusted,
    impact=untrusted,
    body=st.none() | untrusted,
    tool=st.none() | tools,
    allowed_decisions=st.sampled_from([None, ["approve"], ["reject"], ["revise"], ["modify"]]),
    confidence=st.none() | st.floats(0, 1),
    signals=st.lists(
        st.builds(
            Signal.model_construct,
            name=untrusted,
            value=nested,
            threshold=nested,
            explanation=st.none() | untrusted,
        ),
        max_size=3,
    ),
    category=st.none() | untrusted,
    risk=st.builds(
        Risk.model_construct,
        level=st.sampled_from(["low", "medium", "high", "critical"]),
        reversibility=st.sampled_from(["reversible", "compensable", "irreversible", "unknown"]),
        reasons=st.lists(untrusted, max_size=2),
        blast_radius=st.none() | untrusted,
        cost=st.none() | st.builds(Money.model_construct, amount=untrusted, currency=untrusted),
        data_classes=st.lists(untrusted, max_size=2),
    ),
    context=st.none()
    | st.builds(
        Context.model_construct,
        reasoning=st.none() | untrusted,
        attempts=st.lists(
            st.builds(Attempt.model_construct, what=untrusted, result=st.none() | untrusted),
            max_size=2,
        ),
        retrieved=st.lists(
            st.builds(
                Retrieved.model_construct,
                title=st.none() | untrusted,
                url=st.none() | untrusted,
                text=st.none() | untrusted,
                score=st.none() | st.floats(),
            ),
            max_size=2,
        ),
    ),
    evidence=st.lists(
        st.builds(
            Evidence.model_construct,
            type=st.just("link"),
            title=st.none() | untrusted,
            content=st.none() | nested,
            url=st.none() | untrusted | st.just("https://example.com/x"),
        ),
        max_size=2,
    ),
    source=st.none() | st.builds(Source.model_construct, on_behalf_of=st.none() | untrusted),
    urgency=st.sampled_from(["low", "normal", "high", "critical"]),
)


@st.composite
def escalations(draw: st.DrawFn) -> Escalation:
    request = draw(requests)
    name = draw(untrusted)
    escalation = make_escalation(
        request, agent=draw(untrusted), rule=draw(st.none() | untrusted), why=draw(untrusted)
    )
    digest = escalation.action_digest
    said = draw(st.lists(untrusted, max_size=3))
    escalation = replace(escalation, run_guidance=tuple(make_run_guidance(text) for text in said))
    votes = tuple(
        make_vote(human(str(i), display_name=name), effective_digest=digest) for i in range(9)
    )
    state = draw(
        st.sampled_from(["open", "in hand", "voted", "proposed", "decided", "expired", "cancelled"])
    )
    after = NOW + timedelta(minutes=3)
    match state:
        case "in hand":
            by = human(display_name=name)
            sender = Named(type="human", id=by.id, display_name=name)
            asked = Message(id="mes_1", sender=sender, text=draw(untrusted), at=NOW)
            return replace(escalation, messages=(asked,)).take(by, NOW).assign(sender, by)
        case "voted":
            return replace(escalation, votes=votes)
        case "proposed":
            by = human(display_name=name)
            return replace(escalation, proposal=make_proposal(arguments=draw(arguments), by=by))
        case "decided":
            decision = make_decision(
                type=draw(st.sampled_from(["approve", "modify", "reject", "revise", "respond"])),
                comment=draw(st.none() | untrusted),
                guidance=draw(st.none() | untrusted),
                modified_arguments=draw(st.none() | arguments),
                decided_by=human(
                    display_name=name, type=draw(st.sampled_from(["human", "rule", "timeout"]))
                ),
                rule=draw(st.none() | untrusted),
                votes=votes,
                effective_digest=digest,
                stop_run=draw(st.booleans()),
            )
            outcome = Outcome(status="failed", note=draw(untrusted), reported_at=after)
            return replace(
                escalation, status="decided", decision=decision, settled_at=after, outcome=outcome
            )
        case "expired" | "cancelled":
            return replace(escalation, status=state, settled_at=after)
        case _:
            return escalation


arounds = st.builds(
    make_around,
    quick_reasons=st.lists(untrusted, max_size=12).map(tuple),
    names=st.dictionaries(st.just("U01ALICE"), untrusted),
    timezone=st.sampled_from(["UTC", "Europe/London", "../etc/passwd", ""]),
    boundary=st.none()
    | st.builds(
        lambda feature, why, name: OnCard(
            held=Held(p=0.4, usual=0.1, because=((feature, 1.0),) * 3, similar=("esc_1", "esc_2")),
            overrides=(
                Override(
                    id="esc_1",
                    permalink="https://sandbox.example/archives/C01REV/p1?" + "x" * 200,
                    who=human(display_name=name),
                    at=NOW,
                    why=why,
                ),
            )
            * 2,
        ),
        untrusted,
        untrusted,
        untrusted,
    ),
    run=st.lists(
        st.builds(
            lambda action, name: make_escalation(
                make_request().model_copy(update={"action": action}),
                status="decided",
                decision=make_decision(decided_by=human(display_name=name), stop_run=True),
                permalink="https://sandbox.example/archives/C01REV/p1?" + "x" * 200,
            ),
            untrusted,
            untrusted,
        ),
        max_size=3,
    ),
)
# Forty escalations of the largest kind take a minute on a busy machine.
pytestmark = pytest.mark.timeout(900)
thorough = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@given(escalations(), arounds)
@thorough
def test_slack_takes_every_card(escalation: Escalation, around: Around) -> None:
    """No text, however long or hostile, makes a card that Slack refuses."""
    for draw in (card, minimal_card):
        drawn = draw(escalation, around)

        judge_message(drawn.text, drawn.blocks)


@given(escalations(), arounds, st.integers(-1, 40))
@thorough
def test_slack_takes_every_modal(escalation: Escalation, around: Around, page: int) -> None:
    """The details and both forms open for every escalation."""
    judge_view(details(escalation, around, page))
    judge_view(modify_form(escalation, around))
    judge_view(reject_form(escalation, around))


@given(untrusted, untrusted)
@thorough
def test_a_notice_says_untrusted_sentences_safely(title: str, sentence: str) -> None:
    """A notice takes our markup and raw sentences alike, and parses neither of theirs."""
    judge_view(notice(title, sentence))
    judge_view(notice(title, not_allowed(sentence)))


@given(escalations())
@thorough
def test_a_whisper_parses_nothing_from_outside(escalation: Escalation) -> None:
    """Comments and names in a whisper ping nobody."""
    for whisper in (
        someone_was_faster(escalation, NOW + timedelta(minutes=4)),
        changed_meanwhile(escalation),
    ):
        assert not TOKEN.search(whisper)
        assert 0 < len(whisper) < 3000
