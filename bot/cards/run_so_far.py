"""What people have said for the rest of the run, and what they decided in it before."""

from __future__ import annotations

from bot.cards import wording, wording_run
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, link_to, quote, rich, words
from bot.cards.settled_card import settled_words
from bot.cards.text import clean, clip, one_line
from bot.domain.escalation import Escalation

#: On a card: what was said last, and the newest decisions.
_SAID, _TEXT, _HEADLINE, _WHO = 2, 500, 120, 60


def run_so_far(escalation: Escalation, around: Around) -> list[Block]:
    """Nothing for a question that stands alone."""
    blocks: list[Block] = []
    for said in escalation.run_guidance[-_SAID:]:
        who = clip(one_line(around.name_of(said.sender)), _WHO)
        blocks.append(rich(words(wording_run.said_for_the_run(who), bold=True)))
        blocks.append(quote(clip(clean(said.text).strip(), _TEXT)))
    if around.run:
        blocks.append(rich(words(wording_run.EARLIER, bold=True), *_earlier(around)))
    return blocks


def _earlier(around: Around) -> list[Element]:
    """A line each, the newest first."""
    lines: list[Element] = []
    for one in around.run:
        headline = clip(one_line(one.request.headline), _HEADLINE)
        became = clip(settled_words(one, around), _HEADLINE)
        stopped = one.decision is not None and one.decision.stop_run
        lines.append(words("\n" + wording_run.earlier(headline, became, stopped=stopped)))
        if one.permalink is not None:
            lines += [words(wording.SEPARATOR), link_to(one.permalink, wording.OPEN_IT)]
    return lines
