"""`digest [NAME] now`: what could wait comes now; without a name, this channel's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording_command, wording_digest
from bot.cards.command_answers import sentence
from bot.usecases.commands.words import command
from bot.usecases.make_digest import digest_now, digests_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Card
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk


async def digest(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    *names, last = words or [""]
    if last.lower() != "now" or len(names) > 1:
        return sentence(wording_command.usage(command("digest")))
    named = names or digests_of(desk, *asker.places)
    if len(named) != 1:
        return sentence(wording_command.which_digest(named or list(desk.book.digests)))
    made = await digest_now(desk, named[0], asker.clicker)
    return sentence(wording_digest.asked_now(made.digest, made.items, made.alone))
