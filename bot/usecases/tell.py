"""Owe somebody a word: a person privately, or the operators."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards import pending, whispers
from bot.cards.around import Around
from bot.store import escalations, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.escalation import Escalation
    from bot.domain.outgoing import Owed, Whisper
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def tell(desk: Desk, owed: Owed) -> None:
    """Remembered until it is said."""
    await desk.ledger.run(outbox.owe, owed)


async def tell_who_was_faster(desk: Desk, escalation_id: str, whisper: Whisper) -> None:
    """Fill the whisper with what became of the escalation; one transaction for a late click.

    A crowd at one card makes nearly only these.
    """
    await desk.ledger.run(_tell_who_was_faster, escalation_id, whisper)


def _tell_who_was_faster(tx: Tx, escalation_id: str, whisper: Whisper) -> None:
    sentence = who_was_faster(escalations.find(tx, escalation_id), tx.now())
    outbox.owe(tx, replace(whisper, text=sentence))


def who_was_faster(escalation: Escalation, now: datetime) -> str:
    """For somebody whose click came too late, or for an action that has changed meanwhile."""
    if escalation.intent is not None:
        return pending.somebody_was_first(escalation.intent, Around(now=now))
    if escalation.status == "open":
        return whispers.changed_meanwhile(escalation)
    return whispers.someone_was_faster(escalation, now)
