"""Which values a form can hold: JSON Schema and a value in, typed fields out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from bot.cards import longtext, names, wording_forms
from bot.cards.arguments import label_of
from bot.cards.kinds import (
    Kind,
    Shown,
    UnshowableError,
    choices_of,
    kind_of,
    nullable,
    schema_of,
    shown_as,
    types_of,
)  # fmt: skip
from bot.cards.pointers import declared, followed, parts, required, value_at, with_value
from bot.domain.request import ToolCall

#: Beyond these a form is no longer one screen, or Slack refuses it: 100 blocks and 250 KB a view,
#: of which some are kept for what stands around the fields.
MOST_FIELDS, _MOST_INPUTS, _MOST_BYTES = 40, 90, 170_000
_DEEPEST_FORM = 4
_OF_A_FIELD, _OF_A_PIECE, _OF_AN_OPTION = 2500, 1300, 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One editable value.

    `initial` is what the form shows in it: a text, the index of a choice (or several), or None.
    What comes back as it was shown leaves the value exactly as it was.
    """

    path: tuple[str, ...]
    kind: Kind
    label: str
    schema: Mapping[str, Any]
    #: The whole schema, in which the field's references lead on.
    root: Mapping[str, Any]
    present: bool
    value: Any
    initial: Shown
    choices: tuple[Any, ...]
    labels: tuple[str, ...]
    sensitive: bool
    required: bool
    nullable: bool

    @property
    def is_list(self) -> bool:
        return self.kind in {"lines", "choices"}

    @property
    def may_stay_empty(self) -> bool:
        if self.is_list and not self.schema.get("minItems"):
            return True
        return not self.required or (self.present and self.initial is None)

    @property
    def text(self) -> str:
        """What a text field shows, before it is cut into pieces."""
        return self.initial if isinstance(self.initial, str) else ""

    @property
    def meaning(self) -> str:
        """What an answer to this input means; another meaning has another action id."""
        return json.dumps([self.path, self.kind, self.initial, self.labels])

    def action_ids(self, block_id: str) -> dict[str, str]:
        """Block id → action id of its input, or of its inputs."""
        if self.kind == "text":
            return longtext.action_ids(block_id, self.text, self.meaning)
        return {block_id: names.input_of(self.meaning)}


@dataclass(frozen=True, slots=True)
class Layout:
    """The fields of a form, and why some of what may be edited has none."""

    fields: list[Field]
    #: Path → sentence.
    left_out: dict[tuple[str, ...], str]
    #: How many more would have been fields.
    crowded_out: int


def fields_of(
    schema: Mapping[str, Any] | None,
    value: Any,
    *,
    editable: Sequence[str] | None = None,
    sensitive: Sequence[str] = (),
) -> list[Field]:
    """The editable fields in the order in which the form asks them; at most 40."""
    return layout_of(schema, value, editable=editable, sensitive=sensitive).fields


def fields_of_tool(tool: ToolCall | None) -> list[Field]:
    """The editable arguments."""
    return layout_of_tool(tool).fields


def layout_of_tool(tool: ToolCall | None) -> Layout:
    if tool is None:
        return Layout([], {}, 0)
    return layout_of(
        tool.input_schema, tool.arguments, editable=tool.editable, sensitive=tool.sensitive
    )


def fields_of_schema(schema: Mapping[str, Any]) -> list[Field]:
    """An empty form for an answer of any JSON type; start from `start_of(schema)`.

    Objects in objects are asked property by property; what no input suits is asked as JSON.
    """
    start = start_of(schema)
    fields = [_field(schema, start, path, (), fallback="json") for path in _leaves(schema)]
    return _arranged([field for field in fields if isinstance(field, Field)], {}).fields


def start_of(schema: Mapping[str, Any]) -> Any:
    """What an answer holds before anybody fills it in: required constants, and empty lists."""
    start: Any = {} if _properties(declared(schema, ())) else None
    for path in _leaves(schema, constants=True):
        here = declared(schema, path)
        if not _is_required(schema, path, None):
            continue
        if "const" in here:
            start = with_value(start, path, here["const"])
        elif types_of(here) == ["array"] and not here.get("minItems"):
            start = with_value(start, path, [])
    return start


def layout_of(
    schema: Mapping[str, Any] | None,
    value: Any,
    *,
    editable: Sequence[str] | None = None,
    sensitive: Sequence[str] = (),
) -> Layout:
    """What can be edited in a value, and what cannot. Without a schema its own types decide."""
    found: list[Field] = []
    left_out: dict[tuple[str, ...], str] = {}
    crowded_out = 0
    for path, made in _found(schema, value, editable, sensitive):
        if len(found) >= MOST_FIELDS:  # the rest is not even looked at: there may be thousands
            crowded_out += 1
        elif isinstance(one := made(), Field):
            found.append(one)
        elif one:
            left_out[path] = one
    whole = [one.path for one in found]
    outer = [
        one for one in found if not any(one.path[:n] in whole for n in range(1, len(one.path)))
    ]
    return _arranged(outer, left_out, crowded_out)


