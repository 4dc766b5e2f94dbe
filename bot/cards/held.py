"""What a card would say of a question besides what is asked, where there is no card to look at."""

from __future__ import annotations

from bot.cards import frame, wording_show
from bot.cards.around import Around
from bot.cards.blocks import Block, context, escaped, mrkdwn, section
from bot.cards.facts import raised
from bot.cards.in_hand import in_hand
from bot.cards.moments import moment
from bot.cards.pending import pending_line
from bot.domain.escalation import Escalation

_NAME = 40


def held(escalation: Escalation, around: Around) -> list[Block]:
    """Who else is asked, where it waits, who has it, and what was clicked."""
    blocks = frame.one_line_context(raised(escalation, around))
    due = escalation.digest_due
    if due is not None and escalation.permalink is None:
        blocks.append(context(mrkdwn(wording_show.comes_with(
            escaped(escalation.digest or "", _NAME), moment(due, around.now)
        ))))  # fmt: skip
    blocks += in_hand(escalation, around)
    if escalation.intent is not None:
        blocks.append(section(pending_line(escalation, escalation.intent, around)))
    return blocks
