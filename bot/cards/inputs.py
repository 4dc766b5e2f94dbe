"""The Slack inputs for a field, within what Slack's inputs can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.cards import longtext, names, wording, wording_forms
from bot.cards.arguments import value_in_words
from bot.cards.blocks import Block, Element, field_of, option, plain
from bot.cards.fields import Field
from bot.cards.states import LONGEST_TEXT
from bot.cards.text import clip, length, one_line

_ONE_LINE, _SENTENCES, _IN_A_HINT = 60, 200, 150


def inputs_of(fields: Sequence[Field]) -> list[Block]:
    """The inputs of a form, filled with the proposed values. Sensitive ones start empty."""
    return [
        block for index, field in enumerate(fields) for block in _inputs(field, names.field(index))
    ]


def _inputs(field: Field, block_id: str) -> list[Block]:
    hint = wording_forms.sentences(_hints(field)) or None
    if field.kind == "text":
        blocks = longtext.long_text_inputs(
            block_id, field.label, field.text, hint=hint, optional=field.may_stay_empty,
            meaning=field.meaning,
        )  # fmt: skip
        if len(blocks) == 1:
            blocks[0]["element"] |= _bounds(field, blocks[0]["element"].get("initial_value", ""))
        return blocks
    element = {"action_id": names.input_of(field.meaning), **_element(field)}
    return [field_of(block_id, field.label, element, optional=field.may_stay_empty, hint=hint)]


def _element(field: Field) -> Element:
    match field.kind:
        case "choice" | "choices":
            return _select(field, field.labels)
        case "boolean":
            return _select(field, (wording_forms.FORM_YES, wording_forms.FORM_NO))
        case "date":
            shown = {"initial_date": field.initial} if field.initial else {}
            return {"type": "datepicker", **shown}
        case "moment":
            at = {"initial_date_time": int(field.text)} if field.initial else {}
            return {"type": "datetimepicker", **at}
        case "number" | "integer":
            return _number(field)
        case _:
            box = {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_TEXT}
            return box | ({"initial_value": field.initial} if field.initial else {})


def _hints(field: Field) -> list[str]:
    """What the schema says of it, then how to write it, then what is in it now."""
    description, default = field.schema.get("description"), field.schema.get("default")
    said = one_line(description) if isinstance(description, str) else ""
    hints = [clip(said, 1000)] if said else []
    match field.kind:
        case "lines":
            hints.append(wording_forms.ONE_A_LINE)
        case "json":
            hints.append(wording_forms.AS_JSON)
        case "moment":
            hints.append(wording_forms.moment_hint(None if field.sensitive else field.value))
        case _:
            pass
    if field.sensitive:
        hints.append(wording_forms.SENSITIVE_HINT)
    elif field.initial is None and field.value not in (None, "", []):
        hints.append(wording_forms.now(clip(one_line(_in_words(field.value)), _IN_A_HINT)))
    elif not field.present and default is not None:
        hints.append(wording_forms.default(clip(one_line(_in_words(default)), _IN_A_HINT)))
    return hints


def _in_words(value: Any) -> str:
    return value_in_words(value) or wording.TOO_DEEP


def _bounds(field: Field, initial: str) -> Element:
    """How tall the box is, and what may be typed into it."""
    shortest, longest = _bound(field, "minLength"), _bound(field, "maxLength")
    # A name gets a single line; sentences get room, and so does what nobody knows yet.
    tall = length(initial) > _ONE_LINE or "\n" in initial or (longest or 0) > _SENTENCES
    unknown = not field.present and longest is None
    element: Element = {"multiline": tall or unknown}
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
    element: Element = {"type": "number_input", "is_decimal_allowed": field.kind == "number"}
    if field.initial is not None:
        element["initial_value"] = field.initial
    least, most = _limit(field, "minimum"), _limit(field, "maximum")
    typed = None if field.initial is None else float(field.text)
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


def _select(field: Field, labels: Sequence[str]) -> Element:
    options = [option(label, str(i)) for i, label in enumerate(labels)]
    many = field.kind == "choices"
    element: Element = {
        "type": "multi_static_select" if many else "static_select", "options": options,
        "placeholder": plain(wording_forms.CHOOSE_SOME if many else wording_forms.CHOOSE, 150),
    }  # fmt: skip
    if isinstance(field.initial, tuple):
        element["initial_options"] = [options[int(place)] for place in field.initial]
    elif field.initial is not None:
        element["initial_option"] = options[int(field.initial)]
    return element
