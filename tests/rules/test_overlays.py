"""Rules that people's decisions propose: what they cover, and what admins read of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.overlay_card import overlay_card
from bot.domain.overlay import Overlay
from bot.policy.book import Book, Route, Rule
from bot.policy.overlays import covers, fingerprint, may_be_learned, pattern_of
from tests.rules.judge import judge_message, texts
from tests.rules.making import NOW, human, make_answer, make_request, make_tool
from tests.rules.test_cards_limits import NASTY

LOW = {"level": "low", "reversibility": "reversible"}


def refund(amount: float = 20, **over: Any) -> Any:
    """A small refund; the order's number is different each time and hidden."""
    arguments = {"order": f"o{amount}", "amount": amount, "currency": "USD"} | over
    return make_request(tool=make_tool(arguments=arguments), risk=LOW)


def pattern(*requests: Any) -> Any:
    made = pattern_of("refund-bot", requests or [refund(10), refund(20), refund(30)])
    assert made is not None
    return made


def test_a_pattern_is_what_all_had_in_common() -> None:
    """Numbers within their ends, few texts by name, the hidden and the ever new as anything."""
    found = pattern()

    assert found.ranges == {"amount": (10, 30)}
    assert found.among == {"currency": ("USD",)}
    assert found.free == ("order",)
    assert (found.risk, found.reversibility) == ("low", ("reversible",))
    notes = pattern(*(refund(at, note=f"n{at}", urgent=True) for at in range(5)))
    assert notes.free == ("note", "order")
    assert notes.among["urgent"] == (True,)
    assert pattern_of("refund-bot", [refund(1, parts=[1])]) is None


@given(st.floats(-1e9, 1e9))
def test_an_amount_outside_of_what_was_seen_goes_to_people(amount: float) -> None:
    """The bounds themselves are covered."""
    assert covers(pattern(), "refund-bot", refund(amount)) == (10 <= amount <= 30)


@pytest.mark.parametrize(
    "other",
    [
        refund(20, currency="EUR"),
        refund(20, currency=True),
        refund(20, express="yes"),
        refund("20"),  # type: ignore[arg-type]
        refund(True),
        refund(20, order=["o1"]),
        make_request(tool=None, risk=LOW),
        make_answer(),
        make_request(tool=make_tool(arguments={"amount": 20}, server="crm"), risk=LOW),
        make_request(tool=make_tool(name="close", arguments={"amount": 20}), risk=LOW),
        make_request(tool=make_tool(arguments={"amount": 20}), risk={"level": "medium"}),
        make_request(
            tool=make_tool(arguments={"amount": 20}),
            risk={"level": "low", "reversibility": "irreversible"},
        ),
        make_request(tool=make_tool(arguments={"amount": 20}), risk=LOW, category="other"),
    ],
)
def test_what_is_different_in_anything_goes_to_people(other: Any) -> None:
    """Another value, argument, kind, system, tool, risk or category."""
    assert not covers(pattern(), "refund-bot", other)


def test_another_agent_has_to_earn_its_own() -> None:
    """What one has shown says nothing of others."""
    assert covers(pattern(), "refund-bot", refund(20))
    assert not covers(pattern(), "other-bot", refund(20))


def test_only_what_is_done_by_a_tool_at_a_low_risk_is_learned() -> None:
    """High and critical never are."""
    assert may_be_learned(refund())
    assert not may_be_learned(make_request(risk={"level": "high"}))
    assert not may_be_learned(make_answer())


def test_a_changed_rule_has_another_fingerprint() -> None:
    """A moved one has the same; one that asks nobody has none."""
    rule = Rule(name="r", when="true", then="escalate", line=4)
    routes = {"default": Route(name="default", channel="C01REV", reviewers=())}

    def of(*rules: Rule) -> str | None:
        book = Book(version="1", timezone="UTC", routes=routes, rules=rules)
        return fingerprint(book, "r")

    first = of(rule)
    assert first is not None
    assert of(rule.model_copy(update={"line": 9})) == first
    assert of(rule.model_copy(update={"approvals": 2})) != first
    assert of(rule.model_copy(update={"then": "approve"})) is None
    assert of() is None


def make_overlay(**over: Any) -> Overlay:
    fields: dict[str, Any] = {
        "id": "rul_1", "rule": "the rest", "fingerprint": "f", "pattern": pattern(),
        "approved": 40, "people": 3, "state": "proposed", "at": NOW,
    }  # fmt: skip
    return Overlay(**(fields | over))


def test_the_card_says_what_forty_approvals_show() -> None:
    """Which cases, how many, and how many might be overridden all the same."""
    card = overlay_card(make_overlay())
    words = "\n".join(texts(card.blocks))

    judge_message(card.text, card.blocks)
    assert "Rule “the rest” put the last 40 of these to people, and all 40 were approved, by 3" in (
        words
    )
    assert "amount from 10 to 30" in words
    assert "currency USD" in words
    assert "any order" in words
    assert "up to 7 % of such cases might be overridden (95 % confidence)" in words
    assert "one reviewer" in overlay_card(make_overlay(people=1)).text
    one = pattern(refund(20, urgent=False))
    odd = make_overlay(pattern=replace(one, server="crm", category=None, free=()))
    assert "urgent false" in "\n".join(texts(overlay_card(odd).blocks))
    assert "amount 20" in "\n".join(texts(overlay_card(odd).blocks))


@pytest.mark.parametrize(
    ("state", "said", "button"),
    [("accepted", "has made this a rule", "Revoke"), ("declined", "has declined this", None),
     ("revoked", "has revoked this rule", None)],
)  # fmt: skip
def test_an_answered_card_says_by_whom(state: Any, said: str, button: str | None) -> None:
    """And an accepted one can be taken back there."""
    card = overlay_card(make_overlay(state=state, by=human("Bob")))
    words = texts(card.blocks)

    judge_message(card.text, card.blocks)
    assert f"Bob {said}" in "\n".join(words)
    assert ("Revoke" in words) == (button == "Revoke")
    assert "Make it a rule" not in words


@given(st.sampled_from(NASTY), st.sampled_from(NASTY))
def test_whatever_agents_named_their_arguments_slack_takes_it(name: str, value: str) -> None:
    """Rules, tools and values come from outside."""
    odd = pattern(
        make_request(tool=make_tool(name="t", arguments={"a": 1}, sensitive=[]), risk=LOW)
    )
    odd = replace(odd, tool=name, among={name: (value,)}, free=(name,) * 30)

    card = overlay_card(make_overlay(rule=name, pattern=odd))

    judge_message(card.text, card.blocks)
