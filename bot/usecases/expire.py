"""Time is over: what was not answered by its deadline expires."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.store import timers
from bot.usecases.settling import lock_in_time

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_AT_ONCE = 200


async def expire_what_is_due(desk: Desk) -> int:
    """How many timers were dealt with. Safe to run anywhere, any number of times."""
    due = await desk.ledger.read(timers.due, _AT_ONCE)
    ended = await asyncio.gather(
        *(desk.ledger.run_behind(_expire, escalation_id) for escalation_id, _ in due),
        return_exceptions=True,
    )
    for (escalation_id, _), error in zip(due, ended, strict=True):
        if error is not None:
            # One damaged row must not keep the others open.
            log.error("expiry.failed", escalation=escalation_id, exc_info=error)
    return len(due)


def _expire(tx: Tx, escalation_id: str) -> None:
    found = lock_in_time(tx, escalation_id)
    if found.status != "open":
        timers.drop(tx, escalation_id)
