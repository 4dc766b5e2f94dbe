"""`who [ROUTE] [when]` and `oncall`: whom the policy asks, and who of them is away."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.cards import wording_who
from bot.cards.command_answers import nearest, sentence
from bot.cards.who_answer import Asked, who_answer
from bot.store import away, people
from bot.usecases.read_directory import read_directory

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.cards.around import Card
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

# `now`, `tomorrow 9am`, `Mon 09:00`: by groups the answer is the same at any time.
_WHEN = re.compile(
    r"now|today|tomorrow|tonight|at|on|@|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?"
    r"|@?[0-9]{1,2}([:.][0-9]{2})?(am|pm|h)?",
    re.IGNORECASE,
)
_MOST_NAMES = 15


async def who(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    named = [word for word in words if not _WHEN.fullmatch(word)]
    timed = len(named) < len(words)
    book = asker.book
    if len(named) > 1:
        return sentence(wording_who.one_name(named[1]))
    routes = list(book.routes) if not named else _meant(book, named[0])
    if named and not routes:
        known = [*book.routes, *book.groups, *book.schedules]
        return sentence(wording_who.no_such_name(named[0], nearest(named[0], known)))
    asked, now = await desk.ledger.read(_read, desk, book, routes)
    return who_answer(asked, now, timed=timed, schedules=bool(book.schedules))


async def oncall(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    """Nobody can be put on call yet: said, and answered with whom the groups name."""
    answered = await who(desk, asker, [])
    if words:
        return sentence(wording_who.NO_SHIFTS)
    return answered


def _meant(book: Book, name: str) -> list[str]:
    """The routes of that name, or those that ask the group, or whoever is on the schedule."""
    if name in book.routes:
        return [name]
    groups = {name} | {one for one, group in book.groups.items() if group.schedule == name}
    return [route.name for route in book.routes.values() if groups & set(route.reviewers)]


def _read(tx: Tx, desk: Desk, book: Book, routes: Sequence[str]) -> tuple[list[Asked], datetime]:
    directory = read_directory(tx, book, desk.team_id, ())
    found = []
    for name in routes:
        route = book.route(name)
        members = sorted(book.reviewers(name, directory))
        shown = people.find(tx, members[:_MOST_NAMES])
        gone = away.find(tx, members[:_MOST_NAMES])
        found.append(
            Asked(
                route=name,
                channel=route.channel,
                approvals=route.approvals,
                people=[
                    (shown[one].display_name if one in shown else one, gone.get(one))
                    for one in members[:_MOST_NAMES]
                ],
                more=max(0, len(members) - _MOST_NAMES),
                keys=route.keys,
            )
        )
    return found, tx.now()
