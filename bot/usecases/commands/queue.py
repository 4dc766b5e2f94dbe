"""`queue [mine|all|urgent|ROUTE]`: what waits, ten at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from bot.cards import wording_command, wording_queue
from bot.cards.command_answers import nearest, sentence
from bot.cards.queue_answer import Page, queue_answer
from bot.domain.request import URGENCIES
from bot.store import waiting
from bot.store.columns import from_micros, to_micros
from bot.store.waiting import Place
from bot.usecases.commands.words import command
from bot.usecases.look_at_list import look_at_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Card
    from bot.domain.request import Urgency
    from bot.store.tx import Tx
    from bot.store.waiting import Scope
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

ROWS = 10
_URGENT: Sequence[Urgency] = ("high", "critical")
_PACKED = re.compile(
    r"(?P<seen>[0-9]{1,6})\|(?P<urgency>[a-z]{1,10})\|(?P<at>[0-9]{1,17})"
    r"\|(?P<id>[A-Za-z0-9_-]{1,80})\|(?P<which>.{1,200})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Which list is looked at, and where its next page begins."""

    which: str
    after: Place | None = None
    #: How many rows came before.
    seen: int = 0


async def queue(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    if len(words) > 1:
        return sentence(wording_command.misunderstood(words[1], command("queue")))
    word = words[0] if words else "mine"
    which = word if word in asker.book.routes else word.lower()
    if which not in {"mine", "all", "urgent", *asker.book.routes}:
        known = ["mine", "all", "urgent", *sorted(asker.visible)]
        return sentence(wording_queue.no_such_list(word, nearest(word, known)))
    return await page(desk, asker, Turn(which=which))


async def page(desk: Desk, asker: Asker, turn: Turn) -> Card:
    """Raises ForbiddenError."""
    asker.check_reviews()
    if turn.which in asker.book.routes and turn.which not in asker.visible:
        return sentence(wording_queue.not_your_route(turn.which, sorted(asker.visible)))
    return queue_answer(await desk.ledger.read(read_page, desk, asker, turn))


def read_page(tx: Tx, desk: Desk, asker: Asker, turn: Turn) -> Page:
    scope = _scope(asker, turn.which)
    crowds = waiting.crowds(tx, scope, tx.now())
    # One more than is shown says whether there is a next page.
    ids = waiting.page(tx, scope, crowds, turn.after, ROWS + 1)
    rows = look_at_list(tx, desk.book, desk.team_id, ids[:ROWS])
    asleep = waiting.asleep(tx, scope) if scope.awake else 0
    shown = turn.seen + len(rows)
    following = None
    if rows and len(ids) > ROWS:
        last = rows[-1][0]
        following = pack(turn.which, Place(last.urgency, last.expires_at, last.id), shown)
    return Page(
        which=turn.which,
        rows=rows,
        # Those that have their vote are counted with the others, until the end is in sight.
        total=sum(one.number for one in crowds) - asleep if following else shown,
        seen=turn.seen,
        asleep=asleep,
        next=following,
    )


def pack(which: str, after: Place, seen: int) -> str:
    """What the button of the next page carries."""
    return f"{seen}|{after.urgency}|{to_micros(after.expires_at)}|{after.id}|{which}"


def unpack(value: str) -> Turn:
    """Raises ValueError for what `pack` did not make."""
    match = _PACKED.fullmatch(value)
    if match is None or match["urgency"] not in URGENCIES:
        raise ValueError("This did not come from one of our buttons.")
    urgency = cast("Urgency", match["urgency"])
    at = from_micros(int(match["at"]))
    return Turn(
        which=match["which"], after=Place(urgency, at, match["id"]), seen=int(match["seen"])
    )


def _scope(asker: Asker, which: str) -> Scope:
    """What is snoozed is left out, but where all is asked for."""
    match which:
        case "mine":
            return replace(asker.asked(), awake=True, not_voted_by=asker.clicker.id)
        case "all":
            return asker.seen()
        case "urgent":
            return replace(asker.seen(), awake=True, urgencies=_URGENT)
        case _:
            return replace(asker.on(which), awake=True)
