"""The answer card: what was asked, what the agent would answer, and how sure it is."""

from __future__ import annotations

from bot.cards import frame, offers, wording
from bot.cards.around import Around
from bot.cards.blocks import Block, context, plain, quote, rich, words
from bot.cards.boundary_lines import boundary_lines
from bot.cards.facts import doubts, support
from bot.cards.in_hand import in_hand
from bot.cards.run_so_far import run_so_far
from bot.cards.text import clip, disclosed
from bot.domain.escalation import Escalation

# A draft beyond this is read under "Show everything", and approved there.
_DRAFT = 3000


def answer_blocks(escalation: Escalation, around: Around) -> list[Block]:
    request = escalation.shown
    # It goes out as it is, so nothing in it may stay out of sight.
    draft = disclosed(request.answer or "").strip()
    proposal = escalation.proposal
    whole = frame.whole_headline(request.headline) and frame.fits(draft, _DRAFT)
    title = wording.WOULD_ANSWER
    if proposal is not None:
        title = wording.proposes(around.name_of(proposal.by))
    buttons = frame.approval_row(escalation, whole=whole)
    sends = whole and offers.allowed(escalation, "approve")
    return [
        frame.headline(request.headline),
        frame.small_print(escalation, around),
        *in_hand(escalation, around),
        *frame.what_came_before(escalation, around),
        *run_so_far(escalation, around),
        rich(words(clip(title, 200), bold=True)),
        quote(clip(draft, _DRAFT)),
        *boundary_lines(escalation, around),
        *frame.one_line_context(doubts(escalation, around, why=around.boundary is None)),
        *frame.one_line_context(_sources(escalation)),
        *([context(plain(wording.APPROVE_SENDS))] if sends else []),
        *buttons,
        *frame.one_line_context(support(escalation, around)),
    ]


def _sources(escalation: Escalation) -> str:
    """The titles of what the agent has read; their texts stand under "Show everything"."""
    state = escalation.request.context
    read = [] if state is None else [one.title or one.url or "" for one in state.retrieved]
    titles = [clip(title, 80) for title in read if title]
    return wording.sources(titles[:3], len(read) - min(3, len(titles))) if titles else ""
