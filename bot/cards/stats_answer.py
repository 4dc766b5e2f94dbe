"""What became of the latest questions, a line a category."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.cards import names, wording_learning, wording_rates, wording_report
from bot.cards import wording_stats as wording
from bot.cards.around import Card
from bot.cards.blocks import (
    Block,
    Element,
    Markup,
    actions,
    button,
    context,
    escaped,
    mrkdwn,
    prose,
    quote,
    section,
)
from bot.cards.text import clip, paragraphs
from bot.domain.category import Learned
from bot.domain.durations import in_words

_ROWS, _REASON = 10, 500


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


def stats_answer(
    lines: Sequence[Line],
    *,
    whole: bool,
    most: int,
    learned: Learned | None = None,
    boundary: Sequence[str] = (),
    may_order: bool = False,
    one_category: bool = False,
) -> Card:
    """`whole`: no more than `most` were asked in that time. `learned`: where only one category is
    asked for, and it is learned, with what is said of its boundary; `may_order`: by an admin.
    """
    if not lines and learned is None:
        # Agents may have done much without asking: the report knows of it.
        nothing = Markup(wording.NOTHING)
        return Card(text=nothing, blocks=[section(nothing), actions("report", [_report("")])])
    said = [_said(one) for one in lines[:_ROWS]]
    blocks: list[Block] = [section(wording.title(whole=whole, most=most)), *map(section, said)]
    if learned is not None:
        return _with_learning(said, blocks, learned, boundary, may_order=may_order)
    more = len(lines) - len(said)
    blocks.append(context(mrkdwn(wording.footer(more))))
    only = lines[0].category if len(lines) == 1 and one_category else ""
    blocks.append(actions("report", [_report(only)]))
    return Card(text=said[0], blocks=blocks)


def _report(category: str) -> Element:
    return button(wording_report.BUTTON, names.REPORT, category or names.EVERYTHING)


def _with_learning(
    said: list[Markup],
    blocks: list[Block],
    learned: Learned,
    boundary: Sequence[str],
    *,
    may_order: bool,
) -> Card:
    words = "\n".join([*wording_learning.in_words(learned), *boundary])
    blocks.append(prose(learned.name, words))
    if learned.order:
        blocks.append(quote(clip(paragraphs(learned.order), _REASON)))
    buttons = [_report(learned.name)]
    if may_order:
        buttons.append(button(wording_learning.CHANGE, names.CATEGORY, learned.name))
    blocks.append(actions(f"category_{learned.epoch}_{learned.phase}", buttons))
    return Card(text=said[0] if said else escaped(words), blocks=blocks)


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
