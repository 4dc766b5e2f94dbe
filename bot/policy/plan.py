"""From a request to what is done with it: approved or rejected by rule, or put to people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.escalation import Need
from bot.domain.request import more_urgent
from bot.policy.hard_rules import foreign_system
from bot.policy.match import match

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.escalation import OnTimeout
    from bot.domain.request import Request, Urgency
    from bot.policy.book import Book, Limit, Rule, Then


@dataclass(frozen=True)
class Plan:
    """`need`, `deadline` and `valid_for` are always set: a plan may still go to people."""

    then: Then
    rule: str | None
    need: Need
    urgency: Urgency
    #: What the rule has to say to the agent.
    comment: str | None
    #: What is special about its way here, in words for the card; None when nothing is.
    why: str | None
    #: How often the rule may approve; None: always, or it does not approve.
    limit: Limit | None
    deadline: timedelta
    valid_for: timedelta
    #: What the route does at the deadline.
    on_timeout: OnTimeout
    #: One line for each rule that was looked at.
    reasons: tuple[str, ...]
    #: Where it could wait for others, if its rule says so.
    digest: str | None = None
    #: The rule speaks for what is risky too.
    even_high_risk: bool = False
    #: The system that its agent may not touch without a person.
    foreign_system: str | None = None

    @property
    def asks_people(self) -> bool:
        """Whatever is neither approved nor rejected by rule, also what could wait."""
        return self.then not in {"approve", "reject"}


def plan(book: Book, request: Request, agent: str) -> Plan:
    """What the policy does with a request. Never raises, and never approves in doubt."""
    found, reasons = match(book, request, agent)
    rule = found.rule
    route = book.route(rule.route) if rule and rule.route else book.default_route()
    matched = rule if found.trouble is None else None
    approvals = (rule and rule.approvals) or route.approvals
    if matched is None:
        approvals = max(approvals, route.approvals)
    then = matched.then if matched else "escalate"
    return Plan(
        then=then,
        rule=rule.name if rule else None,
        need=Need(route=route.name, approvals=approvals),
        urgency=more_urgent(request.urgency, (rule and rule.urgency) or request.urgency),
        comment=matched.comment if matched else None,
        why=_why(rule, found.trouble),
        limit=matched.limit if matched and then in {"approve", "by_confidence"} else None,
        deadline=route.deadline,
        valid_for=route.valid_for,
        on_timeout=route.on_timeout,
        reasons=reasons,
        digest=matched.digest if matched else None,
        even_high_risk=matched.even_high_risk if matched else False,
        foreign_system=foreign_system(book, request, agent),
    )


def escalated(book: Book, plan: Plan, why: str) -> Plan:
    """The same, but put to people: its rule may not answer this time.

    The route is looked up again, because the policy may have changed since the plan was made.
    """
    route = book.route(plan.need.route)
    known = route.name == plan.need.route
    return replace(
        plan,
        then="escalate",
        need=plan.need if known else Need(route=route.name, approvals=route.approvals),
        comment=None,
        why=why,
        limit=None,
        deadline=route.deadline,
        valid_for=route.valid_for,
        on_timeout=route.on_timeout,
        digest=None,
    )


def _why(rule: Rule | None, trouble: str | None) -> str | None:
    if rule is None or trouble is None:
        return None
    return f"The rule “{rule.name}” could not be evaluated: {trouble}."
