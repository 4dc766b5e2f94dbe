"""The agent no longer needs an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.people import Actor, Caller
from bot.usecases.settling import keep, lock_in_time
from bot.usecases.show import check_own

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


def agent_actor(caller: Caller) -> Actor:
    """The agent behind a key, as the journal names it."""
    return Actor(
        type="key",
        id=caller.agent,
        display_name=caller.agent,
        authenticated_by="api_key",
        via="api",
    )


async def cancel(desk: Desk, caller: Caller, escalation_id: str) -> Escalation:
    """Raises NotFoundError, AlreadySettledError. Cancelling twice is the same as once."""
    return await desk.ledger.run_behind(_cancel, desk.book, caller, escalation_id)


def _cancel(tx: Tx, book: Book, caller: Caller, escalation_id: str) -> Escalation:
    before = lock_in_time(tx, book, escalation_id)
    check_own(before, caller)
    return keep(tx, before, before.cancel(tx.now()), "escalation.cancelled", agent_actor(caller))
