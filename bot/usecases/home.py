"""A person's Home tab: what waits for them and what they took, kept fresh while they look."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from bot.cards.home import home_view
from bot.domain.outgoing import Sent
from bot.store import escalations
from bot.usecases.look import around, counted
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from bot.cards.question_row import Row
    from bot.policy.book import Book
    from bot.senders.slack import SlackSender
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_TAKEN, _WAITING = 5, 10


async def home_of(desk: Desk, person_id: str) -> dict[str, Any]:
    """The view as it should look now."""
    return await desk.ledger.read(_home, desk.book, desk.team_id, person_id)


async def refresh_homes(desk: Desk, sender: SlackSender) -> None:
    """Publish the tabs that look other than they should."""
    clock = asyncio.get_running_loop()
    for viewer in desk.viewers.due(clock.time()):
        view = await home_of(desk, viewer.id)
        written = json.dumps(view)
        if written == viewer.shown:
            desk.viewers.looked(viewer, written, clock.time())
            continue
        outcome = await sender.publish(viewer.id, view)
        stands = written if isinstance(outcome, Sent) else None
        desk.viewers.looked(viewer, stands, clock.time())


def _home(tx: Tx, book: Book, team_id: str | None, person_id: str) -> dict[str, Any]:
    directory = read_directory(tx, book, team_id, {person_id})
    asked = [route for route in book.routes if person_id in book.reviewers(route, directory)]
    known = directory.bar(person_id) in {None, "stale"}
    routes = asked if known else []
    taken = escalations.taken_by(tx, person_id, _TAKEN) if known else []
    mine = {one.id for one in taken}
    waiting: list[Any] = []
    # One more than is shown says that there are more.
    for urgent in (True, False):
        found = escalations.waiting(tx, routes, urgent=urgent, limit=_WAITING + _TAKEN + 1)
        waiting += [one for one in found if one.id not in mine]

    def rows(some: list[Any]) -> list[Row]:
        seen = (counted(tx, book, team_id, one) for one in some)
        return [(one, around(tx, book, one)) for one in seen]

    return home_view(
        rows(taken),
        rows(waiting[:_WAITING]),
        more=len(waiting) > _WAITING,
        reviews=bool(routes),
    )
