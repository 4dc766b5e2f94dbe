"""The agent says what became of the action."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.escalation import Outcome, OutcomeStatus
from bot.usecases.cancel import agent_actor
from bot.usecases.settling import keep, lock_in_time
from bot.usecases.show import check_own

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.people import Caller
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def report_outcome(
    desk: Desk, caller: Caller, escalation_id: str, *, status: OutcomeStatus, note: str | None
) -> Escalation:
    """Raises NotFoundError, OutcomeRecordedError, NothingToRunError."""
    return await desk.ledger.run_behind(_report, desk.book, caller, escalation_id, status, note)


def _report(
    tx: Tx, book: Book, caller: Caller, escalation_id: str, status: OutcomeStatus, note: str | None
) -> Escalation:
    before = lock_in_time(tx, book, escalation_id)
    check_own(before, caller)
    outcome = Outcome(status=status, note=note, reported_at=tx.now())
    return keep(
        tx,
        before,
        before.report(outcome),
        "outcome.reported",
        agent_actor(caller),
        status=status,
    )
