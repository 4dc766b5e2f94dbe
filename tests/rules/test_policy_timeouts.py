"""What the clock may do at the deadline."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.escalation import Need
from bot.policy.load import load
from bot.policy.timeouts import at_deadline
from tests.rules.making import (
    make_escalation,
    make_guidance,
    make_proposal,
    make_request,
)

POLICY = """\
version: 1
groups: {leads: {users: [U01ALICE]}}
routes:
  default: {channel: C01, reviewers: [leads]}
  refused: {channel: C01, reviewers: [leads], on_timeout: reject}
  waved: {channel: C01, reviewers: [leads], on_timeout: approve}
"""
BOOK = load(POLICY, "policy.yml")


def asked(on_timeout: str, today: str, **over: Any) -> Any:
    """A question that was asked on a route of the one kind, which is of another kind today."""
    routes = {"expire": "default", "reject": "refused", "approve": "waved"}
    need = Need(route=routes[today], approvals=1)
    return make_escalation(over.pop("request", None), on_timeout=on_timeout, need=need, **over)


@pytest.mark.parametrize("kind", ["expire", "reject", "approve"])
def test_the_route_says_what_happens(kind: str) -> None:
    """Each of the three, where nothing has changed since it was asked."""
    assert at_deadline(BOOK, asked(kind, kind)) == kind


@pytest.mark.parametrize(
    ("before", "today", "then"),
    [
        ("approve", "expire", "expire"),
        ("approve", "reject", "reject"),
        ("expire", "approve", "expire"),
        ("reject", "approve", "reject"),
        ("reject", "expire", "expire"),
    ],
)
def test_a_new_policy_only_makes_it_stricter(before: str, today: str, then: str) -> None:
    """A card that said “else it expires” never comes to stand for an approval."""
    assert at_deadline(BOOK, asked(before, today)) == then


@pytest.mark.parametrize(
    "over",
    [
        {"request": make_request(risk={"level": "high"})},
        {"request": make_request(risk={"level": "critical"})},
        {"request": make_request(allowed_decisions=["reject"])},
        {"request": make_request(signals=[{"name": "in_domain", "value": False}])},
        {"request": make_guidance()},
        {"why": "The rule “tiny refunds” has approved 20 in 1 d."},
        {"proposal": make_proposal()},
    ],
)
def test_the_clock_approves_only_what_a_rule_could(over: dict[str, Any]) -> None:
    """Risky, unwanted, unknown ground, a rule's limit, or a person's own edit: it expires."""
    assert at_deadline(BOOK, asked("approve", "approve", **over)) == "expire"


def test_a_route_that_is_gone_is_the_first_one() -> None:
    """The policy has changed, and nothing breaks."""
    orphan = replace(asked("approve", "approve"), need=Need(route="gone", approvals=1))

    assert at_deadline(BOOK, orphan) == "expire"
