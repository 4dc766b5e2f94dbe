"""`pause AGENT [1h]` and `resume AGENT`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_command, wording_pause
from bot.cards.command_answers import nearest, sentence
from bot.domain.durations import parse_duration
from bot.store import keys
from bot.usecases.commands.asker import recognise
from bot.usecases.commands.words import command
from bot.usecases.pauses import pause, resume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Card
    from bot.domain.people import Clicker
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_THIS = "pause and resume agents"


async def pause_agent(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    asker.check_admin(_THIS)
    if not 1 <= len(words) <= 2:
        return sentence(wording_command.usage(command("pause")))
    try:
        length = parse_duration(words[1].lower()) if len(words) > 1 else None
    except ValueError:
        return sentence(wording_command.misunderstood(words[1], command("pause")))
    if length is not None and length <= timedelta(0):
        return sentence(wording_command.misunderstood(words[1], command("pause")))
    unknown = await _unknown(desk, words[0])
    if unknown is not None:
        return unknown
    made, still_open = await pause(desk, words[0], length, asker.actor())
    return sentence(wording_pause.paused(made, made.since, still_open))


async def resume_agent(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    asker.check_admin(_THIS)
    if len(words) != 1:
        return sentence(wording_command.usage(command("resume")))
    if await resume(desk, words[0], asker.actor()):
        return sentence(wording_pause.resumed(words[0]))
    return await _unknown(desk, words[0]) or sentence(wording_pause.was_not_paused(words[0]))


async def resume_for(desk: Desk, clicker: Clicker, agent: str) -> None:
    """The button of the Home tab; one that goes on already is left alone.

    Raises ForbiddenError for whom the policy does not name among its admins.
    """
    asker = await recognise(desk, clicker)
    asker.check_admin(_THIS)
    await resume(desk, agent, replace(asker.actor(), via="home"))


async def _unknown(desk: Desk, agent: str) -> Card | None:
    """A typo must not look like an agent that has been stopped."""
    agents = await desk.ledger.read(keys.agents)
    if agent in agents:
        return None
    return sentence(wording_pause.no_such_agent(agent, nearest(agent, agents)))
