"""The Home tab: what one person took, and what waits for them; each row can be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.cards import wording_home
from bot.cards.blocks import MESSAGE, Block, context, divider, header, plain, size_of
from bot.cards.question_row import Row, open_row
from bot.cards.storm_card import CAPS


def home_view(
    taken: Sequence[Row], waiting: Sequence[Row], *, more: bool, reviews: bool
) -> dict[str, Any]:
    """`more`: there is more than is shown; `reviews`: any route asks them."""
    drawn = (_drawn(taken, waiting, cap, more=more, reviews=reviews) for cap in CAPS)
    fitting = (blocks for blocks in drawn if size_of(blocks) <= MESSAGE)
    last = _drawn(taken, waiting, CAPS[-1], more=more, reviews=reviews)
    return {"type": "home", "blocks": next(fitting, last)}


def _drawn(
    taken: Sequence[Row], waiting: Sequence[Row], cap: int, *, more: bool, reviews: bool
) -> list[Block]:
    blocks: list[Block] = []
    if taken:
        blocks.append(header(wording_home.YOU_TOOK))
        blocks += _rows(taken, cap)
    blocks.append(header(wording_home.WAITING))
    if not waiting:
        blocks.append(context(plain(wording_home.nothing(reviews=reviews, took=bool(taken)))))
    blocks += _rows(waiting, cap)
    if more:
        blocks.append(context(plain(wording_home.MORE)))
    return blocks


def _rows(rows: Sequence[Row], cap: int) -> list[Block]:
    blocks: list[Block] = []
    for number, (escalation, around) in enumerate(rows, 1):
        if number > 1:
            blocks.append(divider())
        blocks += open_row(number, escalation, around, cap)
    return blocks
