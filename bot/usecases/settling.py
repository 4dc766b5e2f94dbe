"""What every way of settling an escalation has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.store import escalations, journal, messages, relays, runs, timers
from bot.usecases.end_of_time import CLOCK, decision_in_time
from bot.usecases.learn import learn_from_decision

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.journal import Event
    from bot.domain.outgoing import RelayEvent
    from bot.domain.people import Actor
    from bot.policy.book import Book
    from bot.store.tx import Tx

_TOLD: dict[str, RelayEvent] = {
    "decided": "escalation.decided",
    "expired": "escalation.expired",
    "cancelled": "escalation.cancelled",
}


def topic(escalation_id: str) -> str:
    """What the listeners hear when this escalation changes."""
    return f"escalation:{escalation_id}"


def keep(
    tx: Tx,
    before: Escalation,
    after: Escalation,
    event: Event,
    actor: Actor | None,
    **data: Any,
) -> Escalation:
    """Write the new state, its entry in the journal, and what the outside must see of it."""
    if after is before:
        return after
    escalations.save(tx, before, after)
    journal.note(tx, after.id, event, actor, **data)
    changed = (after.status, after.proposal, after.intent) != (
        before.status, before.proposal, before.intent,
    )  # fmt: skip
    messages.touch(tx, after.id, news=changed)
    if after.status != "open":
        timers.drop(tx, after.id)
        runs.remember(tx, after)
        if before.status == "open":
            learn_from_decision(tx, after)
            relays.owe(tx, after, _TOLD[after.status])
    tx.tell(topic(after.id), news=after)
    return after


def lock_in_time(tx: Tx, book: Book, escalation_id: str) -> Escalation:
    """The escalation, locked; one whose time is over is settled first, whoever asks."""
    found = escalations.lock(tx, escalation_id)
    if not found.ended(tx.now()):
        return found
    made = decision_in_time(tx, book, found)
    if made is None:
        return keep(tx, found, found.expire(tx.now()), "escalation.expired", CLOCK)
    return keep(
        tx,
        found,
        found.decide(made),
        "escalation.decided",
        made.decided_by,
        type=made.type,
        digest=made.effective_digest,
    )
