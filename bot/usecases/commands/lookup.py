"""`show ID…` and `why ID`: questions as they stand, and all that happened to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import wording_command
from bot.cards.command_answers import sentence
from bot.cards.show_answer import show_answer
from bot.cards.why_answer import Story, why_answer
from bot.store import journal, messages, people, relays
from bot.usecases.commands.references import resolve
from bot.usecases.commands.words import command
from bot.usecases.look import around, counted
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Around, Card
    from bot.domain.escalation import Escalation
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_MOST_SHOWN, _MOST_NAMES = 5, 10


async def show(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    if not words:
        return sentence(wording_command.usage(command("show")))
    if len(words) > _MOST_SHOWN:
        return sentence(wording_command.too_many(_MOST_SHOWN))
    pairs, missing = await desk.ledger.read(_show, desk, asker, words)
    note = wording_command.no_such_id(", ".join(missing)) if missing else None
    return show_answer(pairs[:_MOST_SHOWN], note)


def _show(
    tx: Tx, desk: Desk, asker: Asker, words: Sequence[str]
) -> tuple[list[tuple[Escalation, Around]], list[str]]:
    found, missing = resolve(tx, asker, words)
    shown = [counted(tx, desk.book, desk.team_id, one) for one in found]
    return [(one, around(tx, desk.book, one)) for one in shown], missing


async def why(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    if len(words) != 1:
        return sentence(wording_command.usage(command("why")))
    story = await desk.ledger.read(_why, desk, asker, words)
    if story is None:
        return sentence(wording_command.no_such_id(words[0]))
    return why_answer(story)


def _why(tx: Tx, desk: Desk, asker: Asker, words: Sequence[str]) -> Story | None:
    found, _ = resolve(tx, asker, words)
    if not found:
        return None
    escalation = counted(tx, desk.book, desk.team_id, found[0])
    entries = journal.story(tx, escalation.id)
    route = desk.book.route(escalation.shown_need.route)
    directory = read_directory(tx, desk.book, desk.team_id, (), groups=route.reviewers)
    asked = sorted(desk.book.reviewers(route.name, directory))
    groups = desk.book.groups_asked(escalation, escalation.shown_need.route)
    raised = sorted(desk.book.members(groups, directory) - {*asked})[:_MOST_NAMES]
    acting = {one.actor.id for one in entries if one.actor is not None}
    known = people.find(tx, {*asked[:_MOST_NAMES], *raised, *acting})

    def names(ids: Sequence[str]) -> list[str]:
        return [known[one].display_name if one in known else one for one in ids]

    return Story(
        escalation=escalation,
        around=around(tx, desk.book, escalation),
        entries=entries,
        messages=messages.showing(tx, escalation.id),
        callbacks=relays.about(tx, escalation.id),
        asked=names(asked[:_MOST_NAMES]),
        more_asked=max(0, len(asked) - _MOST_NAMES),
        raised=names(raised) if escalation.status == "open" else [],
        keys=route.keys,
        names={id_: person.display_name for id_, person in known.items()},
        others=len(found) - 1,
    )
