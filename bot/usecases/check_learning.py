"""Once a day: what is kept of each category is what its events come to, to the last bit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.cards import wording_learning
from bot.domain.outgoing import Alert
from bot.learning.epochs import fold
from bot.store import learning, outbox

if TYPE_CHECKING:
    from bot.learning.events import Event
    from bot.store.learning import Kept
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def check_learning(desk: Desk) -> list[str]:
    """Names of the categories that did not add up; they do now."""
    wrong = []
    for name in await desk.ledger.read(learning.names):
        kept, events = await desk.ledger.read(_both, name)
        # Some seconds for a busy year: nobody waits for it.
        if await asyncio.to_thread(fold, events) != kept.standing:
            wrong.append(name)
            await desk.ledger.run_behind(_mend, name)
    return wrong


def _both(tx: Tx, name: str) -> tuple[Kept, list[Event]]:
    return learning.find(tx, name), learning.events(tx, name)


def _mend(tx: Tx, name: str) -> None:
    kept = learning.lock(tx, name)
    standing = fold(learning.events(tx, name))
    learning.keep(tx, learning.Kept(name, kept.seq, standing))
    day = f"{tx.now():%Y%m%d}"
    outbox.owe_once(
        tx, f"learning_{name}_{day}", Alert(text=wording_learning.does_not_add_up(name))
    )
