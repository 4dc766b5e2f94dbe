"""Which rule speaks for a request, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.escalation import Need
from bot.domain.request import Request
from bot.policy.book import Book, Group, Limit, Route, Rule
from bot.policy.load import load
from bot.policy.match import Match, match
from bot.policy.plan import escalated, plan

SAMPLE = load((Path(__file__).parents[2] / "policy.yml").read_bytes(), "policy.yml")


def request(**fields: Any) -> Request:
    return Request(**{"action": "Refund", "reason": "Broken", "impact": "Money leaves", **fields})


def refund(amount: Any, **fields: Any) -> Request:
    arguments = {"order": "89234", "amount": amount, "currency": "USD"}
    return request(tool={"name": "issue_refund", "arguments": arguments}, **fields)


def rule(name: str, when: str, then: str, **keys: Any) -> Rule:
    return Rule.model_validate({"name": name, "when": when, "then": then, "line": 1, **keys})


def book(*rules: Rule) -> Book:
    return Book(
        version="sha256:0",
        timezone="UTC",
        groups={"leads": Group(users=("U01ALICE", "U02BOB"))},
        routes={
            "default": Route(name="default", channel="C01REV", reviewers=("leads",)),
            "money": Route(
                name="money",
                channel="C03MONEY",
                reviewers=("leads",),
                approvals=2,
                deadline=timedelta(hours=1),
                valid_for=timedelta(minutes=5),
            ),
        },
        rules=rules,
    )


def test_the_articles_refund_goes_to_a_person() -> None:
    """$247.50, irreversible: with the sample policy somebody on the default route is asked."""
    asked = refund(247.50, risk={"level": "medium", "reversibility": "irreversible"})

    planned = plan(SAMPLE, asked, "refund-bot")

    assert (planned.then, planned.rule) == ("escalate", "the rest")
    assert planned.need == Need(route="default", approvals=1)
    assert planned.reasons == (
        "forbidden tools: no",
        "large orders: no",
        "tiny refunds: no",
        "can wait: no",
        "trust by score: no",
        "the rest: matched",
    )


def test_a_tiny_refund_is_approved_by_rule() -> None:
    """Within both bounds and the right currency nobody is asked, up to the rule's limit."""
    planned = plan(SAMPLE, refund(12), "refund-bot")

    assert (planned.then, planned.rule) == ("approve", "tiny refunds")
    assert planned.limit == Limit(count=20, per=timedelta(days=1))
    assert planned.why is None


@pytest.mark.parametrize("amount", [-1, 50, 50.0, 1e300, "12", None, True, [12], {}])
def test_no_other_amount_is_approved_by_rule(amount: Any) -> None:
    """Negative, too large, or no number at all: a person looks at it."""
    assert plan(SAMPLE, refund(amount), "refund-bot").then == "escalate"


@pytest.mark.parametrize("level", ["high", "critical"])
def test_high_risk_passes_over_rules_that_approve(level: str) -> None:
    """The agent says that it is dangerous: only a rule that says so too may approve it."""
    asked = refund(12, risk={"level": level})
    always = rule("always", "true", "approve")
    bold = rule("bold", "true", "approve", even_high_risk=True)

    assert plan(SAMPLE, asked, "refund-bot").rule == "the rest"
    assert plan(book(always), asked, "a").reasons == (
        f"always: skipped, an approve rule without even_high_risk at risk {level}",
    )
    assert plan(book(always), asked, "a").then == "escalate"
    assert plan(book(always, bold), asked, "a").rule == "bold"


def test_a_large_order_goes_to_two_people() -> None:
    """Route, approvals, deadline and urgency are those of the rule and its route."""
    planned = plan(SAMPLE, refund(25_000), "refund-bot")

    assert planned.need == Need(route="money", approvals=2)
    assert (planned.urgency, planned.deadline) == ("high", timedelta(hours=8))
    assert planned.rule == "large orders"


def test_a_forbidden_tool_is_rejected_with_words() -> None:
    """The agent learns why, from the rule's comment."""
    planned = plan(SAMPLE, request(tool={"name": "drop_database"}), "refund-bot")

    assert planned.then == "reject"
    assert planned.comment is not None
    assert planned.comment.startswith("This tool is not for agents.")


def test_nothing_matches_so_the_first_route_is_asked() -> None:
    """Without a rule that speaks for it, every request goes to people."""
    planned = plan(book(rule("never", "false", "approve")), request(urgency="high"), "a")

    assert (planned.then, planned.rule, planned.why) == ("escalate", None, None)
    assert planned.need == Need(route="default", approvals=1)
    assert planned.urgency == "high"


def test_the_first_match_wins() -> None:
    """Later rules are not even looked at."""
    found, reasons = match(
        book(rule("one", "false", "approve"), rule("two", "true", "escalate", route="money"),
             rule("three", "nonsense(", "approve")),
        request(),
        "a",
    )  # fmt: skip

    assert found.rule is not None
    assert (found.rule.name, found.trouble) == ("two", None)
    assert reasons == ("one: no", "two: matched")


