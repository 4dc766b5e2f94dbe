"""One Slack input for one field, within what Slack's inputs can do."""

from __future__ import annotations

from typing import Any

from bot.cards import names, wording_forms
from bot.cards.blocks import Block, Element, field_of, option, plain
from bot.cards.fields import LONGEST_TEXT, Field
from bot.cards.text import length

_ONE_LINE = 80


def input_of(field: Field, index: int) -> Block:
    """The input, filled with the proposed value. A sensitive one starts empty."""
    match field.kind:
        case "text":
            element = _text(field)
        case "choice":
            element = _select(
                [option(label, str(i)) for i, label in enumerate(field.labels)], field
            )
        case "boolean":
            element = _select(
                [option(wording_forms.FORM_YES, "0"), option(wording_forms.FORM_NO, "1")], field
            )
        case _:
            element = _number(field)
    hint = field.schema.get("description")
    hints = [hint.strip()] if isinstance(hint, str) and hint.strip() else []
    if field.sensitive:
        hints.append(wording_forms.SENSITIVE_HINT)
    return field_of(
        names.field(index), field.label, element, optional=field.may_stay_empty,
        hint=" ".join(hints) or None,
    )  # fmt: skip


def _text(field: Field) -> Element:
    initial = field.initial or ""
    shortest, longest = _bound(field, "minLength"), _bound(field, "maxLength")
    long = length(initial) > _ONE_LINE or "\n" in initial or (longest or LONGEST_TEXT) > 200
    element: Element = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": long,
        "max_length": LONGEST_TEXT,
    }  # fmt: skip
    if field.initial is not None:
        element["initial_value"] = field.initial
    # A value outside its own bounds must still open, so that it can be mended.
    within = (shortest or 0) <= length(initial) <= (longest or LONGEST_TEXT)
    if (within or not initial) and (shortest or 0) <= min(longest or LONGEST_TEXT, LONGEST_TEXT):
        if shortest and not field.may_stay_empty:
            element["min_length"] = shortest
        if longest and longest < LONGEST_TEXT:
            element["max_length"] = longest
    return element


def _bound(field: Field, keyword: str) -> int | None:
    value = field.schema.get(keyword)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _number(field: Field) -> Element:
    element: Element = {
        "type": "number_input", "action_id": names.INPUT,
        "is_decimal_allowed": field.kind == "number",
    }  # fmt: skip
    if field.initial is not None:
        element["initial_value"] = field.initial
    least, most = _limit(field, "minimum"), _limit(field, "maximum")
    typed = None if field.initial is None else float(field.initial)
    fits = typed is None or (
        (least is None or float(least) <= typed) and (most is None or typed <= float(most))
    )
    if fits and (least is None or most is None or float(least) <= float(most)):
        if least is not None:
            element["min_value"] = least
        if most is not None:
            element["max_value"] = most
    return element


def _limit(field: Field, keyword: str) -> str | None:
    """A bound as Slack takes it; what it would refuse is left to our own check."""
    value: Any = field.schema.get(keyword)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    written = str(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)
    if not written.lstrip("-").replace(".", "", 1).isdigit() or len(written) > 15:
        return None
    return written if field.kind == "number" or "." not in written else None


def _select(options: list[Element], field: Field) -> Element:
    element: Element = {
        "type": "static_select", "action_id": names.INPUT, "options": options,
        "placeholder": plain(wording_forms.CHOOSE, 150),
    }  # fmt: skip
    if field.initial is not None:
        element["initial_option"] = options[int(field.initial)]
    return element
