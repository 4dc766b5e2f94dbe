"""What becomes of an escalation when its time is over: one answer for every door that finds it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards import wording_timeout
from bot.cards.moments import fallback
from bot.domain.digest import effective
from bot.domain.escalation import Decision
from bot.domain.people import Actor
from bot.policy.timeouts import at_deadline
from bot.store import escalations
from bot.usecases.by_rule import REFUSAL_LASTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.domain.escalation import Escalation, OnTimeout
    from bot.policy.book import Book
    from bot.store.tx import Tx

CLOCK = Actor(
    type="timeout", id="deadline", display_name=None, authenticated_by="clock", via="timer"
)


def in_the_end(tx: Tx, book: Book, asked: Escalation) -> OnTimeout:
    """What its deadline will do, as far as that is known now.

    It looks back from the beginning and not from now: what a card has said once stays true, or
    becomes stricter.
    """
    return in_the_end_of_each(tx, book, [asked])[asked.id]


def in_the_end_of_each(tx: Tx, book: Book, asked: Iterable[Escalation]) -> dict[str, OnTimeout]:
    """The same for many, by their ids, with one look back for all of them."""
    wanted = [(one, at_deadline(book, one)) for one in asked]
    approved = [one for one, end in wanted if end == "approve"]
    refused: dict[str, datetime] = {}
    if approved:
        since = min(one.created_at for one in approved) - REFUSAL_LASTS
        refused = escalations.last_refusals(tx, [one.action_digest for one in approved], since)
    found: dict[str, OnTimeout] = {}
    for one, end in wanted:
        last = refused.get(one.action_digest)
        lately = last is not None and last > one.created_at - REFUSAL_LASTS
        found[one.id] = "expire" if end == "approve" and lately else end
    return found


def decision_in_time(tx: Tx, book: Book, ended: Escalation) -> Decision | None:
    """The decision that time has made: a click that nobody took back, or the route's own end.

    None: it expires.
    """
    now = tx.now()
    if ended.intent is not None:
        made = ended.intent.decision
        expires = None if made.effective is None else now + ended.valid_for
        return replace(made, decided_at=now, expires_at=expires)
    wanted = in_the_end(tx, book, ended)
    if wanted == "expire":
        return None
    approved = wanted == "approve"
    due = fallback(ended.expires_at, now, book.timezone)
    return Decision(
        id=tx.new_id("dec"),
        type="approve" if approved else "reject",
        provenance="timeout",
        effective=effective(ended.request) if approved else None,
        effective_digest=ended.action_digest if approved else None,
        modified_arguments=None,
        comment=wording_timeout.comment(due, approved=approved),
        guidance=None,
        stop_run=False,
        decided_by=CLOCK,
        decided_at=now,
        expires_at=now + ended.valid_for if approved else None,
        rule=None,
        votes=ended.votes,
        policy_version=book.version,
    )
