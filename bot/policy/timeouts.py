"""What the clock does with a question that nobody has answered by its deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy.hard_rules import foreign_system, too_risky

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation, OnTimeout
    from bot.policy.book import Book


def at_deadline(book: Book, asked: Escalation) -> OnTimeout:
    """A policy that has changed since it was asked can only be stricter with it.

    `approve` still wants a look at what was refused lately.
    """
    today = book.route(asked.need.route).on_timeout
    if today != "approve":
        return today
    if asked.on_timeout != "approve":
        return asked.on_timeout
    return "approve" if _rule_could(book, asked) else "expire"


def _rule_could(book: Book, asked: Escalation) -> bool:
    """Whether a rule could approve it: neither risky, nor sent to people for a reason of its own.

    `why` is set where a rule's limit was used up or it could not be evaluated, and a proposal is a
    person's word against the action as it was asked.
    """
    request = asked.request
    return (
        "approve" in request.decisions
        and not too_risky(book, request)
        and foreign_system(book, request, asked.agent) is None
        and asked.why is None
        and asked.proposal is None
        and not request.outside_domain
    )
