"""A click that completes is taken back before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording_grace
from bot.domain.errors import ForbiddenError, InvalidError
from bot.store import answer_times, timers
from bot.usecases.read_directory import read_directory
from bot.usecases.settling import keep, lock_in_time

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.people import Actor
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.authority import SlackVoter
    from bot.usecases.desk import Desk


async def undo(desk: Desk, escalation_id: str, voter: SlackVoter, number: int) -> Escalation:
    """Whoever clicked, or an admin. `number` says which click is meant.

    Raises NotFoundError, AlreadySettledError, ForbiddenError, InvalidError, UnavailableError.
    """
    book = desk.book
    directory = await desk.ledger.read(read_directory, book, desk.team_id, voter.ids)
    admin = book.is_admin(voter.clicker, directory)
    actor = voter.actor(directory)
    return await desk.ledger.run(_undo, book, escalation_id, actor, number, admin)


def _undo(
    tx: Tx, book: Book, escalation_id: str, actor: Actor, number: int, admin: bool
) -> Escalation:
    before = lock_in_time(tx, book, escalation_id)
    before.refuse_if_settled()
    intent = before.intent
    if intent is None or intent.number != number:
        raise InvalidError(wording_grace.NOTHING_TO_UNDO)
    clicked = intent.decision.decided_by
    if clicked.id != actor.id and not admin:
        raise ForbiddenError(wording_grace.not_yours(clicked.display_name or clicked.id))
    timers.drop(tx, escalation_id, "grace")
    answer_times.take_back(tx, escalation_id, clicked.id)
    return keep(tx, before, before.take_back(), "vote.undone", actor, type=intent.decision.type)
