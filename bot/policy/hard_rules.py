"""What no approving rule and no score gets past, whatever they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.request import RISK_LEVELS

if TYPE_CHECKING:
    from bot.domain.request import Request, RiskLevel
    from bot.policy.book import Book

_HIGH: set[RiskLevel] = {"high", "critical"}


def risk_of(book: Book, request: Request) -> RiskLevel:
    """The higher of what the agent states and what its category has: a request only tightens."""
    listed = book.category(request.category)
    own = listed.risk if listed and listed.risk else request.risk.level
    return max(own, request.risk.level, key=RISK_LEVELS.index)


def too_risky(book: Book, request: Request) -> bool:
    return risk_of(book, request) in _HIGH


def beyond_scores(book: Book, request: Request, *, even_high_risk: bool) -> bool:
    """Whether no score is enough. At `critical` none ever is.

    At `high` only where the rule says so and the category has that risk by itself: its evidence,
    or its threshold, was gathered for it. A riskier case of a tamer category is not among those.
    """
    if not too_risky(book, request):
        return False
    listed = book.category(request.category)
    own = listed.risk if listed else None
    return not (even_high_risk and own == "high" and risk_of(book, request) == "high")


def foreign_system(book: Book, request: Request, agent: str) -> str | None:
    """The system that the tool acts on, where the agent has a list and it is not on it."""
    bounds = book.agents.get(agent)
    server = request.tool.server if request.tool else None
    if bounds is None or not bounds.systems or server is None or server in bounds.systems:
        return None
    return server
