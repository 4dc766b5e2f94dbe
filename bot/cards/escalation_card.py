"""The card of an escalation, whatever its kind and state."""

from __future__ import annotations

from bot.cards import frame, offers, wording_settled
from bot.cards.answer_card import answer_blocks
from bot.cards.approval_card import approval_blocks
from bot.cards.around import Around, Card
from bot.cards.blocks import actions, context, escaped, plain, plain_section
from bot.cards.guidance_card import guidance_blocks
from bot.cards.pending import instead_of_buttons, pending_buttons
from bot.cards.settled_card import settled_card, settled_words
from bot.cards.text import clip, one_line
from bot.domain.escalation import Escalation

__all__ = ["Around", "Card", "card", "minimal_card"]

_BLOCKS = {"approval": approval_blocks, "answer": answer_blocks, "guidance": guidance_blocks}


def card(escalation: Escalation, around: Around) -> Card:
    """The card as it should look now, whatever the state."""
    if escalation.status != "open":
        return settled_card(escalation, around)
    draw = _BLOCKS[escalation.request.kind]
    headline, *rest = draw(escalation, around)
    blocks = [headline, *frame.pause(escalation, around), *rest]
    if escalation.intent is not None:
        blocks = instead_of_buttons(blocks, escalation, escalation.intent, around)
    return Card(text=frame.question_text(escalation, around), blocks=blocks)


def minimal_card(escalation: Escalation, around: Around) -> Card:
    """The plainest card there is, for when Slack refused the full one."""
    action = clip(one_line(escalation.shown.headline), frame.HEADER)
    if escalation.status != "open":
        text = f"{action}: {settled_words(escalation, around)}"
        return Card(text=escaped(text, 2000), blocks=[plain_section(clip(one_line(text), 1000))])
    buttons = [offers.details_button(escalation)]
    if offers.allowed(escalation, "respond"):
        buttons.append(offers.answer_button(escalation))
    if offers.can_refuse(escalation):
        buttons.append(offers.reject_button(escalation))
    if escalation.intent is not None:
        buttons = pending_buttons(escalation, escalation.intent)
    return Card(
        text=frame.question_text(escalation, around),
        blocks=[
            plain_section(wording_settled.minimal(clip(one_line(escalation.agent), 100), action)),
            *frame.pause(escalation, around),
            context(plain(wording_settled.MINIMAL_WHY)),
            actions(frame.actions_id(escalation), buttons),
        ],
    )
