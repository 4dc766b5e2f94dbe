"""From what somebody wrote behind `/pullcord` to the answer that only they see."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

import structlog

from bot.cards import whispers, wording_command
from bot.cards.around import Card
from bot.cards.blocks import Markup, escaped
from bot.cards.command_answers import no_such_command, sentence
from bot.cards.text import one_line
from bot.domain.errors import ForbiddenError, NotFoundError, UnavailableError, UncertainError
from bot.usecases.commands import (
    away,
    breaker,
    digest,
    findings,
    hands,
    house,
    letters,
    lookup,
    queue,
    stats,
    status,
    who,
)
from bot.usecases.commands.asker import Asker, recognise
from bot.usecases.desk import Desk
from bot.usecases.look import with_names

if TYPE_CHECKING:
    from bot.domain.people import Clicker

log = structlog.get_logger()

Verb = Callable[[Desk, Asker, Sequence[str]], Awaitable[Card]]


#: One entry a word; `bot/cards/command_list.py` says what people read of it. `help` is for
#: everybody, whoever they are.
VERBS: dict[str, Verb] = {
    "status": status.status,
    "queue": queue.queue,
    "show": lookup.show,
    "why": lookup.why,
    "take": hands.take_them,
    "release": hands.release_them,
    "snooze": hands.snooze_them,
    "assign": hands.assign_them,
    "escalate": hands.escalate_them,
    "who": who.who,
    "oncall": who.oncall,
    "away": away.away,
    "stats": stats.stats,
    "findings": findings.findings,
    "pause": breaker.pause_agent,
    "resume": breaker.resume_agent,
    "dead": letters.dead,
    "replay": letters.replay_some,
    "doctor": house.doctor,
    "digest": digest.digest,
}
# More words than any command has use for.
_MOST_WORDS = 40


async def answer(desk: Desk, clicker: Clicker, text: str, places: tuple[str, ...] = ()) -> Card:
    """Never raises: whatever was written gets an answer in words. `places`: where it was."""
    first, *words = one_line(text).split()[:_MOST_WORDS] or ["help"]
    if first.lower() == "help":
        return sentence(wording_command.HELP)
    verb = VERBS.get(first.lower())
    if verb is None:
        return no_such_command(first)
    return await in_words(desk, lambda: _asked(desk, clicker, places, verb, words))


async def next_page(desk: Desk, clicker: Clicker, value: str) -> Card:
    """The page of the queue that a button names. Raises ValueError for what none of ours says."""
    place = queue.unpack(value)

    async def asked() -> Card:
        return await queue.page(desk, await recognise(desk, clicker), place)

    return await in_words(desk, asked)


async def in_words(desk: Desk, ask: Callable[[], Awaitable[Card]]) -> Card:
    """The answer, or why there is none."""
    try:
        return await ask()
    except UnavailableError as silent:
        perhaps = isinstance(silent, UncertainError)
        return sentence(whispers.database_silent(perhaps_recorded=perhaps))
    except (ForbiddenError, NotFoundError) as refusal:
        return sentence(escaped(await with_names(desk, str(refusal)), 1000))
    except Exception:
        log.exception("command.failed")
        return sentence(Markup(wording_command.FAILED))


async def _asked(
    desk: Desk, clicker: Clicker, places: tuple[str, ...], verb: Verb, words: Sequence[str]
) -> Card:
    return await verb(desk, await recognise(desk, clicker, places), words)