def any_field(tool: ToolCall | None) -> bool:
    """Whether a form would have a field at all, at a smaller price than its layout."""
    if tool is None:
        return False
    found = _found(tool.input_schema, tool.arguments, tool.editable, tool.sensitive)
    return any(isinstance(made(), Field) for _, made in found)


def _found(
    schema: Mapping[str, Any] | None,
    value: Any,
    editable: Sequence[str] | None,
    sensitive: Sequence[str],
) -> Iterator[tuple[tuple[str, ...], Callable[[], Field | str]]]:
    """Each path that may be edited, and what makes its field."""
    hidden = [tuple(parts(path)) for path in sensitive]
    for path in _editable(schema, value, editable):
        yield path, partial(_field, schema, value, path, hidden)


def _editable(
    schema: Mapping[str, Any] | None, value: Any, editable: Sequence[str] | None
) -> list[tuple[str, ...]]:
    if editable is not None:
        paths = dict.fromkeys(tuple(parts(path)) for path in editable)
        return [path for path in paths if path]
    if schema is None:
        return [(name,) for name in value]
    return [(name,) for name in _properties(declared(schema, ()))]


def _field(
    schema: Mapping[str, Any] | None,
    value: Any,
    path: tuple[str, ...],
    hidden: Sequence[tuple[str, ...]],
    fallback: Kind | None = None,
) -> Field | str:
    """The field, or why there is none; an empty reason is none worth telling."""
    present, value_here = value_at(value, path)
    holder = value_at(value, path[:-1])[1] if path else {}
    if fallback is None and not (isinstance(holder, dict) or present):
        return ""
    root: Mapping[str, Any] = schema or {}
    here = declared(root, path)
    if "type" not in here:  # then the value's own JSON type decides
        here = {**schema_of(value_here), **here}
    choices = choices_of(here)
    kind = kind_of(root, here) or (None if "const" in here else fallback)
    if kind is None:
        return ""
    if kind == "choices":
        choices = choices_of(followed(root, here.get("items")))
    sensitive = any(path[: len(one)] == one[: len(path)] for one in hidden)
    initial: Shown = None
    if not sensitive:
        try:
            kind, initial = shown_as(kind, value_here, choices)
        except UnshowableError as why:
            return str(why)
    elif any(len(one) > len(path) and one[: len(path)] == path for one in hidden) and (
        kind in {"json", "lines", "choices"}
    ):
        return wording_forms.HOLDS_HIDDEN
    listed = choices if kind in {"choice", "choices"} else []
    return Field(
        path=path, kind=kind, label=_label(path, here), schema=here, root=root,
        present=present, value=value_here, initial=initial,
        choices=tuple(one for one, _ in listed), labels=tuple(label for _, label in listed),
        sensitive=sensitive, nullable=nullable(here),
        required=schema is None or isinstance(holder, list) or _is_required(schema, path, holder),
    )  # fmt: skip


def _is_required(schema: Mapping[str, Any], path: tuple[str, ...], holder: Any) -> bool:
    """Whether the schema wants it; where its holder is missing too, whether it wants both."""
    steps = range(len(path)) if not isinstance(holder, dict) else [len(path) - 1]
    return all(required(schema, path[: n + 1]) for n in steps)


def _label(path: tuple[str, ...], schema: Mapping[str, Any]) -> str:
    label = label_of(path[-1] if path else wording_forms.ANSWER_LABEL, schema)
    return label[:1].upper() + label[1:]


def _properties(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _leaves(
    schema: Mapping[str, Any], path: tuple[str, ...] = (), *, constants: bool = False
) -> Iterator[tuple[str, ...]]:
    """The places to be filled in, down through objects that say what they hold."""
    properties = _properties(declared(schema, path))
    if not properties or len(path) == _DEEPEST_FORM:
        if constants or "const" not in declared(schema, path):
            yield path
        return
    for name in properties:
        yield from _leaves(schema, (*path, name), constants=constants)


def _arranged(
    found: Sequence[Field], left_out: dict[tuple[str, ...], str], crowded_out: int = 0
) -> Layout:
    """As many fields as Slack takes, in their order, no two with the same label."""
    fields: list[Field] = []
    inputs = size = 0
    for field in found:
        its_inputs = len(longtext.pieces(field.text)) if field.kind == "text" else 1
        its_size = _size(field) + its_inputs * _OF_A_PIECE
        if (
            len(fields) < MOST_FIELDS
            and inputs + its_inputs <= _MOST_INPUTS
            and size + its_size <= _MOST_BYTES
        ):
            fields.append(field)
            inputs, size = inputs + its_inputs, size + its_size
    labels = [field.label for field in fields]
    named = [
        field if labels.count(field.label) == 1 else replace(field, label=_whole_path(field))
        for field in fields
    ]
    return Layout(named, left_out, crowded_out + len(found) - len(fields))


def _size(field: Field) -> int:
    """What the field adds to the view, as JSON in which every letter may be escaped."""
    description = str(field.schema.get("description", ""))[:2000]
    initial = field.initial if field.kind != "choice" else None
    return len(json.dumps([field.label, description, initial, field.labels])) + (
        _OF_A_FIELD + _OF_AN_OPTION * len(field.labels)
    )


def _whole_path(field: Field) -> str:
    return " › ".join([label_of(name, {}) for name in field.path]) or field.label
