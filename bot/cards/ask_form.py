"""The form behind "Ask the agent…"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cards import names, offers, wording_forms, wording_hands
from bot.cards.around import Around
from bot.cards.blocks import field_of, modal, rich, words
from bot.cards.states import LONGEST_TEXT, FormError, sendable, state_of, typed
from bot.cards.text import clean, clip, one_line
from bot.domain.escalation import Escalation

_ACTION = 300


def ask_form(escalation: Escalation, around: Around) -> dict[str, Any]:  # noqa: ARG001
    box = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": LONGEST_TEXT,
    }  # fmt: skip
    blocks = [
        rich(words(clip(one_line(escalation.shown.headline), _ACTION), bold=True)),
        field_of(
            names.QUESTION, wording_hands.QUESTION_LABEL, box, optional=False,
            hint=wording_hands.QUESTION_HINT,
        ),
    ]  # fmt: skip
    return modal(
        wording_hands.ASK_TITLE, blocks, callback_id=names.ASK_FORM,
        metadata=offers.shown_value(escalation), submit=wording_hands.ASK_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_question(values: Mapping[str, Any]) -> str:
    """Raises FormError when there is none, or when it cannot be sent."""
    try:
        written = sendable(typed(state_of(values, names.QUESTION)) or "").strip()
    except ValueError as error:
        raise FormError({names.QUESTION: str(error)}) from None
    if not clean(written).strip():
        raise FormError({names.QUESTION: wording_hands.QUESTION_MISSING})
    return written
