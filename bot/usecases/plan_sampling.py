"""How many of a day's outputs are reviewed: said once a day, before its first coin is tossed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.learning.day_plan import day_plans, first_plan
from bot.store import sampling

if TYPE_CHECKING:
    from bot.learning.day_plan import DayPlan
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: What came and what was found within so long is what a plan is made from.
_PAST = timedelta(days=28)


async def plan_the_day(desk: Desk) -> bool:
    """Whether the day had no plan yet. Safe to run anywhere, any number of times."""
    if await desk.ledger.read(_is_planned):
        return False
    return await desk.ledger.run_behind(make_plans, desk.book)


def make_plans(tx: Tx, book: Book) -> bool:
    """A plan for each category that had outputs lately; what stands is left alone."""
    sampling.lock_plans(tx)
    if _is_planned(tx):
        return False
    day = sampling.day_of(tx.now())
    pasts = sampling.pasts(tx, tx.now() - _PAST)
    stated = {name: listed.sample for name, listed in book.categories.items()}
    for category, made in day_plans(pasts, stated).items():
        sampling.keep_plan(tx, day, category, made)
    return True


def plan_for(tx: Tx, book: Book, category: str) -> DayPlan:
    """The day's own; one is made here where nobody has made it yet."""
    day = sampling.day_of(tx.now())
    found = sampling.plan(tx, day, category)
    if found is None and make_plans(tx, book):
        found = sampling.plan(tx, day, category)
    if found is None:
        listed = book.category(category)
        found = first_plan(listed.sample if listed else None)
        sampling.keep_plan(tx, day, category, found)
    return found


def _is_planned(tx: Tx) -> bool:
    return sampling.has_plans(tx, sampling.day_of(tx.now()))
