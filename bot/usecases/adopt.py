"""A message of ours turns up where nobody knew of one: from now on it is drawn like others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import copies, escalations, reminders
from bot.usecases.send_card import stands

if TYPE_CHECKING:
    from bot.domain.outgoing import Sent
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk, Workspace


async def adopt_clicked(desk: Desk, escalation_id: str, place: Sent) -> None:
    """Somebody clicked there on what shows the escalation."""
    if desk.places.remembers(place):
        return
    if not await desk.ledger.read(_is_known, place):
        await desk.ledger.run(_adopt_clicked, desk.workspace, escalation_id, place)
    desk.places.remember(place)


async def adopt(desk: Desk, place: Sent) -> None:
    """A message with our id was found there."""
    await desk.ledger.run_behind(_adopt, desk.workspace, place.message_id or "", place)


def _is_known(tx: Tx, place: Sent) -> bool:
    return copies.known(tx, channel=place.channel, ts=place.ts)


def _adopt_clicked(tx: Tx, workspace: Workspace | None, escalation_id: str, place: Sent) -> None:
    message_id = place.message_id
    if message_id is None or escalation_id not in copies.shown_by(tx, message_id):
        message_id = copies.of_which(tx, escalation_id, channel=place.channel)
    if message_id is not None:
        _adopt(tx, workspace, message_id, place)


def _adopt(tx: Tx, workspace: Workspace | None, message_id: str, place: Sent) -> None:
    shown = copies.shown_by(tx, message_id)
    escalations.hold(tx, shown)
    taken = copies.take_place(tx, message_id, channel=place.channel, ts=place.ts)
    if taken == "first" and not reminders.stands_there(tx, channel=place.channel, ts=place.ts):
        stands(tx, workspace, shown, place.channel, place.ts)