def test_rules_know_the_agent() -> None:
    """`agent` is the NAME of the key, whatever the request says of its source."""
    only_ours = book(rule("ours", 'agent == "refund-bot"', "approve"))

    assert plan(only_ours, request(), "refund-bot").then == "approve"
    assert plan(only_ours, request(source={"framework": "refund-bot"}), "x").then == "escalate"


def test_a_rule_without_an_answer_ends_the_search() -> None:
    """What comes after it was not meant for a request that it may have been about."""
    planned = plan(
        book(
            rule("risky", "confidence < 0.5", "escalate", route="money", urgency="high"),
            rule("all", "true", "approve"),
        ),
        request(),
        "a",
    )

    assert (planned.then, planned.rule) == ("escalate", "risky")
    assert planned.need == Need(route="money", approvals=2)
    assert planned.why == "The rule “risky” could not be evaluated: `confidence` is missing."
    assert planned.reasons == ("risky: cannot be evaluated, `confidence` is missing",)


@pytest.mark.parametrize("then", ["approve", "reject"])
def test_a_rule_without_an_answer_decides_nothing(then: str) -> None:
    """Whatever it would have done, a person is asked, and its words are not said."""
    unsure = rule("unsure", "confidence > 0.5", then, comment="so be it", approvals=2)

    planned = plan(book(unsure), request(), "a")

    assert (planned.then, planned.comment, planned.limit) == ("escalate", None, None)
    assert planned.need == Need(route="default", approvals=2)


def test_doubt_never_asks_for_fewer_approvals() -> None:
    """A rule may lower its route's number, but only for what it is known to match."""
    lower = rule("lower", "confidence > 0.5", "escalate", route="money", approvals=1)

    assert plan(book(lower), request(confidence=0.9), "a").need.approvals == 1
    assert plan(book(lower), request(), "a").need.approvals == 2


def test_a_rule_that_does_not_compile_is_trouble_too() -> None:
    """Should such a rule ever get past load, it still cannot approve."""
    found, _ = match(book(rule("broken", "tool.name ==", "approve")), request(), "a")

    assert isinstance(found, Match)
    assert found.trouble is not None
    assert plan(book(rule("broken", "tool.name ==", "approve")), request(), "a").then == "escalate"


@pytest.mark.parametrize(
    ("rules", "asked", "expected"),
    [
        ("low", "high", "high"),
        ("critical", "normal", "critical"),
        (None, "low", "low"),
        ("high", "high", "high"),
    ],
)
def test_the_higher_urgency_counts(rules: str | None, asked: str, expected: str) -> None:
    """Rules can raise an urgency; neither side can lower the other's."""
    policy = book(rule("it", "true", "escalate", urgency=rules))

    assert plan(policy, request(urgency=asked), "a").urgency == expected


def test_an_approval_that_may_not_be_given_goes_to_a_person() -> None:
    """A limit is used up: the same plan, to the rule's route, with the news as its reason."""
    policy = book(rule("it", "true", "approve", route="money", limit={"count": 1, "per": "P1D"}))

    asked = escalated(policy, plan(policy, request(), "a"), "The limit is used up.")

    assert (asked.then, asked.why, asked.limit) == ("escalate", "The limit is used up.", None)
    assert asked.need == Need(route="money", approvals=2)
    assert (asked.rule, asked.deadline) == ("it", timedelta(hours=1))


def test_it_reaches_the_default_route_when_its_own_is_gone() -> None:
    """The policy may change between the plan and the moment somebody has to be asked."""
    before = book(rule("it", "true", "approve", route="money"))
    after = before.model_copy(update={"routes": {"default": before.routes["default"]}})

    asked = escalated(after, plan(before, request(), "a"), "The limit is used up.")

    assert asked.need == Need(route="default", approvals=1)
    assert (asked.deadline, asked.valid_for) == (timedelta(hours=4), timedelta(hours=24))


@pytest.mark.parametrize("then", ["batch", "by_confidence"])
def test_what_is_not_decided_by_a_rule_is_put_to_people(then: str) -> None:
    """What could wait and what could be trusted goes to the rule's route, and to its people."""
    policy = book(rule("it", "true", then, route="money", digest="desk"))

    planned = plan(policy, request(confidence=1, urgency="low"), "a")

    assert (planned.then, planned.digest, planned.asks_people) == (then, "desk", True)
    assert planned.need == Need(route="money", approvals=2)
    assert escalated(policy, planned, "Why.").digest is None


@pytest.mark.parametrize("then", ["approve", "reject"])
def test_a_rule_that_decides_asks_nobody(then: str) -> None:
    """Only those two; and in doubt, or without a rule, people are asked."""
    assert not plan(book(rule("it", "true", then)), request(), "a").asks_people
    assert plan(book(rule("it", "confidence > 0.5", then)), request(), "a").asks_people
    assert plan(book(), request(), "a").asks_people


def test_doubt_about_what_could_wait_is_not_kept_waiting() -> None:
    """A rule that cannot be evaluated has no digest: its question goes to people by itself."""
    policy = book(rule("it", "confidence > 0.5", "batch", digest="desk"))

    planned = plan(policy, request(), "a")

    assert (planned.then, planned.digest) == ("escalate", None)
