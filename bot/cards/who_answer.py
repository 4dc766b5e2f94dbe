"""Whom the policy asks, route by route, and who of them says that they are away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import wording_who as wording
from bot.cards.around import Card
from bot.cards.blocks import Block, Markup, context, joined, mrkdwn, section

_MOST_ROUTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One route; people by their names, with the end of their absence."""

    route: str
    channel: str
    approvals: int
    people: Sequence[tuple[str, datetime | None]]
    more: int
    #: Programs that may vote there.
    keys: Sequence[str]


def who_answer(asked: Sequence[Asked], now: datetime, *, timed: bool, schedules: bool) -> Card:
    """`timed`: they asked for another moment. `schedules`: the policy has some."""
    lines = [_line(one, now) for one in asked[:_MOST_ROUTES]]
    blocks: list[Block] = [section(line) for line in lines]
    more = len(asked) - len(lines)
    if more:
        blocks.append(context(mrkdwn(wording.more_routes(more))))
    notes = [Markup(wording.FROM_GROUPS if schedules or timed else wording.BY_GROUPS)]
    if any(until for one in asked for _, until in one.people):
        notes.append(Markup(wording.AWAY_IS_A_HINT))
    blocks.append(context(mrkdwn(joined(" ", notes))))
    return Card(text=joined(" ", lines), blocks=blocks)


def _line(one: Asked, now: datetime) -> Markup:
    people = [wording.person(name, until, now) for name, until in one.people]
    return wording.route(one.route, one.channel, one.approvals, people, one.more, one.keys)
