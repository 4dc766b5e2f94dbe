"""The machine's own arguments as a person reads them: labels, values, masks, differences."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards import wording
from bot.cards.pointers import declared, parts
from bot.cards.text import disclosed, one_line
from bot.domain.request import Request, ToolCall

_DOTS = "••••"
#: `orderId` and `customerID`.
_CAMEL = re.compile(r"(?<=[a-z0-9])([A-Z])(?=[a-z])")
_CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Masked:
    """A sensitive value; what is left of it may be seen."""

    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One argument, whole. `readable` is False where the value could not be written out."""

    label: str
    text: str
    readable: bool


def rows(tool: ToolCall, indent: int | None = None) -> list[Row]:
    """Every argument; sensitive values masked."""
    shown = masked(tool)
    labels = labels_of(tool, list(shown))
    made = []
    for name, value in shown.items():
        text = value_in_words(value, indent)
        made.append(Row(labels[name], text or wording.TOO_DEEP, text is not None))
    return made


def masked(tool: ToolCall) -> dict[str, Any]:
    """The arguments with a Masked in place of every sensitive value."""
    shown = dict(tool.arguments)
    for path in tool.sensitive:
        _mask(shown, parts(path))
    return shown


def masked_plainly(tool: ToolCall) -> dict[str, Any]:
    """The same as plain JSON values, for those who read no cards."""
    plain: dict[str, Any] = _plain(masked(tool))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Masked):
        return value.text
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value


def labels_of(tool: ToolCall, names: Sequence[str]) -> dict[str, str]:
    """A label for each argument; the raw names where two would read the same."""
    schema: Mapping[str, Any] = tool.input_schema or {}
    labels = {name: label_of(name, declared(schema, [name])) for name in names}
    if len(set(labels.values())) == len(labels):
        return labels
    return {name: one_line(disclosed(name)) or wording.NAMELESS for name in names}


def label_of(name: str, schema: Mapping[str, Any]) -> str:
    """The schema's title, or the name in words."""
    title = schema.get("title")
    label = one_line(title) if isinstance(title, str) else ""
    return label or _name_in_words(name) or wording.NAMELESS


def _name_in_words(name: str) -> str:
    camel = _CAMEL.sub(lambda hump: " " + hump[1].lower(), disclosed(name))
    return one_line(_CAPITALS.sub(" ", camel).replace("_", " "))


def value_in_words(value: Any, indent: int | None = None) -> str | None:
    """A value as text, everything hidden in it spelled out; None where it is too deep."""
    match value:
        case Masked(text):
            return text
        case None:
            return wording.NO_VALUE
        case bool():
            return wording.YES if value else wording.NO
        case str():
            return disclosed(value) or wording.EMPTY
        case int() | float():
            return number_in_words(value)
        case _:
            return _json_in_words(value, indent)


def number_in_words(value: float) -> str:
    """The shortest text that means the same number; whole ones without a point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    try:
        return str(value)
    except ValueError:  # Python refuses to write out thousands of digits
        return hex(int(value))


def difference(request: Request, arguments: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Label, old and new text of each argument that an edit changed; sensitive ones masked."""
    if request.tool is None:
        return []
    old = request.tool
    new = old.model_copy(update={"arguments": dict(arguments)})
    changed = []
    labels = labels_of(old, [*old.arguments, *(n for n in arguments if n not in old.arguments)])
    before, after = masked(old), masked(new)
    for name, label in labels.items():
        if (
            name in old.arguments
            and name in arguments
            and _same(old.arguments[name], arguments[name])
        ):
            continue
        changed.append((label, _side(before, name), _side(after, name)))
    return changed


def _side(shown: Mapping[str, Any], name: str) -> str:
    if name not in shown:
        return wording.ABSENT
    return value_in_words(shown[name]) or wording.TOO_DEEP


def _same(one: Any, other: Any) -> bool:
    """Equal all the way down; Python takes true for 1."""
    try:
        match one, other:
            case dict(), dict():
                return one.keys() == other.keys() and all(
                    _same(value, other[name]) for name, value in one.items()
                )
            case list(), list():
                return len(one) == len(other) and all(map(_same, one, other))
            case _:
                return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
    except RecursionError:
        return False


def _mask(holder: Any, path: list[str]) -> None:
    """Replace the value at the path; the holders on the way are copied, never changed."""
    for step, name in enumerate(path):
        key: Any = name
        if isinstance(holder, list):
            if not (name.isascii() and name.isdigit() and int(name) < len(holder)):
                return
            key = int(name)
        elif not isinstance(holder, dict) or name not in holder:
            return
        if step == len(path) - 1:
            holder[key] = _mask_of(holder[key])
        else:
            holder[key] = copy.copy(holder[key])
            holder = holder[key]


def _mask_of(value: Any) -> Masked:
    """Dots, and the last two characters where more than half stay hidden enough."""
    scalar = isinstance(value, str | int | float) and not isinstance(value, bool)
    text = one_line(value) if isinstance(value, str) else number_in_words(value) if scalar else ""
    return Masked(_DOTS + (text[-2:] if len(text) > 4 else ""))


def _json_in_words(value: Any, indent: int | None) -> str | None:
    try:
        text = json.dumps(
            value, ensure_ascii=False, indent=indent, default=lambda hidden: hidden.text
        )
    except (RecursionError, ValueError):
        return None
    return disclosed(text)
