"""`away 2h` and `away off`: a word to the others, and no question of authority."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_command, wording_who
from bot.cards.command_answers import sentence
from bot.domain.durations import parse_duration
from bot.store import away as settings
from bot.usecases.commands.words import command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.cards.around import Card
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_BACK = {"off", "back", "no", "0"}
_LONGEST = timedelta(days=60)


async def away(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    if len(words) != 1:
        return sentence(wording_command.usage(command("away")))
    length: timedelta | None = None
    if words[0].lower() not in _BACK:
        try:
            length = parse_duration(words[0].lower())
        except ValueError:
            return sentence(wording_command.misunderstood(words[0], command("away")))
        if not timedelta(0) < length <= _LONGEST:
            return sentence(wording_who.away_too_long(_LONGEST))
    until, now = await desk.ledger.run(_put, asker.clicker.id, length)
    return sentence(wording_who.BACK if until is None else wording_who.away_until(until, now))


def _put(tx: Tx, person: str, length: timedelta | None) -> tuple[datetime | None, datetime]:
    until = None if length is None else tx.now() + length
    settings.put(tx, person, until)
    return until, tx.now()
