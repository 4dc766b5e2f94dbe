"""Time is over: what was not answered by its deadline expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import timers
from bot.usecases.settling import lock_in_time

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_AT_ONCE = 200


async def expire_what_is_due(desk: Desk) -> int:
    """How many timers were dealt with. Safe to run anywhere, any number of times."""
    due = await desk.ledger.read(timers.due, _AT_ONCE)
    for escalation_id, _ in due:
        await desk.ledger.run_behind(_expire, escalation_id)
    return len(due)


def _expire(tx: Tx, escalation_id: str) -> None:
    found = lock_in_time(tx, escalation_id)
    if found.status != "open":
        timers.drop(tx, escalation_id)
