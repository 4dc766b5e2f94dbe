"""How well reviewers see what is wrong, for admins: by category, then by person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bot.cards import wording_attention as wording
from bot.cards.blocks import Block, Markup, context, joined, mrkdwn, section
from bot.cards.text import clip, one_line

_CATEGORIES, _PEOPLE, _NAME = 5, 8, 60


class Sensitivity(Protocol):
    @property
    def known(self) -> int: ...
    @property
    def found(self) -> int: ...
    @property
    def doubled(self) -> int: ...
    @property
    def objected(self) -> int: ...
    @property
    def low(self) -> float | None: ...


class Habit(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def looks(self) -> int: ...
    @property
    def seconds(self) -> float | None: ...
    @property
    def known(self) -> int: ...
    @property
    def approved(self) -> int: ...


def attention_rows(seen: Sequence[tuple[str, Sensitivity]], people: Sequence[Habit]) -> list[Block]:
    """Nothing where nobody has reviewed anything."""
    if not people:
        return []
    lines: list[Markup] = [Markup(wording.TITLE)]
    for category, one in seen[:_CATEGORIES]:
        name = clip(one_line(category), _NAME)
        if one.low is not None:
            lines.append(wording.known(name, one.found, one.known, one.low))
        if one.doubled:
            lines.append(wording.twice(name, one.doubled, one.objected))
    lines += [
        wording.person(
            clip(one_line(habit.name), _NAME),
            habit.looks,
            habit.approved,
            habit.known,
            habit.seconds,
        )
        for habit in people[:_PEOPLE]
    ]
    return [section(joined("\n", lines)), context(mrkdwn(Markup(wording.HINT)))]
