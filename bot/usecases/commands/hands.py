"""`take|release|snooze|assign|escalate ID…`: the menu of a card, for several at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.cards import whispers, wording_command, wording_settings, wording_together
from bot.cards.around import Card
from bot.cards.blocks import Markup, escaped, joined, kept_safe, section
from bot.cards.command_answers import sentence
from bot.domain.errors import (
    AlreadySettledError,
    PullcordError,
    UnavailableError,
    UncertainError,
)
from bot.domain.snoozing import moment_named
from bot.store import people
from bot.usecases.absences import absences
from bot.usecases.assign import assign
from bot.usecases.authority import SlackVoter
from bot.usecases.commands.references import refers, resolve
from bot.usecases.commands.words import command
from bot.usecases.escalate_now import escalate_now
from bot.usecases.look import look, with_names
from bot.usecases.snooze import snooze
from bot.usecases.take import release, take
from bot.usecases.tell import who_was_faster

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.domain.escalation import Escalation
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

    Does = Callable[[Escalation, SlackVoter], Awaitable[Markup]]

_MOST = 10
# With `should_escape` Slack sends people so, whatever was typed.
_PERSON = re.compile(r"<@([UW][A-Z0-9]{1,64})(\|[^>]*)?>")


async def take_them(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    async def does(found: Escalation, voter: SlackVoter) -> Markup:
        taken = (await take(desk, found.id, voter)).hands.taken
        assert taken is not None  # noqa: S101 - just taken
        return wording_together.taken(taken.until, asker.directory.now)

    return await _each(desk, asker, "take", words, does)


async def release_them(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    async def does(found: Escalation, voter: SlackVoter) -> Markup:
        await release(desk, found.id, voter)
        held = found.hands.holds(asker.clicker.id)
        return wording_together.LET_GO if held else wording_together.NOT_YOURS

    return await _each(desk, asker, "release", words, does)


async def snooze_them(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    named, rest = _apart(words)
    now = asker.directory.now
    known = asker.directory.people.get(asker.clicker.id)
    zone = (known.tz if known else None) or asker.book.timezone
    if not rest:
        return sentence(wording_command.usage(command("snooze")))
    try:
        until = moment_named(rest, now, zone)
    except (ValueError, OverflowError):
        return sentence(wording_command.misunderstood(rest, command("snooze")))

    async def does(found: Escalation, voter: SlackVoter) -> Markup:
        await snooze(desk, found.id, voter, until)
        return wording_together.snoozed(until, now)

    return await _each(desk, asker, "snooze", named, does)


async def assign_them(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    named, rest = _apart(words)
    if not rest:
        return sentence(wording_together.WHOM)
    called = await desk.ledger.read(_people_called, asker, rest)
    if len(called) != 1:
        other = wording_together.several_called if called else wording_together.nobody_called
        return sentence(other(rest))
    ((person, name),) = called.items()

    async def does(found: Escalation, voter: SlackVoter) -> Markup:
        await assign(desk, found.id, voter, person)
        gone = (await absences(desk, {person})).get(person)
        hint = wording_settings.absent(gone, asker.directory.now) if gone else None
        return wording_together.assigned(name, hint)

    return await _each(desk, asker, "assign", named, does)


async def escalate_them(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    async def does(found: Escalation, voter: SlackVoter) -> Markup:
        after = await escalate_now(desk, found.id, voter)
        further = after.tier > found.tier
        return wording_together.NEXT_ASKED if further else wording_together.URGENT

    return await _each(desk, asker, "escalate", words, does)


def _apart(words: Sequence[str]) -> tuple[list[str], str]:
    """The questions that are meant, and what is said about them."""
    return [one for one in words if refers(one)], " ".join(one for one in words if not refers(one))


def _people_called(tx: Tx, asker: Asker, text: str) -> dict[str, str]:
    """Their ids and names: by Slack's own token, or by the whole of a name."""
    token = _PERSON.fullmatch(text)
    ids = {token[1]} if token else set(asker.book.people(asker.directory))
    wanted = text.removeprefix("@").casefold()
    if wanted == "me":
        return {asker.clicker.id: asker.actor().display_name or asker.clicker.id}
    found = people.find(tx, ids)
    if token:
        return {token[1]: found[token[1]].display_name if token[1] in found else token[1]}
    return {id_: one.display_name for id_, one in found.items()
            if one.display_name.casefold() == wanted}  # fmt: skip


async def _each(desk: Desk, asker: Asker, verb: str, words: Sequence[str], does: Does) -> Card:
    """One transaction a question: what works is done, and each has its own answer."""
    if not words:
        return sentence(wording_command.usage(command(verb)))
    found, missing = await desk.ledger.read(resolve, asker, words)
    if len(found) + len(missing) > _MOST:
        return sentence(wording_command.too_many(_MOST))
    lines = await in_turn(desk, asker, found, does)
    if missing:
        lines.append(wording_command.no_such_id(", ".join(missing)))
    return Card(text=joined("\n", lines[:1]), blocks=[section(one) for one in lines])


async def in_turn(
    desk: Desk, asker: Asker, found: Sequence[Escalation], does: Does
) -> list[Markup]:
    """What became of each; never raises, so that what was done before is told."""
    voter = SlackVoter(asker.clicker, "command")
    lines = []
    for one in found:
        try:
            became = await _one(desk, one, voter, does)
        except UnavailableError as silent:
            perhaps = isinstance(silent, UncertainError)
            became = whispers.database_silent(perhaps_recorded=perhaps)
        lines.append(wording_together.line(one, became))
    return lines


async def _one(desk: Desk, found: Escalation, voter: SlackVoter, does: Does) -> Markup:
    try:
        return await does(found, voter)
    except UnavailableError:
        raise
    except PullcordError as refusal:
        return wording_together.refused(await _why(desk, found.id, refusal))


async def _why(desk: Desk, escalation_id: str, refusal: PullcordError) -> Markup:
    if isinstance(refusal, AlreadySettledError):
        escalation, around = await look(desk, escalation_id)
        return kept_safe(who_was_faster(escalation, around.now))
    return escaped(await with_names(desk, str(refusal)), 600)
