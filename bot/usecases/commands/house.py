"""`doctor`: what of the bot's house can be looked at from Slack, in short."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_command
from bot.cards.checkup_answer import Checkup, checkup_answer
from bot.cards.command_answers import sentence
from bot.store import findings, pauses, people, waiting
from bot.usecases.commands.words import command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.cards.around import Card
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_LATE = timedelta(minutes=1)


async def doctor(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    """Admins read every detail; others whether it is well."""
    if words:
        return sentence(wording_command.misunderstood(words[0], command("doctor")))
    parts = await desk.checkup()
    return checkup_answer(await desk.ledger.read(_look, parts), details=asker.admin)


def _look(tx: Tx, parts: Mapping[str, str]) -> Checkup:
    now = tx.now()
    newest = people.newest(tx)
    pending, dead = waiting.callbacks(tx)
    return Checkup(
        now=now,
        parts=parts,
        findings=[(one.kind, now - one.since) for one in findings.told(tx)],
        heard_of_people=None if newest is None else now - newest,
        behind=waiting.behind(tx, now - _LATE),
        callbacks=pending,
        dead=dead,
        paused=len(pauses.every(tx)),
    )
