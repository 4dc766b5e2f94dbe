"""What came back from a form, as the value it means. Everything that comes back is hostile."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from bot.cards import json_text, longtext, names, times, wording_forms
from bot.cards.fields import Field
from bot.cards.kinds import is_same
from bot.cards.pointers import parts, with_value, without
from bot.cards.states import FormError, chosen, left_over, sendable, state_of, ticked, typed
from bot.cards.text import clean, clip, one_line
from bot.domain.errors import Fault

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_LARGEST_EXACT = json_text.LARGEST_EXACT
_LONGEST_ERROR = 300


class Unchanged:
    """The input came back as it was shown."""


class Removed:
    """The optional value was taken away."""


def read_answers(fields: Sequence[Field], start: Any, values: Any) -> Any:
    """The value with what was answered in it; `start` itself when nothing was changed.

    Raises FormError. What the schema says of the whole is for the caller, and `errors_at`.
    """
    known = {
        block_id: action_id
        for index, field in enumerate(fields)
        for block_id, action_id in field.action_ids(names.field(index)).items()
    }
    value, errors = start, left_over(values, f"{names.FIELD}.*", known)
    for index, field in enumerate(fields):
        block_id = names.field(index)
        try:
            answer = _answered(field, block_id, values)
        except FormError as wrong:
            errors = wrong.errors | errors
        except ValueError as wrong:
            errors.setdefault(block_id, clip(one_line(str(wrong)), _LONGEST_ERROR))
        else:
            if isinstance(answer, Removed):
                value = without(value, field.path)
            elif not isinstance(answer, Unchanged):
                value = with_value(value, field.path, answer)
    if errors:
        raise FormError(errors, value)
    return value


def errors_at(fields: Sequence[Field], faults: Iterable[Fault], otherwise: str) -> dict[str, str]:
    """Each fault at the input it belongs to; one that belongs to none at the block `otherwise`."""
    errors: dict[str, str] = {}
    for fault in faults:
        path = tuple(parts(fault.pointer))
        index, inside = _place(fields, path)
        block_id = otherwise if index is None else names.field(index)
        sentence = fault.message
        if inside:
            sentence = wording_forms.within("/".join(inside), fault.message)
        elif index is None:
            sentence = wording_forms.elsewhere("/".join(path), fault.message)
        errors.setdefault(block_id, clip(one_line(sentence), _LONGEST_ERROR))
    return errors


def _place(fields: Sequence[Field], path: tuple[str, ...]) -> tuple[int | None, tuple[str, ...]]:
    """The field that holds the path, and the rest of the way in it; or the first one below it."""
    for index, field in enumerate(fields):
        if path[: len(field.path)] == field.path:
            return index, path[len(field.path) :]
    for index, field in enumerate(fields):
        if path and field.path[: len(path)] == path:
            return index, ()
    return None, ()


def _answered(field: Field, block_id: str, values: Any) -> Any:
    """The new value, Unchanged or Removed. Raises ValueError with a sentence, or FormError."""
    if field.kind == "text":
        return _text(field, block_id, values)
    state = state_of(values, block_id, names.input_of(field.meaning))
    if state is None:
        return Unchanged()
    match field.kind:
        case "choices":
            return _choices(field, ticked(state))
        case "choice" | "boolean":
            raw = chosen(state)
        case "date":
            raw = typed(state, "selected_date")
        case "moment":
            raw = _seconds(state.get("selected_date_time"))
        case _:
            raw = typed(state)
    if raw == field.initial or (field.initial is None and not raw):
        return Unchanged()
    if not (raw or "").strip():
        return _emptied(field)
    return _meant(field, raw or "")


def _meant(field: Field, raw: str) -> Any:
    match field.kind:
        case "choice":
            return field.choices[_index(raw, len(field.choices))]
        case "boolean":
            return _index(raw, 2) == 0
        case "date":
            if times.date_of(raw) is None:
                raise ValueError(wording_forms.NOT_A_DATE)
            return raw
        case "moment":
            return _moment(field, raw)
        case "lines":
            return _lines(field, raw)
        case "json":
            return _json(field, raw)
        case _:
            return _number(field, raw)


def _emptied(field: Field) -> Any:
    if field.is_list:
        return []
    if field.required and not field.nullable:
        raise ValueError(wording_forms.REQUIRED)
    return None if field.nullable else Removed()


def _text(field: Field, block_id: str, values: Any) -> Any:
    shown = field.text
    text = longtext.read_long_text(block_id, shown, values, meaning=field.meaning)
    if text == shown:
        return Unchanged()
    if not text:
        return _emptied(field)
    listed = field.schema.get("enum")
    if isinstance(listed, list) and text not in listed:
        raise ValueError(wording_forms.not_listed([one for one in listed if one]))
    return text


def _choices(field: Field, ticks: set[str]) -> Any:
    places = {_index(raw, len(field.choices)) for raw in ticks}
    before = [int(place) for place in field.initial or ()]
    if places == set(before):
        return Unchanged()
    # Those that stay keep their order; Slack's own order means nothing.
    kept = [place for place in before if place in places]
    return [field.choices[place] for place in [*kept, *sorted(places - set(kept))]]


def _index(raw: str, count: int) -> int:
    if raw.isascii() and raw.isdigit() and len(raw) <= 3 and int(raw) < count:
        return int(raw)
    raise ValueError(wording_forms.NOT_A_CHOICE)


def _seconds(raw: Any) -> str | None:
    return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else None


def _moment(field: Field, raw: str) -> Any:
    if field.initial is not None and int(raw) // times.MINUTE == int(field.text) // times.MINUTE:
        return Unchanged()
    written = times.moment_like(int(raw), field.value if field.initial is not None else None)
    if written is None:
        raise ValueError(wording_forms.NOT_A_DATE)
    return written


def _lines(field: Field, raw: str) -> Any:
    lines = [line.strip() for line in sendable(raw).splitlines()]
    lines = [line for line in lines if line]
    before = field.value if field.initial is not None else None
    if before is not None and [clean(line) for line in lines] == [clean(one) for one in before]:
        return Unchanged()
    return lines


def _json(field: Field, raw: str) -> Any:
    value = json_text.read(raw)
    if field.initial is not None and json_text.same(value, field.value):
        return Unchanged()
    before = field.value if field.initial is not None else None
    json_text.check_names(field.root, field.path, value, before)
    return value


def _number(field: Field, raw: str) -> Any:
    text = raw.strip()
    if _DECIMAL_COMMA.fullmatch(text):
        raise ValueError(wording_forms.DECIMAL_COMMA)
    if len(text) > 60 or not _NUMBER.fullmatch(text):
        raise ValueError(wording_forms.NOT_A_NUMBER)
    value = _whole(text) if field.kind == "integer" else _parsed(text)
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        raise ValueError(wording_forms.TOO_LARGE)
    same = isinstance(field.value, int | float) and is_same(value, field.value)
    return Unchanged() if same else value


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
