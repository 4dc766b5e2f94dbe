"""`dead` and `replay ID…`: callbacks that were given up, and their second chance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.cards import wording_command, wording_letters
from bot.cards.command_answers import sentence
from bot.cards.letters_answer import letters_answer
from bot.store import journal, relays, waiting
from bot.usecases.commands.words import command

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.cards.around import Card
    from bot.domain.people import Actor
    from bot.store.relays import Dead
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_ROWS = 10
_ID = re.compile(r"(?:whk|esc)_[0-9A-Za-z]{1,64}")


async def dead(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    asker.check_admin("look at callbacks")
    if words:
        return sentence(wording_command.misunderstood(words[0], command("dead")))
    letters, count, now = await desk.ledger.read(_dead)
    return letters_answer(letters, count, now)


def _dead(tx: Tx) -> tuple[list[Dead], int, datetime]:
    _, count = waiting.callbacks(tx)
    return relays.dead(tx, _ROWS), count, tx.now()


async def replay_some(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    asker.check_admin("send callbacks again")
    if not words:
        return sentence(wording_command.usage(command("replay")))
    if len(words) > _ROWS:
        return sentence(wording_command.too_many(_ROWS))
    wanted = [found[0] if (found := _ID.search(word)) else word for word in words]
    again, missing = await desk.ledger.run(_replay, wanted, asker.actor())
    return sentence(wording_letters.replayed(again, missing))


def _replay(tx: Tx, wanted: Sequence[str], by: Actor) -> tuple[list[str], list[str]]:
    again: list[str] = []
    missing: list[str] = []
    for one in dict.fromkeys(wanted):
        sent = relays.replay(tx, one)
        again += sent
        if not sent:
            missing.append(one)
    if again:
        journal.note(tx, None, "callback.replayed", by, callbacks=again)
    return again, missing
