"""The state of the queue, short enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import wording_status as wording
from bot.cards.around import Card
from bot.cards.blocks import Block, Markup, context, joined, mrkdwn, section
from bot.domain.durations import in_words
from bot.domain.pause import Pause

_ROUTES, _PAUSED = 10, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is told of the house at one moment."""

    now: datetime
    by_urgency: Mapping[str, int]
    #: When the oldest open question was asked.
    oldest: datetime | None
    #: How many end within a quarter of an hour.
    soon: int
    agents: int
    #: Cards that do not stand as they should.
    behind: int
    #: On their way, and given up.
    callbacks: int
    dead: int
    #: Of the asker's own routes.
    by_route: Mapping[str, int]
    paused: Sequence[Pause]


def status_answer(found: Status) -> Card:
    total = sum(found.by_urgency.values())
    urgent = found.by_urgency.get("high", 0) + found.by_urgency.get("critical", 0)
    age = in_words(found.now - found.oldest) if found.oldest else None
    first = wording.waiting(total, urgent, age, found.soon, found.agents)
    second = wording.machinery(found.callbacks, found.dead, found.behind)
    blocks: list[Block] = [section(first), section(second)]
    routes = sorted(found.by_route.items(), key=lambda one: (-one[1], one[0]))
    if routes:
        blocks.append(section(wording.routes(routes[:_ROUTES], len(routes[_ROUTES:]))))
    if found.paused:
        lines = [wording.paused(one, found.now) for one in found.paused[:_PAUSED]]
        more = len(found.paused) - len(lines)
        blocks.append(
            section(joined("\n", [*lines, *([wording.more_paused(more)] if more else [])]))
        )
    blocks.append(context(mrkdwn(Markup(wording.MORE))))
    return Card(text=joined(" ", [first, second]), blocks=blocks)
