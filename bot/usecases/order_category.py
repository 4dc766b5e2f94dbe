"""An admin has a category stopped, asked always, or learned anew; each with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording_learning, wording_people
from bot.domain.errors import ForbiddenError, InvalidError
from bot.domain.outgoing import Alert
from bot.learning.events import Frozen, Overridden, Reset, Unfrozen
from bot.policy.allowed import why_no_admin
from bot.store import journal, learning, outbox
from bot.usecases.authority import SlackVoter
from bot.usecases.learn import as_seen, happened
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.category import Learned, Order
    from bot.domain.people import Clicker
    from bot.learning.events import Event
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


def see_category(tx: Tx, name: str) -> Learned:
    """As it stands now; a category that nothing is known of stands at its beginning."""
    return as_seen(name, learning.find(tx, name).standing)


async def look_at_category(desk: Desk, name: str, clicker: Clicker) -> Learned:
    """For an admin's form. Raises ForbiddenError, and InvalidError where nothing is learned."""
    return await desk.ledger.read(_look, desk.book, desk.team_id, name, clicker)


async def order_category(
    desk: Desk, name: str, clicker: Clicker, order: Order, reason: str
) -> Learned:
    """Raises ForbiddenError, InvalidError (nothing is learned, or the order makes no sense now)."""
    return await desk.ledger.run(_order, desk.book, desk.team_id, name, clicker, order, reason)


def _look(tx: Tx, book: Book, team_id: str | None, name: str, clicker: Clicker) -> Learned:
    directory = read_directory(tx, book, team_id, {clicker.id}, groups=book.admins)
    denial = why_no_admin(book, directory, clicker)
    if denial is not None:
        raise ForbiddenError(
            wording_people.denied(
                denial, directory.now, book.timezone, this=wording_learning.ORDER_THIS
            )
        )
    listed = book.category(name)
    if listed is None or not listed.learn:
        raise InvalidError(wording_learning.NOT_LEARNED)
    return see_category(tx, name)


def _order(
    tx: Tx,
    book: Book,
    team_id: str | None,
    name: str,
    clicker: Clicker,
    order: Order,
    reason: str,
) -> Learned:
    # Only then the name is known to be one of the policy's.
    _look(tx, book, team_id, name, clicker)
    kept = learning.lock(tx, name)
    if order not in as_seen(name, kept.standing).orders:
        raise InvalidError(wording_learning.OVERTAKEN)
    after = happened(tx, kept, _event(order, tx.now(), clicker.id, reason))
    directory = read_directory(tx, book, team_id, {clicker.id})
    actor = SlackVoter(clicker, "modal").actor(directory)
    journal.note(tx, None, "category.ordered", actor, category=name, order=order)
    who = actor.display_name or actor.id
    outbox.owe(tx, Alert(text=wording_learning.ordered(name, order, who, reason)))
    return as_seen(name, after.standing)


def _event(order: Order, at: datetime, by: str, reason: str) -> Event:
    match order:
        case "freeze":
            return Frozen(at=at, by=by, reason=reason)
        case "unfreeze":
            return Unfrozen(at=at, by=by, reason=reason)
        case "reset":
            return Reset(at=at, by=by, reason=reason)
        case "always_ask" | "as_learned":
            return Overridden(at=at, by=by, reason=reason, always_ask=order == "always_ask")
