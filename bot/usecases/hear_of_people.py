"""Slack tells that somebody, or a usergroup, has changed.

Hearing the same twice, or late, does no harm, so nobody has to remember which event was heard:
what takes rights away acts at once, and for everything else Slack is asked how it is now.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.store import people
from bot.usecases.learn_people import facts, redraw

if TYPE_CHECKING:
    from bot.domain.people import Change
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def hear_of_person(desk: Desk, change: Change) -> None:
    """An account has changed, or is new."""
    await desk.ledger.run(_person, desk.book, change)


async def hear_of_usergroup(desk: Desk, usergroup: str, left: frozenset[str]) -> None:
    """A usergroup has changed; those who left it are out at once."""
    await desk.ledger.run(_usergroup, usergroup, left)


def _person(tx: Tx, book: Book, change: Change) -> None:
    before = people.find(tx, [change.id]).get(change.id)
    if before is not None:
        narrowed = replace(
            before,
            deleted=before.deleted or change.deleted,
            bot=before.bot or change.bot,
            guest=before.guest or change.guest,
        )
        if facts(narrowed) != facts(before):
            people.narrow(tx, narrowed)
            redraw(tx, {change.id})
    email = (change.email or "").casefold()
    addresses = people.find_rolls(tx, [key for key in book.rolls() if "@" in key])
    theirs = [roll for roll in addresses.values() if change.id in roll.members]
    for roll in theirs:
        if email and roll.key != email:
            people.narrow_roll(tx, roll.key, roll.members - {change.id})
            redraw(tx, {change.id})
    people.want(tx, ids=[change.id], keys=[email, *(roll.key for roll in theirs)])


def _usergroup(tx: Tx, usergroup: str, left: frozenset[str]) -> None:
    before = people.find_rolls(tx, [usergroup]).get(usergroup)
    if before is not None and before.members & left:
        people.narrow_roll(tx, usergroup, before.members - left)
        redraw(tx, before.members & left)
    people.want(tx, keys=[usergroup])
