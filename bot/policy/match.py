"""Which rule speaks for a request: the first that matches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.policy.expressions import CannotEvaluateError, compiled
from bot.policy.facts import facts_of

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
        if _too_risky(rule, request):
            reasons.append(
                f"{rule.name}: skipped, an approve rule without even_high_risk "
                f"at risk {request.risk.level}"
            )
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


def _too_risky(rule: Rule, request: Request) -> bool:
    high = request.risk.level in {"high", "critical"}
    return high and rule.then == "approve" and not rule.even_high_risk
