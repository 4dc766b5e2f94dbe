"""What a submitted form carries, input by input. Everything that comes back is hostile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.cards import names, wording_forms

#: What a plain_text_input takes.
LONGEST_TEXT = 3000
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")


class FormError(Exception):
    """Something in a form has to be mended: block id → sentence for the person.

    `readable` is what came of the rest, so that its mistakes can be told along.
    """

    def __init__(self, errors: dict[str, str], readable: Any = None) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors
        self.readable = readable


def state_of(values: Any, block_id: str, action_id: str = names.INPUT) -> Mapping[str, Any] | None:
    """The state of our input in a block, if the payload has it in its right shape."""
    block = values.get(block_id) if isinstance(values, Mapping) else None
    state = block.get(action_id) if isinstance(block, Mapping) else None
    return state if isinstance(state, Mapping) else None


def typed(state: Mapping[str, Any] | None, key: str = "value") -> str | None:
    value = state.get(key) if state is not None else None
    return value if isinstance(value, str) else None


def chosen(state: Mapping[str, Any] | None) -> str | None:
    selected = state.get("selected_option") if state is not None else None
    value = selected.get("value") if isinstance(selected, Mapping) else None
    return value if isinstance(value, str) else None


def moment_in(state: Mapping[str, Any] | None) -> datetime | None:
    """What a date and time picker says, if it says a moment at all."""
    at = state.get("selected_date_time") if state is not None else None
    if not isinstance(at, int) or isinstance(at, bool) or not 0 <= at < 10**10:
        return None
    return datetime.fromtimestamp(at, UTC)


def ticked(state: Mapping[str, Any] | None) -> set[str]:
    selected = state.get("selected_options") if state is not None else None
    if not isinstance(selected, list):
        return set()
    values = (one.get("value") for one in selected if isinstance(one, Mapping))
    return {value for value in values if isinstance(value, str)}


def left_over(values: Any, ours: str, known: Mapping[str, str]) -> dict[str, str]:
    """An error at every answer to an input that this form does not have (any more).

    `ours` is the pattern of its block ids, `known` block id → action id. The form may have been
    drawn by an older release, or over other values: what was typed there means something else.
    """
    if not isinstance(values, Mapping):
        return {}
    return {
        block_id: wording_forms.FORM_CHANGED
        for block_id in values
        if isinstance(block_id, str)
        and re.fullmatch(ours, block_id)
        and (block_id not in known or state_of(values, block_id, known[block_id]) is None)
    }


def sendable(text: str) -> str:
    """The text, if it can travel as JSON and is not longer than an input allows."""
    if _UNSENDABLE.search(text):
        raise ValueError(wording_forms.UNSENDABLE)
    if len(text) > LONGEST_TEXT:
        raise ValueError(wording_forms.TOO_LONG)
    return text
