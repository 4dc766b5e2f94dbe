"""The form behind "Modify…" on an answer: the draft, as long as it is, and a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards import longtext, names, offers, wording, wording_forms
from bot.cards.around import Around
from bot.cards.blocks import Block, field_of, modal, prose, rich, words
from bot.cards.states import LONGEST_TEXT, FormError, sendable, state_of, typed
from bot.cards.text import clip, one_line, paragraphs
from bot.domain.escalation import Escalation

_HEADLINE, _QUESTION = 600, 2000
_MEANING = "the answer"


@dataclass(frozen=True, slots=True)
class DraftAnswer:
    answer: str
    note: str | None


def draft_form(escalation: Escalation, around: Around) -> dict[str, Any]:  # noqa: ARG001
    """The draft in as many inputs as it needs, below the question."""
    blocks = [
        *asked_above(escalation),
        *longtext.long_text_inputs(
            names.DRAFT, wording_forms.DRAFT_LABEL, escalation.shown.answer or "", meaning=_MEANING
        ),
        words_input(names.NOTE, wording_forms.NOTE_LABEL, optional=True),
    ]
    return modal(
        wording_forms.DRAFT_TITLE, blocks, callback_id=names.MODIFY_FORM,
        metadata=offers.shown_value(escalation), submit=wording_forms.DRAFT_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_draft(escalation: Escalation, values: Mapping[str, Any], shown_digest: str) -> DraftAnswer:
    """What is to be sent; what was not touched is exactly as it was shown. Raises FormError."""
    if shown_digest != escalation.shown_digest:
        by = escalation.proposal.by.display_name if escalation.proposal else None
        raise FormError({names.DRAFT: wording_forms.overtaken(by)})
    draft = escalation.shown.answer or ""
    answer = longtext.read_long_text(names.DRAFT, draft, values, meaning=_MEANING)
    if not answer.strip():
        raise FormError({names.DRAFT: wording_forms.REQUIRED})
    try:
        note = sendable(typed(state_of(values, names.NOTE)) or "").strip()
    except ValueError as error:
        raise FormError({names.NOTE: str(error)}) from None
    return DraftAnswer(answer, note or None)


def asked_above(escalation: Escalation) -> list[Block]:
    """What the form is about, above its inputs."""
    request = escalation.shown
    headline = clip(one_line(request.headline), _HEADLINE) or wording.NAMELESS
    blocks = [rich(words(headline, bold=True))]
    if request.question and request.question != request.headline:
        blocks.append(prose(wording.THE_QUESTION, clip(paragraphs(request.question), _QUESTION)))
    return blocks


def words_input(block_id: str, label: str, *, optional: bool) -> Block:
    element = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": LONGEST_TEXT,
    }  # fmt: skip
    return field_of(block_id, label, element, optional=optional)
