"""Whether a score is enough, and what no score gets past."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import wording_confidence
from bot.domain.request import RISK_LEVELS
from bot.domain.scored_case import ScoredCase
from bot.policy.book import Agent, Book, Category, Route, Rule
from bot.policy.confidence import why_not_enough
from bot.policy.hard_rules import beyond_scores, foreign_system, risk_of, too_risky
from bot.policy.plan import plan
from bot.policy.timeouts import at_deadline
from bot.usecases.by_rule import foreseen
from tests.rules.making import make_answer, make_escalation, make_request, make_tool

FAQ = Category(name="faq", threshold=0.9)
scores = st.floats(0, 1)


def book(*rules: Rule, **over: Any) -> Book:
    route = Route(name="default", channel="C01REV", reviewers=(), on_timeout="approve")
    return Book(version="1", timezone="UTC", routes={"default": route}, rules=rules, **over)


def rule(then: str, **over: Any) -> Rule:
    return Rule.model_validate({"name": then, "when": "true", "then": then, "line": 1} | over)


@pytest.mark.parametrize(
    ("category", "score", "held"),
    [
        (FAQ, 0.9, None),
        (FAQ, 1.0, None),
        (FAQ, 0.8999999, "below"),
        (FAQ, None, "no_confidence"),
        (None, 1.0, "unlisted"),
        (Category(name="faq"), 1.0, "no_threshold"),
        (Category(name="faq", threshold=0.0), 0.0, None),
        (Category(name="faq", threshold=0.9, learn=False), 0.9, None),
        (Category(name="faq", threshold=0.9, learn=True), 1.0, "learning"),
        (Category(name="faq", learn=True), 1.0, "learning"),
    ],
)
def test_a_fixed_threshold_delivers_from_it_on(
    category: Category | None, score: float | None, held: str | None
) -> None:
    """Without a threshold, a score or a category nothing is delivered; nor while it is learned."""
    assert why_not_enough(category, score) == held


@given(scores, scores, scores)
def test_a_higher_score_never_needs_a_person_more(one: float, two: float, needed: float) -> None:
    """What delivers at a score delivers at every higher one."""
    low, high = sorted((one, two))
    category = Category(name="faq", threshold=needed)

    assert why_not_enough(category, low) is not None or why_not_enough(category, high) is None


@given(st.sampled_from(RISK_LEVELS), st.sampled_from(RISK_LEVELS))
def test_the_higher_risk_counts(stated: str, listed: str) -> None:
    """An agent can raise the risk of its category, and never lower it."""
    policy = book(categories={"faq": Category.model_validate({"name": "faq", "risk": listed})})
    asked = make_answer(category="faq", risk={"level": stated})

    assert RISK_LEVELS.index(risk_of(policy, asked)) == max(
        map(RISK_LEVELS.index, (stated, listed))
    )
    assert too_risky(policy, asked) == bool({stated, listed} & {"high", "critical"})
    assert risk_of(book(), asked) == stated
    assert risk_of(book(categories={"faq": FAQ}), asked) == stated


def test_a_category_at_high_risk_skips_rules_that_approve() -> None:
    """Stated as low: the rule is passed over all the same, and the reasons say at which risk."""
    risky = {"refund": Category(name="refund", risk="high")}
    asked = make_request(risk={"level": "low"})

    planned = plan(book(rule("approve"), categories=risky), asked, "a")

    assert planned.then == "escalate"
    assert planned.reasons[0].endswith("without even_high_risk at risk high")
    bold = book(rule("approve", even_high_risk=True), categories=risky)
    assert plan(bold, asked, "a").then == "approve"


@pytest.mark.parametrize(
    ("listed", "stated", "even", "beyond"),
    [
        ("high", "low", True, False),
        ("high", "high", True, False),
        ("high", "high", False, True),
        # Riskier than what its category's evidence is about.
        ("high", "critical", True, True),
        ("medium", "high", True, True),
        ("critical", "high", True, True),
        (None, "high", True, True),
        ("medium", "low", False, False),
    ],
)
def test_a_score_speaks_for_a_high_risk_only_where_both_say_so(
    listed: Any, stated: str, even: bool, beyond: bool
) -> None:
    """The rule by `even_high_risk`, the category by its own risk; for critical nothing does."""
    category = Category(name="faq", risk=listed)
    policy = book(rule("by_confidence", even_high_risk=even), categories={"faq": category})
    asked = make_answer(category="faq", risk={"level": stated})

    planned = plan(policy, asked, "a")

    assert planned.even_high_risk is even
    assert beyond_scores(policy, asked, even_high_risk=planned.even_high_risk) is beyond
    assert beyond_scores(book(), asked, even_high_risk=True) == (stated in {"high", "critical"})


@pytest.mark.parametrize("then", ["approve", "by_confidence"])
def test_a_system_that_is_not_listed_is_never_touched_by_rule(then: str) -> None:
    """The rules that would let it pass are passed over; those that ask or refuse are not."""
    policy = book(
        rule(then), rule("reject", comment="No."), agents={"a": Agent(name="a", systems=("crm",))}
    )
    foreign, own = (make_request(tool=make_tool(server=one)) for one in ("ledger", "crm"))

    assert (plan(policy, own, "a").then, plan(policy, own, "a").foreign_system) == (then, None)
    assert plan(policy, foreign, "b").then == then
    planned = plan(policy, foreign, "a")
    assert (planned.then, planned.foreign_system) == ("reject", "ledger")
    assert planned.reasons[0] == f"{then}: skipped, ledger is not among the systems of a"


def test_without_a_list_or_a_server_nothing_is_compared() -> None:
    """An agent without `systems`, and a tool that names no server."""
    policy = book(agents={"a": Agent(name="a", systems=("crm",)), "b": Agent(name="b")})

    assert foreign_system(policy, make_request(), "a") is None
    assert foreign_system(policy, make_request(tool=None), "a") is None
    assert foreign_system(policy, make_request(tool=make_tool(server="ledger")), "b") is None


@pytest.mark.parametrize("value", [False, None, 0, 1, "true", 0.97])
def test_only_true_is_within_the_domain(value: Any) -> None:
    """A classifier that does not say a plain yes has not said it."""
    assert make_answer(signals=[{"name": "in_domain", "value": value}]).outside_domain
    assert not make_answer(signals=[{"name": "in_domain", "value": True}]).outside_domain
    assert not make_answer(signals=[]).outside_domain


def test_the_clock_approves_nothing_that_a_rule_may_not() -> None:
    """On a route that approves at its deadline: not at its category's risk, not elsewhere."""
    asked = make_escalation(make_request(tool=make_tool(server="ledger")), on_timeout="approve")
    agents = {"refund-bot": Agent(name="refund-bot", systems=("crm",))}
    risky = {"refund": Category(name="refund", risk="critical")}

    assert at_deadline(book(), asked) == "approve"
    assert at_deadline(book(agents=agents), asked) == "expire"
    assert at_deadline(book(categories=risky), asked) == "expire"


