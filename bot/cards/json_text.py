"""Objects and lists as JSON in a text box: out so that nothing is hidden, in with every check."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from bot.cards import wording_forms
from bot.cards.pointers import declared
from bot.cards.states import LONGEST_TEXT, sendable
from bot.cards.text import length, spelled_out

LARGEST_EXACT = 2**53 - 1
#: A body may nest 32 deep, and arguments stand some levels down in it.
_DEEPEST = 24
_MOST_INDENTED = 40


def written(value: Any) -> str | None:
    """The value as an input shows it; None where it is too long or too deep for one."""
    try:
        for indent in (2, None):
            text = spelled_out(json.dumps(value, ensure_ascii=False, indent=indent))
            if length(text) <= LONGEST_TEXT and text.count("\n") <= _MOST_INDENTED:
                return text
    except (RecursionError, ValueError):
        return None
    return None


def read(text: str) -> Any:
    """The value. Raises ValueError with a sentence that says where it is wrong."""
    try:
        value = json.loads(sendable(text), parse_constant=_constant, object_pairs_hook=_object)
        _check(value, 1)
    except json.JSONDecodeError as error:
        raise ValueError(_not_json(text, error)) from None
    except RecursionError:
        raise ValueError(wording_forms.TOO_NESTED) from None
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON; 1, 1.0 and true are three different ones."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def check_names(root: Mapping[str, Any], path: tuple[str, ...], new: Any, before: Any) -> None:
    """Refuses a key that neither the schema nor the value as it was knows: a slip of the hand.

    Only where the schema lists keys and does not say that others are welcome.
    """
    old = _names_in(before)
    for at, holder in _objects(new, path):
        here = declared(root, at)
        known = here.get("properties")
        if not isinstance(known, dict) or {"additionalProperties", "patternProperties"} & set(here):
            continue
        for name in holder:
            if name not in known and name not in old:
                near = get_close_matches(name, [*known, *old], n=1)
                raise ValueError(wording_forms.unknown_name(name, near[0] if near else None))


def _objects(value: Any, at: tuple[str, ...]) -> Iterable[tuple[tuple[str, ...], dict[str, Any]]]:
    if isinstance(value, dict):
        yield at, value
        for name, inner in value.items():
            yield from _objects(inner, (*at, name))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _objects(inner, (*at, str(place)))


def _names_in(value: Any) -> set[str]:
    return {name for _, holder in _objects(value, ()) for name in holder}


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    curly = "“" in text or "”" in text
    return wording_forms.not_json(error.lineno, error.colno, error.msg, curly=curly)


def _constant(name: str) -> NoReturn:
    raise ValueError(wording_forms.no_constant(name))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        listed = [name for name, _ in pairs]
        twice = next(name for name in listed if listed.count(name) > 1)
        raise ValueError(wording_forms.named_twice(twice))
    return made


def _check(value: Any, level: int) -> None:
    """Refuses what two readers could take for different values."""
    match value:
        case dict() | list() if level > _DEEPEST:
            raise ValueError(wording_forms.TOO_NESTED)
        case dict():
            for name, inner in value.items():
                _check(name, level)
                _check(inner, level + 1)
        case list():
            for inner in value:
                _check(inner, level + 1)
        case str():
            sendable(value)
        case bool() | None:
            pass
        case int() if abs(value) > LARGEST_EXACT:
            raise ValueError(wording_forms.TOO_LARGE)
        case float() if not math.isfinite(value):
            raise ValueError(wording_forms.TOO_LARGE)
