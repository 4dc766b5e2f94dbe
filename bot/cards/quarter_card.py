"""The quarterly review: every category that learns, what it stands on, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import names, wording_learning
from bot.cards.around import Card
from bot.cards.blocks import Block, actions, button, context, escaped, header, plain, prose
from bot.domain.category import Learned

# Two blocks each, of Slack's fifty; and their words together within a message.
_MOST = 12
_MISSING = 0.1


def quarter_card(quarter: str, categories: Sequence[tuple[Learned, bool]]) -> Card:
    """Each with whether it stands up together with all others."""
    title = wording_learning.quarter_title(quarter, len(categories))
    blocks: list[Block] = [header(title), context(plain(wording_learning.QUARTER_INTRO))]
    for seen, stands in categories[:_MOST]:
        lines = [*wording_learning.in_words(seen), _proposed(seen, stands=stands)]
        blocks.append(prose(seen.name, "\n".join(lines)))
        change = button(wording_learning.CHANGE, names.CATEGORY, seen.name)
        blocks.append(actions(f"category_{seen.name}", [change]))
    left = len(categories) - _MOST
    if left > 0:
        blocks.append(context(plain(wording_learning.more_categories(left))))
    return Card(text=escaped(title), blocks=blocks)


def _proposed(seen: Learned, *, stands: bool) -> str:
    if seen.missing > _MISSING:
        return wording_learning.FEW_ANSWERS
    if seen.cut is None:
        return wording_learning.NOTHING_OPEN
    return wording_learning.STANDS if stands else wording_learning.NOT_TOGETHER
