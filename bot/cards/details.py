"""The "Show everything" modal: all of it, whole, on as many pages as it takes.

Approve stands on the last page, where all arguments have been in view.
"""

from __future__ import annotations

from typing import Any

from bot.cards import frame, names, offers, wording_details, wording_whispers
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, actions, button, context, modal, plain, section
from bot.cards.everything import everything
from bot.cards.pending import pending_buttons, pending_line
from bot.domain.escalation import Escalation

# Slack's limit on a message's text is not documented for modals; we keep to it here as well.
_TEXT, _BLOCKS = 9000, 60


def details(escalation: Escalation, around: Around, page: int = 0) -> dict[str, Any]:
    """One page of everything; a page out of range is the nearest there is."""
    whole, readable = everything(escalation, around)
    pages = _pages(whole)
    page = min(max(page, 0), len(pages) - 1)
    last = page == len(pages) - 1
    blocks = list(pages[page])
    if len(pages) > 1:
        blocks.append(context(plain(wording_details.page(page + 1, len(pages)))))
    free = escalation.status == "open" and escalation.intent is None
    approvable = free and offers.allowed(escalation, "approve")
    if approvable and not (last and readable):
        reason = wording_details.APPROVE_ON_LAST_PAGE if readable else wording_details.NOT_READABLE
        blocks.append(context(plain(reason)))
    buttons: list[Element] = []
    if page > 0:
        buttons.append(_turn(escalation, wording_details.PREVIOUS, names.PAGE_PREV, page - 1))
    if not last:
        buttons.append(_turn(escalation, wording_details.NEXT, names.PAGE_NEXT, page + 1))
    if approvable and last and readable:
        buttons.append(offers.approve_button(escalation))
    if escalation.intent is not None:
        blocks.append(section(pending_line(escalation, escalation.intent, around)))
        buttons += pending_buttons(escalation, escalation.intent)
    if free:
        # A row of a storm card has no room for them, and one place does for both.
        buttons += offers.form_buttons(escalation) + frame.menu_of(*offers.hands(escalation))
    packed = names.pack(escalation.id, escalation.shown_digest, page)
    if buttons:
        blocks.append(actions(packed, buttons))
    return modal(
        wording_details.DETAILS_TITLE,
        blocks,
        callback_id=names.DETAILS,
        metadata=packed,
        close=wording_whispers.CLOSE,
    )


def _turn(escalation: Escalation, label: str, action_id: str, page: int) -> Element:
    return button(label, action_id, names.pack(escalation.id, escalation.shown_digest, page))


def _pages(blocks: list[tuple[Block, int]]) -> list[list[Block]]:
    pages: list[list[Block]] = [[]]
    text = 0
    for block, size in blocks:
        if pages[-1] and (text + size > _TEXT or len(pages[-1]) == _BLOCKS):
            pages.append([])
            text = 0
        pages[-1].append(block)
        text += size
    return pages