def case(held: Any, **over: Any) -> ScoredCase:
    fields = {"category": "faq", "score": 0.72, "scorer": "v1", "threshold": 0.9, "held": held}
    return ScoredCase(**(fields | over))


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (case("below"), "confidence 0.72 is below 0.90 of category faq"),
        (case("below", score=0.8999), "confidence 0.8999 is below 0.9000 of category faq"),
        (case("below", confidence=0.9),
         "confidence 0.90, which its signals lower to 0.72, is below 0.90 of category faq"),
        (case("watched"), "reviews found more wrong than usual in category faq"),
        (case("frozen"), "an admin has all of category faq asked"),
        (case("learning"), "category faq is still learning, so people see all of it"),
        (case("no_threshold"), "category faq has no threshold"),
        (case("no_confidence"), "the agent states no confidence"),
        (case("unlisted"), "category faq is not listed in the policy"),
        (case("unlisted", category=None), "it has no category, so no confidence is enough"),
        (case("risk"), "at risk high no confidence is enough"),
        (case("outside_domain"),
         "outside of its domain, says its signal in_domain: a person decides"),
    ],
)  # fmt: skip
def test_the_card_says_why_a_person_is_asked(held: ScoredCase, words: str) -> None:
    """What was compared with what, and never how often the agent might be right."""
    assert wording_confidence.held(held, "high") == words


def test_both_figures_have_the_digits_that_tell_them_apart() -> None:
    """Two are enough mostly; what is the same to eight is written as the same."""
    assert wording_confidence.confidence(0.5) == "Confidence 0.50"
    assert wording_confidence.confidence(0.899, 0.9) == "Confidence 0.899 (needs 0.900)"
    assert wording_confidence.confidence(0.9, 0.9) == "Confidence 0.90 (needs 0.90)"


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"confidence": 0.95}, "confidence 0.95 reaches 0.90 of category faq: delivered"),
        ({"confidence": 0.5}, "confidence 0.50 is below 0.90 of category faq: a person is asked"),
        ({"allowed_decisions": ["reject"]},
         "rule “by_confidence” would approve it, but the agent accepts no approval here: a person "
         "is asked"),
    ],
)  # fmt: skip
def test_who_tries_a_policy_sees_what_the_score_comes_to(over: dict[str, Any], words: str) -> None:
    """As far as the request alone can say."""
    policy = book(rule("by_confidence"), categories={"faq": FAQ})
    asked = make_answer(**({"category": "faq", "signals": []} | over))

    assert foreseen(policy, asked, plan(policy, asked, "a")) == words
