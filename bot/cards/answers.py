"""What came back from an input, as the value it means. Everything that comes back is hostile."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bot.cards import names, wording_forms
from bot.cards.fields import LONGEST_TEXT, Field
from bot.cards.text import clean

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
_LARGEST_EXACT = 2**53 - 1


class Unchanged:
    """The input came back as it was shown."""


class Removed:
    """The optional value was taken away."""


def answered(field: Field, index: int, values: Any) -> Any:
    """The new value, Unchanged or Removed.

    Raises ValueError with a sentence for the person.
    """
    block = block_of(values, names.field(index))
    if block is None:
        return Unchanged()
    raw = chosen(block) if field.kind in {"choice", "boolean"} else typed(block)
    if raw == field.initial or (raw is None and field.initial is None):
        return Unchanged()
    if raw is None or raw == "":
        return _emptied(field)
    match field.kind:
        case "text":
            return _text(field, raw)
        case "choice":
            return field.choices[_index(raw, len(field.choices))]
        case "boolean":
            return _index(raw, 2) == 0
        case _:
            return _number(field, raw)


def block_of(values: Any, block_id: str) -> Mapping[str, Any] | None:
    """The state of our one input in a block, if the payload has it in its right shape."""
    block = values.get(block_id) if isinstance(values, Mapping) else None
    state = block.get(names.INPUT) if isinstance(block, Mapping) else None
    return state if isinstance(state, Mapping) else None


def typed(state: Mapping[str, Any] | None) -> str | None:
    value = state.get("value") if state is not None else None
    return value if isinstance(value, str) else None


def chosen(state: Mapping[str, Any] | None) -> str | None:
    selected = state.get("selected_option") if state is not None else None
    value = selected.get("value") if isinstance(selected, Mapping) else None
    return value if isinstance(value, str) else None


def ticked(state: Mapping[str, Any] | None) -> set[str]:
    selected = state.get("selected_options") if state is not None else None
    if not isinstance(selected, list):
        return set()
    values = (one.get("value") for one in selected if isinstance(one, Mapping))
    return {value for value in values if isinstance(value, str)}


def sendable(text: str) -> str:
    """The text, if it can travel as JSON and is not longer than a form allows."""
    if _UNSENDABLE.search(text):
        raise ValueError(wording_forms.UNSENDABLE)
    if len(text) > LONGEST_TEXT:
        raise ValueError(wording_forms.TOO_LONG)
    return text


def _emptied(field: Field) -> Any:
    if field.initial is None:
        return Unchanged()
    if field.required and not field.nullable:
        raise ValueError(wording_forms.REQUIRED)
    return None if field.nullable else Removed()


def _text(field: Field, raw: str) -> Any:
    # Slack and browsers may hand line ends back in another form than they got them.
    if field.initial is not None and clean(raw) == field.initial:
        return Unchanged()
    return sendable(raw)


def _index(raw: str, count: int) -> int:
    if raw.isascii() and raw.isdigit() and len(raw) <= 3 and int(raw) < count:
        return int(raw)
    raise ValueError(wording_forms.NOT_A_CHOICE)


def _number(field: Field, raw: str) -> Any:
    text = raw.strip()
    if _DECIMAL_COMMA.fullmatch(text):
        raise ValueError(wording_forms.DECIMAL_COMMA)
    if len(text) > 60 or not _NUMBER.fullmatch(text):
        raise ValueError(wording_forms.NOT_A_NUMBER)
    value = _whole(text) if field.kind == "integer" else _parsed(text)
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        raise ValueError(wording_forms.TOO_LARGE)
    same = isinstance(field.value, int | float) and not isinstance(field.value, bool)
    return Unchanged() if same and value == field.value else value


def _whole(text: str) -> int:
    number = Decimal(text)
    if number != number.to_integral_value():
        raise ValueError(wording_forms.NOT_WHOLE)
    return int(number)


def _parsed(text: str) -> int | float:
    if text.lstrip("+-").isdigit():
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(wording_forms.TOO_LARGE)
    return number
