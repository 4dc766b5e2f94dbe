"""What became of the latest questions, a line a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.cards import wording_rates
from bot.cards import wording_stats as wording
from bot.cards.around import Card
from bot.cards.blocks import Block, Markup, context, mrkdwn, section
from bot.cards.command_answers import sentence
from bot.domain.durations import in_words

_ROWS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One category; the empty one is of questions without any."""

    category: str
    asked: int
    by_rule: int
    agreed: int
    refused: int
    expired: int
    open: int
    #: From the question to the answer, where people gave one.
    median: timedelta | None
    #: From which share to which people should be asked; None: the policy does not list it.
    band: tuple[float, float] | None = None


def stats_answer(lines: Sequence[Line], *, whole: bool, most: int) -> Card:
    """`whole`: no more than `most` were asked in that time."""
    if not lines:
        return sentence(Markup(wording.NOTHING))
    said = [_said(one) for one in lines[:_ROWS]]
    blocks: list[Block] = [section(wording.title(whole=whole, most=most)), *map(section, said)]
    more = len(lines) - len(said)
    blocks.append(context(mrkdwn(wording.footer(more))))
    return Card(text=said[0], blocks=blocks)


def _said(one: Line) -> Markup:
    rate = (one.asked - one.by_rule) / one.asked
    return wording.line(
        one.category,
        one.asked,
        wording_rates.seen(rate, one.band) if one.category else None,
        [
            (one.by_rule, "answered by rule"),
            (one.agreed, "approved or answered"),
            (one.refused, "refused"),
            (one.expired, "expired"),
            (one.open, "open"),
        ],
        None if one.median is None else in_words(one.median),
    )
