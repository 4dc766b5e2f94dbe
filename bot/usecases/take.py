"""Somebody says that they are looking at it, or that they no longer do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import direct_words
from bot.domain.outgoing import Direct
from bot.store import outbox, timers
from bot.usecases.arrange import Arranging, arrange
from bot.usecases.end_of_time import CLOCK
from bot.usecases.settling import keep

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


async def take(desk: Desk, escalation_id: str, voter: Voter) -> Escalation:
    """They look at it for the next half hour; whoever looked before is told.

    Again by the same person: half an hour from now. Raises as `arrange` does.
    """
    return await arrange(desk, escalation_id, voter, _take)


async def release(desk: Desk, escalation_id: str, voter: Voter) -> Escalation:
    """They no longer look at it, and are no longer the one who was named.

    Nothing of theirs: nothing changes. Raises as `arrange` does.
    """
    return await arrange(desk, escalation_id, voter, _release)


async def take_or_release(desk: Desk, escalation_id: str, voter: Voter) -> Escalation:
    """One entry of a menu for both: whoever looks at it lets go, anybody else takes it over."""

    def change(of: Arranging) -> Escalation:
        taken = of.found.hands.taken
        mine = taken is not None and taken.by.id == of.actor.id
        return _release(of) if mine else _take(of)

    return await arrange(desk, escalation_id, voter, change)


def _take(of: Arranging) -> Escalation:
    before = of.found.hands.taken
    after = of.found.take(of.actor, of.tx.now())
    assert after.hands.taken is not None  # noqa: S101 - just made
    timers.move(of.tx, after.id, "release", after.hands.taken.until)
    timers.drop(of.tx, after.id, "wake")
    if before is not None and before.by.type == "human" and before.by.id != of.actor.id:
        text = direct_words.taken_over(after, of.name)
        outbox.owe(of.tx, Direct(user=before.by.id, text=text))
    return keep(of.tx, of.found, after, "escalation.taken", of.actor)


def _release(of: Arranging) -> Escalation:
    after = of.found.release(of.actor.id)
    if after.hands.taken is None:
        timers.drop(of.tx, after.id, "release")
    return keep(of.tx, of.found, after, "escalation.released", of.actor)


def release_in_time(tx: Tx, book: Book, found: Escalation) -> None:  # noqa: ARG001
    """Whoever took it has not answered in time: it is free again."""
    timers.drop(tx, found.id, "release")
    after = found.let_go(tx.now())
    if after.hands.taken is not None:
        # Somebody has taken it since the timer was found due.
        timers.move(tx, found.id, "release", after.hands.taken.until)
    keep(tx, found, after, "escalation.released", CLOCK)
