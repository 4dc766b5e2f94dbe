"""How many of a day's outputs are reviewed: said once a day, before its first coin is tossed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.learning.day_plan import day_plans, first_plan
from bot.store import sampling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.learning.day_plan import DayPlan
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: What came and what was found within so long is what a plan is made from.
_PAST = timedelta(days=28)
#: So long before it begins a day has its plan.
_AHEAD = timedelta(hours=1)


async def plan_the_day(desk: Desk) -> int:
    """How many days got a plan. Safe to run anywhere, any number of times: what stands stays.

    The next day's is made before it begins, so that no report has to wait for it.
    """
    planned = 0
    for day in await desk.ledger.read(_unplanned):
        # A month of reviews is read beside the writers.
        plans = await desk.ledger.read(_plans, desk.book)
        if plans:
            planned += await desk.ledger.run_behind(_keep, day, plans)
    return planned


def _unplanned(tx: Tx) -> list[str]:
    now = tx.now()
    days = {sampling.day_of(now), sampling.day_of(now + _AHEAD)}
    return [day for day in sorted(days) if not sampling.has_plans(tx, day)]


def _plans(tx: Tx, book: Book) -> dict[str, DayPlan]:
    """One for each category that had outputs lately."""
    stated = {name: listed.sample for name, listed in book.categories.items()}
    return day_plans(sampling.pasts(tx, tx.now() - _PAST), stated)


def _keep(tx: Tx, day: str, plans: Mapping[str, DayPlan]) -> bool:
    sampling.lock_plans(tx)
    if sampling.has_plans(tx, day):
        return False
    for category, made in plans.items():
        sampling.keep_plan(tx, day, category, made)
    return True


def plan_for(tx: Tx, book: Book, category: str) -> DayPlan:
    """The day's own; it is made here where nobody has made it yet."""
    day = sampling.day_of(tx.now())
    found = sampling.plan(tx, day, category)
    if found is None and not sampling.has_plans(tx, day):
        _keep(tx, day, _plans(tx, book))
        found = sampling.plan(tx, day, category)
    if found is None:
        listed = book.category(category)
        found = first_plan(listed.sample if listed else None)
        sampling.keep_plan(tx, day, category, found)
    return found
