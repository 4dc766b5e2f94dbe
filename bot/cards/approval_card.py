"""The approval card: the question, what is needed to answer it, the buttons.

Approve stands only on a card that shows the whole action: headline, reason, impact and every
argument. Where something had to be cut, "Show everything" takes its place.
"""

from __future__ import annotations

from bot.cards import frame, wording
from bot.cards.argument_lines import argument_lines
from bot.cards.around import Around
from bot.cards.blocks import Block, prose
from bot.cards.boundary_lines import boundary_lines
from bot.cards.facts import doubts, support
from bot.cards.in_hand import in_hand
from bot.cards.run_so_far import run_so_far
from bot.cards.text import clip, paragraphs
from bot.domain.escalation import Escalation

# Together with our own words these stay below 11,000, where Slack begins to refuse messages.
_PROSE = 3000


def approval_blocks(escalation: Escalation, around: Around) -> list[Block]:
    request = escalation.shown
    arguments = argument_lines(request.tool)
    proposed, proposed_whole = frame.proposal(escalation, around)
    reason, impact = paragraphs(request.reason or ""), paragraphs(request.impact or "")
    whole = (
        arguments.whole
        and proposed_whole
        and frame.whole_headline(request.headline)
        and frame.fits(reason, _PROSE)
        and frame.fits(impact, _PROSE)
    )
    return [
        frame.headline(request.headline),
        frame.small_print(escalation, around),
        *in_hand(escalation, around),
        *frame.what_came_before(escalation, around),
        *run_so_far(escalation, around),
        *proposed,
        prose(wording.WHY, clip(reason, _PROSE)),
        prose(wording.WHAT_HAPPENS, clip(impact, _PROSE)),
        *arguments.blocks,
        *boundary_lines(escalation, around),
        *frame.one_line_context(doubts(escalation, around, why=around.boundary is None)),
        *frame.approval_row(escalation, whole=whole),
        *frame.one_line_context(support(escalation, around)),
    ]
