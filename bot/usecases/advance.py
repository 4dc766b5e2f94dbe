"""What is due: each timer names a step, and each step is a verb that is safe to run again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from bot.store import timers
from bot.usecases.settling import lock_in_time
from bot.usecases.snooze import wake
from bot.usecases.take import release_in_time
from bot.usecases.waiting_steps import reach_tier, remind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_AT_ONCE = 200


async def advance_what_is_due(desk: Desk) -> int:
    """How many timers were dealt with. Safe to run anywhere, any number of times."""
    due = await desk.ledger.read(timers.due, _AT_ONCE)
    done = await asyncio.gather(
        *(
            desk.ledger.run_behind(_advance, desk.book, kind, escalation_id)
            for escalation_id, kind in due
        ),
        return_exceptions=True,
    )
    for (escalation_id, kind), error in zip(due, done, strict=True):
        if error is not None:
            # One damaged row must not hold up the others.
            log.error("timer.failed", escalation=escalation_id, kind=kind, exc_info=error)
    return len(due)


def _advance(tx: Tx, book: Book, kind: timers.Kind, escalation_id: str) -> None:
    found = lock_in_time(tx, book, escalation_id)
    if found.status != "open":
        timers.drop(tx, escalation_id)
    elif kind in STEPS:
        STEPS[kind](tx, book, found)


#: What is done when a timer of the kind is due and the escalation, which is locked, still open. A
#: step takes its timer away, or moves it on. For `expire` and `grace` time itself has done all, and
#: what is not here is left to the newer replica that has put it there.
STEPS: Mapping[timers.Kind, Callable[[Tx, Book, Escalation], None]] = {
    "remind": remind,
    "tier": reach_tier,
    "release": release_in_time,
    "wake": wake,
}
