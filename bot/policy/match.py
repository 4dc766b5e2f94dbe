"""Which rule speaks for a request: the first that matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.policy.expressions import CannotEvaluateError, compiled
from bot.policy.facts import facts_of
from bot.policy.hard_rules import foreign_system, risk_of, too_risky

if TYPE_CHECKING:
    from bot.domain.request import Request
    from bot.policy.book import Book, Rule


@dataclass(frozen=True)
class Match:
    """`rule` is None when nothing matched. `trouble`: why `rule` could not be evaluated."""

    rule: Rule | None
    trouble: str | None


def match(book: Book, request: Request, agent: str) -> tuple[Match, tuple[str, ...]]:
    """The match, and one line for each rule that was looked at.

    A rule that cannot be evaluated ends the search: what comes after it was written for
    requests that it does not match, and nobody knows whether it does.
    """
    facts = facts_of(request, agent)
    reasons: list[str] = []
    for rule in book.rules:
        skipped = _why_skipped(book, rule, request, agent)
        if skipped is not None:
            reasons.append(f"{rule.name}: skipped, {skipped}")
            continue
        try:
            matched = compiled(rule.when).matches(facts)
        except (CannotEvaluateError, ValueError) as error:
            reasons.append(f"{rule.name}: cannot be evaluated, {error}")
            return Match(rule, str(error)), tuple(reasons)
        reasons.append(f"{rule.name}: {'matched' if matched else 'no'}")
        if matched:
            return Match(rule, None), tuple(reasons)
    return Match(None, None), tuple(reasons)


def _why_skipped(book: Book, rule: Rule, request: Request, agent: str) -> str | None:
    if rule.then not in {"approve", "by_confidence"}:
        return None
    foreign = foreign_system(book, request, agent)
    if foreign is not None:
        return f"{foreign} is not among the systems of {agent}"
    if rule.then == "approve" and not rule.even_high_risk and too_risky(book, request):
        return f"an approve rule without even_high_risk at risk {risk_of(book, request)}"
    return None
