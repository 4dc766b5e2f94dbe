"""The form in which an admin changes what a category delivers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.cards import names, wording_forms, wording_learning
from bot.cards.blocks import Block, field_of, modal, option, prose
from bot.cards.states import FormError, chosen, sendable, state_of, typed
from bot.cards.text import clean
from bot.domain.category import Learned, Order

_LONGEST = 500


def category_form(seen: Learned) -> dict[str, Any]:
    """What makes sense now; how it stands is above."""
    options = [option(wording_learning.ORDERS[one], one) for one in seen.orders]
    radio = {"type": "radio_buttons", "action_id": names.INPUT, "options": options}
    text = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": _LONGEST,
    }  # fmt: skip
    blocks: list[Block] = [
        prose(seen.name, "\n".join(wording_learning.in_words(seen))),
        field_of(names.ORDER, wording_learning.ORDER_LABEL, radio, optional=False),
        field_of(
            names.REASON, wording_learning.REASON_LABEL, text, optional=False,
            hint=wording_learning.REASON_HINT,
        ),
    ]  # fmt: skip
    return modal(
        wording_learning.FORM_TITLE, blocks, callback_id=names.CATEGORY_FORM, metadata=seen.name,
        submit=wording_learning.SUBMIT, close=wording_forms.CANCEL,
    )  # fmt: skip


def read_category_form(values: Mapping[str, Any]) -> tuple[Order, str]:
    """The order and the reason. Raises FormError."""
    errors: dict[str, str] = {}
    wanted = chosen(state_of(values, names.ORDER))
    order = next((one for one in wording_learning.ORDERS if one == wanted), None)
    if order is None:
        errors[names.ORDER] = wording_forms.NOT_A_CHOICE
    reason = ""
    try:
        reason = sendable(typed(state_of(values, names.REASON)) or "").strip()[:_LONGEST]
        if not clean(reason).strip():
            errors[names.REASON] = wording_learning.REASON_MISSING
    except ValueError as error:
        errors[names.REASON] = str(error)
    if order is None or errors:
        raise FormError(errors)
    return order, reason
