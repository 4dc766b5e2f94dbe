"""Which arguments a form can hold: JSON Schema in, typed fields out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.cards.arguments import is_sensitive, label_of, number_in_words
from bot.cards.pointers import declared, parts, required, value_at
from bot.cards.text import clean, length, one_line
from bot.domain.request import ToolCall

Kind = Literal["number", "integer", "text", "choice", "boolean"]

#: Beyond these a form is no longer one screen, or Slack has no input for it.
MOST_FIELDS, MOST_CHOICES, LONGEST_TEXT, LONGEST_NUMBER = 40, 100, 3000, 40
_CHOICE_LABEL = 75
_SCALARS: dict[str, Kind] = {
    "number": "number", "integer": "integer", "string": "text", "boolean": "boolean",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One editable argument.

    `initial` is what the form shows in it: a text, the index of a choice, or None. What comes
    back as it was shown leaves the argument exactly as the agent sent it.
    """

    path: tuple[str, ...]
    kind: Kind
    label: str
    schema: Mapping[str, Any]
    present: bool
    value: Any
    initial: str | None
    choices: tuple[Any, ...]
    labels: tuple[str, ...]
    sensitive: bool
    required: bool
    nullable: bool

    @property
    def may_stay_empty(self) -> bool:
        return not self.required or (self.present and self.initial is None)


def fields_of(tool: ToolCall | None) -> list[Field]:
    """The editable fields in the order in which the form asks them; at most 40."""
    if tool is None:
        return []
    found: list[Field] = []
    for path in _editable(tool):
        made = _field(tool, path)
        if made is not None:
            found.append(made)
        if len(found) == MOST_FIELDS:
            break
    return found


def _editable(tool: ToolCall) -> list[tuple[str, ...]]:
    """The paths that may be edited, none of them within another."""
    if tool.editable is not None:
        paths = dict.fromkeys(tuple(parts(path)) for path in tool.editable)
        return [path for path in paths if path]
    if tool.input_schema is None:
        return [(name,) for name in tool.arguments]
    properties = declared(tool.input_schema, []).get("properties")
    return [(name,) for name in properties] if isinstance(properties, dict) else []


def _field(tool: ToolCall, path: tuple[str, ...]) -> Field | None:
    present, value = value_at(tool.arguments, path)
    if not isinstance(value_at(tool.arguments, path[:-1])[1], dict):
        return None
    if isinstance(value, dict | list):
        return None
    whole: Mapping[str, Any] = tool.input_schema or {}
    schema = declared(whole, path)
    if "type" not in schema:  # then the form comes from the argument's own JSON type
        schema = {**_schema_of(value), **schema}
    choices, labels = _choices(schema)
    kind = _kind(schema, choices)
    if kind is None or (kind == "choice" and not labels):
        return None
    sensitive = is_sensitive(tool, path)
    if kind == "text" and isinstance(value, str) and length(value) > LONGEST_TEXT:
        return None
    return Field(
        path=path, kind=kind, label=_label(path, schema), schema=schema, present=present,
        value=value, initial=None if sensitive else _initial(kind, value, choices, present=present),
        choices=choices, labels=labels, sensitive=sensitive,
        required=required(whole, path) if tool.input_schema is not None else True,
        nullable=_is_nullable(schema),
    )  # fmt: skip


def _label(path: tuple[str, ...], schema: Mapping[str, Any]) -> str:
    label = label_of(path[-1], schema)
    return label[:1].upper() + label[1:]


def _schema_of(value: Any) -> Mapping[str, Any]:
    match value:
        case bool():
            return {"type": "boolean"}
        case int() | float():
            return {"type": "number"}
        case str():
            return {"type": "string"}
        case _:
            return {}


def _kind(schema: Mapping[str, Any], choices: tuple[Any, ...]) -> Kind | None:
    if choices:
        return "choice"
    if "enum" in schema or "const" in schema:
        return None
    declared_type = schema.get("type")
    types = declared_type if isinstance(declared_type, list) else [declared_type]
    others = [one for one in types if one != "null"]
    if len(others) != 1 or not isinstance(others[0], str):
        return None
    return _SCALARS.get(others[0])


def _choices(schema: Mapping[str, Any]) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The values of an enum and their labels; no labels where two would look the same."""
    listed = schema.get("enum")
    if not isinstance(listed, list):
        return (), ()
    choices = tuple(one for one in listed if one is not None)
    labels = tuple(_choice_in_words(one) for one in choices)
    usable = (
        len(choices) <= MOST_CHOICES
        and all(isinstance(one, str | int | float) for one in choices)
        and all(0 < length(label) <= _CHOICE_LABEL for label in labels)
        and len(set(labels)) == len(labels)
    )
    return choices, labels if usable else ()


def _choice_in_words(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return number_in_words(value)
    return one_line(value) if isinstance(value, str) else ""


def _is_nullable(schema: Mapping[str, Any]) -> bool:
    declared_type, listed = schema.get("type"), schema.get("enum")
    return (
        schema.get("nullable") is True
        or (isinstance(declared_type, list) and "null" in declared_type)
        or (isinstance(listed, list) and None in listed)
    )


def _initial(kind: Kind, value: Any, choices: tuple[Any, ...], *, present: bool) -> str | None:
    if not present or value is None:
        return None
    match kind:
        case "boolean":
            return str(int(not value)) if isinstance(value, bool) else None
        case "choice":
            return next((str(i) for i, one in enumerate(choices) if _is(one, value)), None)
        case "text":
            return (clean(value) if isinstance(value, str) else "") or None
        case _:
            return _number_as_typed(value)


def _is(one: Any, value: Any) -> bool:
    return isinstance(one, bool) == isinstance(value, bool) and bool(one == value)


def _number_as_typed(value: Any) -> str | None:
    """The number without an exponent, since Slack's input takes none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    written = number_in_words(value)
    if isinstance(value, float) and "e" in written:
        written = f"{value:.20f}".rstrip("0").rstrip(".")
    plain = written.lstrip("-").replace(".", "", 1)
    return written if plain.isdigit() and len(written) <= LONGEST_NUMBER else None
