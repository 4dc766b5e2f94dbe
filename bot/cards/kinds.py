"""Which of Slack's inputs suits a value, and what it shows of it without losing anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from bot.cards import json_text, longtext, wording_forms
from bot.cards.arguments import number_in_words
from bot.cards.pointers import followed
from bot.cards.states import LONGEST_TEXT
from bot.cards.text import clip, length, one_line, showable
from bot.cards.times import date_of, seconds_of

Kind = Literal[
    "number", "integer", "text", "choice", "choices", "boolean", "date", "moment", "lines", "json"
]  # fmt: skip
#: What an input shows: a text, the indices of choices, or nothing.
Shown = str | tuple[str, ...] | None

MOST_CHOICES, LONGEST_NUMBER = 100, 40
_CHOICE_LABEL = 75
_SCALARS: dict[str, Kind] = {
    "number": "number", "integer": "integer", "string": "text", "boolean": "boolean",
    "object": "json", "array": "json",
}  # fmt: skip


class UnshowableError(Exception):
    """No input holds this value; the sentence says why."""


def schema_of(value: Any) -> Mapping[str, Any]:
    """A schema in the value's own words, for tools that send none."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case [*items] if items and all(isinstance(one, str) for one in items):
            return {"type": "array", "items": {"type": "string"}}
        case list():
            return {"type": "array"}
        case dict():
            return {"type": "object"}
        case _:
            return {}


def kind_of(root: Mapping[str, Any], schema: Mapping[str, Any]) -> Kind | None:
    """The kind that the schema alone asks for; None where there is nothing to choose or to say."""
    if "const" in schema:
        return None
    if (listed := _listed(schema)) is not None:
        return _kind_of_listed(schema, listed)
    match types_of(schema):
        case ["string"]:
            formats: dict[object, Kind] = {"date": "date", "date-time": "moment"}
            asked = schema.get("format")
            return formats.get(asked, "text") if isinstance(asked, str) else "text"
        case ["array"]:
            items = followed(root, schema.get("items"))
            if usable(choices_of(items)):
                return "choices"
            return "lines" if types_of(items) == ["string"] else "json"
        case [one]:
            return _SCALARS.get(one)
        case _:
            return None


def _kind_of_listed(schema: Mapping[str, Any], listed: Sequence[Any]) -> Kind | None:
    choices = choices_of(schema)
    if usable(choices):
        return "choice"
    # Too many for a list, or too alike: typed, and checked against it.
    return "text" if choices and all(isinstance(one, str) for one in listed) else None


def types_of(schema: Mapping[str, Any]) -> list[str]:
    """The types that the schema names, but for null."""
    declared = schema.get("type")
    types = declared if isinstance(declared, list) else [declared]
    return [one for one in types if isinstance(one, str) and one != "null"]


