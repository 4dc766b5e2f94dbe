"""The agent takes the approval into its hand, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import pauses
from bot.usecases.cancel import agent_actor
from bot.usecases.settling import keep, lock_in_time
from bot.usecases.show import check_own

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.people import Caller
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def redeem(
    desk: Desk, caller: Caller, escalation_id: str, *, redeem_id: str, digest: str | None
) -> Escalation:
    """Raises NotFoundError, NothingToRunError, DigestMismatchError, AlreadyRedeemedError,
    AgentPausedError, ApprovalExpiredError, in this order.
    """
    return await desk.ledger.run_behind(
        _redeem, desk.book, caller, escalation_id, redeem_id, digest
    )


def _redeem(
    tx: Tx, book: Book, caller: Caller, escalation_id: str, redeem_id: str, digest: str | None
) -> Escalation:
    before = lock_in_time(tx, book, escalation_id)
    check_own(before, caller)
    return keep(
        tx,
        before,
        # Asked of the tables: what is stopped a moment before it runs has not run.
        before.redeem(redeem_id, digest, tx.now(), pause=pauses.of(tx, before.agent)),
        "escalation.redeemed",
        agent_actor(caller),
        redeem_id=redeem_id,
    )
