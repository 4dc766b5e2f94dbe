"""A request as the rules see it: plain values, with what is absent filled in as empty.

Absent objects are empty with their sub-objects, absent text is "", absent lists are [];
absent numbers stay absent, because no number means "not said".
The same facts stand under `request` once more, so that `has(request.confidence)` can be asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args, get_origin

from pydantic import BaseModel, JsonValue

from bot.domain.request import Request

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Every name that an expression may begin with.
NAMES: tuple[str, ...] = (*Request.model_fields, "agent", "request")

# The engine has room for 10,000 steps of all loops together, but builds the result of a
# .map() or .filter() anew at each step: 20 ms at 1,000 entries, 2 s at 10,000 (ADR 0003).
_LONGEST = 1000
# Looking through and handing over this many takes about 10 ms.
_MOST = 10_000
_DEEPEST = 64
# The engine counts in 64 bits.
_LARGEST = 2**63 - 1
_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Unusable:
    """Stands in for a value that no rule may look at."""

    why: str


def facts_of(request: Request, agent: str) -> Mapping[str, Any]:
    """What a rule's expression is evaluated on."""
    try:
        sent = _filled(Request, request.facts())
    except ValueError:
        # Nested beyond what can be written as JSON.
        return dict.fromkeys(NAMES, Unusable("cannot be read"))
    facts: dict[str, Any] = {**sent, "agent": agent}
    if _why_unusable(facts) is None:
        # What may be used as a whole may be used piece by piece.
        facts["request"] = sent
        return facts
    for name, value in facts.items():
        why = _why_unusable(value)
        facts[name] = Unusable(why) if why else value
    hidden = next((fact for fact in facts.values() if isinstance(fact, Unusable)), None)
    facts["request"] = hidden or {name: facts[name] for name in sent}
    return facts


def _filled(model: type[BaseModel], sent: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a part of the request, each absent one replaced by its empty form."""
    filled = {}
    for name, empty, part in _shape(model):
        value = sent.get(name)
        if value is None:
            value = empty() if callable(empty) else empty
        elif part is not None and isinstance(value, list):
            value = [_filled(part, item) for item in value]
        elif part is not None:
            value = _filled(part, value)
        if value is not _ABSENT:
            filled[name] = value
    if model.model_config.get("extra") == "allow":
        filled |= {name: value for name, value in sent.items() if name not in model.model_fields}
    return filled


@cache
def _shape(model: type[BaseModel]) -> tuple[tuple[str, Any, type[BaseModel] | None], ...]:
    """For each field: its empty form (or a maker of it), and the part that it holds."""
    fields = model.model_fields.items()
    return tuple((name, *_form(field.annotation)) for name, field in fields)


def _form(annotation: Any) -> tuple[Any, type[BaseModel] | None]:
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    origin = get_origin(annotation)
    if annotation is JsonValue:
        return None, None
    if origin is list:
        return list, _form(kinds[0])[1]
    if origin is dict:
        return dict, None
    if origin is Annotated:
        return _form(kinds[0])
    if kinds and origin is not Literal:
        return _form(kinds[0])  # `X | None`
    if annotation in {int, float}:
        return _ABSENT, None
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (lambda: _filled(annotation, {})), annotation
    return "", None


def _why_unusable(value: Any) -> str | None:
    """Why a value must not reach the engine; None when it may.

    The engine ends a text at its first NUL, so that a longer text would equal a shorter one.
    """
    level, count = [value], 0
    for _ in range(_DEEPEST):
        count += len(level)
        if count > _MOST:
            return f"contains more than {_MOST:,} values"
        below: list[Any] = []
        for one in level:
            if isinstance(one, str):
                if _NO_CHARACTER.search(one):
                    return "contains a character that is none"
            elif isinstance(one, int):
                if not -_LARGEST <= one <= _LARGEST:
                    return "contains a number that is too large"
            elif isinstance(one, (list, dict)):
                if len(one) > _LONGEST:
                    return f"has more than {_LONGEST:,} entries in one place"
                below += one
                below += one.values() if isinstance(one, dict) else ()
        if not below:
            return None
        level = below
    return f"is nested more than {_DEEPEST} levels deep"