def choices_of(schema: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """Value and label of everything that an enum, or a oneOf of constants, offers."""
    branches = _branches(schema)
    titles = [one.get("title") for one in branches] if branches else []
    choices = []
    for place, value in enumerate(_listed(schema) or ()):
        title = titles[place] if titles else None
        label = title if isinstance(title, str) and one_line(title) else _in_words(value)
        if value is not None:
            choices.append((value, clip(one_line(label), _CHOICE_LABEL)))
    return choices


def usable(choices: Sequence[tuple[Any, str]]) -> bool:
    """Whether a select can offer them, no two looking the same."""
    labels = [label for _, label in choices]
    return (
        0 < len(choices) <= MOST_CHOICES
        and all(labels)
        and len(set(labels)) == len(labels)
        and all(isinstance(value, str | int | float) for value, _ in choices)
    )


def nullable(schema: Mapping[str, Any]) -> bool:
    declared, listed = schema.get("type"), _listed(schema)
    return (
        schema.get("nullable") is True
        or (isinstance(declared, list) and "null" in declared)
        or (listed is not None and None in listed)
    )


def _listed(schema: Mapping[str, Any]) -> Sequence[Any] | None:
    branches = _branches(schema)
    if branches:
        return [one["const"] for one in branches]
    listed = schema.get("enum")
    return listed if isinstance(listed, list) else None


def _branches(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The branches of "one of these constants"."""
    for keyword in ("oneOf", "anyOf"):
        found = schema.get(keyword)
        if isinstance(found, list) and all(isinstance(b, dict) and "const" in b for b in found):
            return found
    return ()


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number_in_words(value)
    return one_line(value) if isinstance(value, str) else ""


def shown_as(kind: Kind, value: Any, choices: Sequence[tuple[Any, str]]) -> tuple[Kind, Shown]:
    """What the input shows of a value that is there, in its own kind or in the nearest that can.

    None where the value is of another type than the schema wants: the input starts empty.
    Raises UnshowableError where the value would come back as another one.
    """
    if value is None:
        return kind, None
    if isinstance(value, dict | list) and kind not in {"choices", "lines", "json"}:
        raise UnshowableError(wording_forms.OTHER_TYPE)
    match kind:
        case "boolean":
            return kind, str(int(not value)) if isinstance(value, bool) else None
        case "choice":
            found = _places([value], choices)
            return kind, found[0] if found else None
        case "number" | "integer":
            return _number(kind, value)
        case "date" | "moment" | "text":
            return _text(kind, value)
        case "choices":
            few = isinstance(value, list) and len(value) <= len(choices)
            places = _places(value, choices) if few else None
            if places is not None and len(set(places)) == len(places):
                return kind, places or None
        case "lines":
            if isinstance(value, list) and all(isinstance(one, str) for one in value):
                text = "\n".join(value)
                if all(map(_is_one_line, value)) and length(text) <= LONGEST_TEXT:
                    return kind, text or None
        case _:
            pass
    return "json", _json(value)


def _text(kind: Kind, value: Any) -> tuple[Kind, Shown]:
    if not isinstance(value, str):
        return kind, None
    if kind == "date" and date_of(value) is not None:
        return kind, value
    if kind == "moment" and (seconds := seconds_of(value)) is not None:
        return kind, str(seconds)
    if not showable(value):
        raise UnshowableError(wording_forms.UNSEEN)
    if not longtext.fits(value):
        raise UnshowableError(wording_forms.TOO_LONG_FOR_A_FORM)
    return "text", value if value.strip() else None


def _number(kind: Kind, value: Any) -> tuple[Kind, Shown]:
    """The number without an exponent, since Slack's input takes none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return kind, None
    written = number_in_words(value)
    if isinstance(value, float) and "e" in written:
        written = f"{value:.20f}".rstrip("0").rstrip(".")
    plain = written.lstrip("-").replace(".", "", 1)
    if not plain.isdigit() or len(written) > LONGEST_NUMBER or float(written) != float(value):
        raise UnshowableError(wording_forms.TOO_LONG_FOR_A_FORM)
    return "number" if "." in written else kind, written


def _json(value: Any) -> str:
    text = json_text.written(value)
    if text is None:
        raise UnshowableError(wording_forms.TOO_LONG_FOR_A_FORM)
    return text


def _places(values: Sequence[Any], choices: Sequence[tuple[Any, str]]) -> tuple[str, ...] | None:
    """The indices of the values among the choices; None when one is none of them."""
    places = []
    for value in values:
        found = (str(i) for i, (one, _) in enumerate(choices) if is_same(one, value))
        place = next(found, None)
        if place is None:
            return None
        places.append(place)
    return tuple(places)


def is_same(one: Any, value: Any) -> bool:
    """Equal as JSON is: 1 and 1.0 are, 1 and true are not."""
    return isinstance(one, bool) == isinstance(value, bool) and bool(one == value)


def _is_one_line(item: str) -> bool:
    return bool(item) and item == item.strip() and "\n" not in item and showable(item)
