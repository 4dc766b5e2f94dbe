"""A person's Home tab: all that concerns them at one moment, kept fresh while they look."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from bot.cards.home import MOST_TAKEN, MOST_TEAM, MOST_WAITING, Home, Team, home_view, stranger_view
from bot.domain.errors import ForbiddenError
from bot.domain.outgoing import Overtaken, Published
from bot.domain.people import Clicker
from bot.domain.person_settings import QueueFilter
from bot.domain.request import URGENCIES
from bot.store import answer_times, escalations, pauses, person_settings, waiting
from bot.usecases.commands.asker import recognise_in
from bot.usecases.look_at_list import look_at_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.policy.book import Book
    from bot.senders.slack import SlackSender
    from bot.store.tx import Tx
    from bot.store.waiting import Crowd, Scope
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

#: Answers that are older say nothing about today.
_LATELY = timedelta(days=30)


async def home_of(desk: Desk, person_id: str) -> dict[str, Any]:
    """The view as it should look now."""
    return await desk.ledger.read(_home, desk.book, desk.team_id, person_id)


async def refresh_homes(desk: Desk, sender: SlackSender) -> None:
    """Publish the tabs that look other than they should."""
    clock = asyncio.get_running_loop()
    for viewer in desk.viewers.due(clock.time()):
        view = await home_of(desk, viewer.id)
        if json.dumps(view) == viewer.shown:
            desk.viewers.looked(viewer, viewer.shown, viewer.hash, clock.time())
            continue
        done = await sender.publish(viewer.id, view, viewer.hash)
        if isinstance(done, Overtaken):
            # Somebody else, such as another replica, has drawn it since: perhaps of a later moment
            # than we have read, and never of one that is later than now.
            view = await home_of(desk, viewer.id)
            done = await sender.publish(viewer.id, view, None)
        stands, hash_ = (
            (json.dumps(view), done.hash) if isinstance(done, Published) else (None, None)
        )
        desk.viewers.looked(viewer, stands, hash_, clock.time())


def _home(tx: Tx, book: Book, team_id: str | None, person_id: str) -> dict[str, Any]:
    clicker = Clicker(id=person_id, name=person_id, team_id=None)
    try:
        asker = recognise_in(tx, book, team_id, clicker, fresh=False)
    except ForbiddenError:
        return stranger_view()
    now = tx.now()
    settings = person_settings.of(tx, person_id)
    known = asker.directory.people.get(person_id)
    taken = escalations.ids_taken_by(tx, person_id, MOST_TAKEN + 1)
    everything = waiting.crowds(tx, asker.seen(), now)
    # Counting is what takes long where very much is open: others see no more than asks them.
    asking = waiting.crowds(tx, asker.asked(), now) if asker.admin else everything
    waits, asleep = _waiting(tx, asker, asking)
    waits = [one for one in waits if one not in taken]
    settings = replace(settings, filter=_valid(asker, settings.filter))
    scope = _chosen(asker, settings.filter)
    filtered = settings.filter != QueueFilter()
    crowds = waiting.crowds(tx, scope, now) if filtered else everything
    above = [*waits[:MOST_WAITING], *taken[:MOST_TAKEN]]
    team = waiting.page(tx, scope, crowds, None, MOST_TEAM + len(above))
    if not filtered:
        # Whoever filters looks for something; whoever does not has seen these.
        team = [one for one in team if one not in above]
    shown = dict.fromkeys([*above, *team[:MOST_TEAM]])
    rows = {row[0].id: row for row in look_at_list(tx, book, team_id, list(shown))}
    total = sum(one.number for one in crowds)
    took = answer_times.of(tx, person_id, now - _LATELY)
    return home_view(
        Home(
            now=now,
            waiting=[rows[one] for one in waits[:MOST_WAITING] if one in rows],
            more_waiting=len(waits) > MOST_WAITING,
            asleep=asleep,
            taken=[rows[one] for one in taken[:MOST_TAKEN] if one in rows],
            more_taken=len(taken) > MOST_TAKEN,
            team=Team(
                rows=[rows[one] for one in team[:MOST_TEAM] if one in rows],
                above=0 if filtered else min(len(above), total),
                total=total,
                filter=settings.filter,
                routes=sorted(asker.visible | {one.route for one in everything}),
                categories=sorted(waiting.categories(tx, everything)),
            ),
            reviews=bool(asker.routes or asker.raised),
            answers=len(took),
            median=timedelta(seconds=median(took)) if took else None,
            paused=sorted(pauses.every(tx), key=lambda one: one.since, reverse=True),
            admin=asker.admin,
            settings=settings,
            zone=(known.tz if known else None) or book.timezone,
        )
    )


def _waiting(tx: Tx, asker: Asker, among: Sequence[Crowd]) -> tuple[list[str], int]:
    """Ids of what asks them and has not their answer, and how much of it sleeps."""
    scope = replace(asker.asked(), awake=True, not_voted_by=asker.clicker.id)
    # What they took stands among them; one more than is shown says that there are more.
    ids = waiting.page(tx, scope, among, None, MOST_WAITING + MOST_TAKEN + 2)
    return ids, waiting.asleep(tx, scope)


def _valid(asker: Asker, chosen: QueueFilter) -> QueueFilter:
    """A route that is not theirs any more is no wish."""
    known = asker.admin or chosen.route in asker.visible
    return chosen if known else replace(chosen, route=None)


def _chosen(asker: Asker, chosen: QueueFilter) -> Scope:
    """What they want to see of the team's queue."""
    scope = asker.seen() if chosen.route is None else asker.on(chosen.route)
    urgencies = URGENCIES if chosen.urgency is None else (chosen.urgency,)
    return replace(scope, category=chosen.category, urgencies=urgencies)
