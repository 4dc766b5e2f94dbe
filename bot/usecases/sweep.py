"""Looks for copies that a lost answer left behind, and closes them: their places become known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.outgoing import Later, Never
from bot.domain.pacing import Beat, lane, rest
from bot.store import copies, pace
from bot.usecases.adopt import adopt
from bot.usecases.duties import on_duty

if TYPE_CHECKING:
    from bot.domain.pacing import Pace
    from bot.senders.slack import SlackSender
    from bot.store.copies import Stretch
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_DUTY = "sweep"
#: So many pages of a channel's history are read at a time.
PAGES = 3
# What cannot be read for so long is left to whoever clicks there.
_PATIENCE = timedelta(days=1)


async def sweep(desk: Desk, sender: SlackSender, owner: str) -> None:
    """Read one stretch of one channel, where there is need and Slack's pace allows it."""
    stretch = await desk.ledger.read(copies.doubtful)
    if stretch is None or not await on_duty(desk, _DUTY, owner):
        return
    if not await desk.ledger.run_behind(_may_read, desk.pace):
        return
    found = await sender.cards_in(
        stretch.channel, since=stretch.since, until=stretch.until, pages=PAGES
    )
    if isinstance(found, Later):
        await desk.ledger.run_behind(_look_later, stretch, found)
        return
    if not isinstance(found, Never):
        for place in await desk.ledger.read(copies.unknown, found):
            await adopt(desk, place)
    # A channel that may not be read has to do without.
    await desk.ledger.run_behind(copies.looked_into, stretch)


def _may_read(tx: Tx, beats: Pace) -> bool:
    """All pages are paid for at once: whoever looks for a lost card waits that much longer."""
    return pace.reserve(tx, "history", Beat(beats.history.gap * PAGES))


def _look_later(tx: Tx, stretch: Stretch, refusal: Later) -> None:
    if refusal.limit is not None:
        pace.hold(tx, lane(refusal.limit), rest(refusal.after))
    if tx.now() - stretch.since > _PATIENCE:
        copies.looked_into(tx, stretch)
    else:
        copies.look_later(tx, stretch)
