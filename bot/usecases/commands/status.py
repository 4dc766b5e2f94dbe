"""`status`: the state of the queue in one line, and what does not work."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_command
from bot.cards.command_answers import sentence
from bot.cards.status_answer import Status, status_answer
from bot.store import pauses, waiting
from bot.store.waiting import Scope
from bot.usecases.commands.words import command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Card
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

#: What ends within so long is about to be missed.
SOON = timedelta(minutes=15)
#: A card that is behind for longer than that is worth a word.
_LATE = timedelta(minutes=1)


async def status(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    if words:
        return sentence(wording_command.misunderstood(words[0], command("status")))
    return status_answer(await desk.ledger.read(read_status, asker))


def read_status(tx: Tx, asker: Asker) -> Status:
    """Numbers of the whole house; routes by name only to those whom they ask."""
    now = tx.now()
    crowds = waiting.crowds(tx, Scope(), now + SOON)
    oldest = waiting.asked_at(tx, [one.oldest for one in crowds])
    pending, dead = waiting.callbacks(tx)
    routes: dict[str, int] = {}
    for one in crowds:
        if asker.admin or asker.book.route(one.route).name in asker.routes:
            routes[one.route] = routes.get(one.route, 0) + one.number
    return Status(
        now=now,
        by_urgency={
            urgency: sum(one.number for one in crowds if one.urgency == urgency)
            for urgency in {one.urgency for one in crowds}
        },
        oldest=oldest[0] if oldest else None,
        soon=sum(one.soon for one in crowds),
        agents=waiting.agents(tx) if crowds else 0,
        behind=waiting.behind(tx, now - _LATE),
        callbacks=pending,
        dead=dead,
        by_route=routes,
        paused=pauses.every(tx),
    )
