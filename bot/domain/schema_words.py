"""What a schema violation says to a person, and where it stands."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs

from bot.domain.errors import Fault

_TYPES = {
    "string": "a text", "number": "a number", "integer": "a whole number", "boolean": "yes or no",
    "null": "empty", "array": "a list", "object": "an object",
}  # fmt: skip


def faults_of(error: jsonschema_rs.ValidationError) -> list[Fault]:
    """One fault for each place: a missing or unknown name is a place of its own."""
    here = pointer_of(error.instance_path)
    kind: Any = error.kind
    if kind.name == "required":
        return [Fault(here + step(kind.value), "is missing")]
    if kind.name in {"additionalProperties", "unevaluatedProperties"}:
        return [Fault(here + step(name), "is not known to the tool") for name in kind.value]
    return [Fault(here, sentence_of(error))]


def sentence_of(error: jsonschema_rs.ValidationError) -> str:
    kind: Any = error.kind
    value = kind.value
    match kind.name:
        case "maximum":
            return f"must be ≤ {_written(value)}"
        case "minimum":
            return f"must be ≥ {_written(value)}"
        case "exclusiveMaximum":
            return f"must be < {_written(value)}"
        case "exclusiveMinimum":
            return f"must be > {_written(value)}"
        case "multipleOf":
            return f"must be a multiple of {_written(value)}"
        case "enum":
            return f"must be one of {_listed(value)}"
        case "const":
            return f"must be {_written(value)}"
        case "type":
            return f"must be {' or '.join(_TYPES.get(one, one) for one in value)}"
        case "maxLength":
            return f"must have at most {value} characters"
        case "minLength":
            return f"must have at least {value} characters"
        case "maxItems" | "maxProperties":
            return f"must have at most {value} entries"
        case "minItems" | "minProperties":
            return f"must have at least {value} entries"
        case "uniqueItems":
            return "must not have the same entry twice"
        case "pattern":
            return f"must match the pattern {_clipped(value)}"
        case "falseSchema":
            return "is not allowed"
        case _:
            return "does not have the expected form"


def _listed(options: list[Any]) -> str:
    shown = ", ".join(_written(option) for option in options[:12])
    return shown + ", …" if len(options) > 12 else shown


def _written(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return _clipped(value) if isinstance(value, str) else _clipped(json.dumps(value, default=str))


def _clipped(text: str) -> str:
    return text if len(text) <= 80 else text[:79] + "…"


def first_line(error: BaseException) -> str:
    return _clipped(str(error).split("\n", 1)[0])


def pointer_of(path: list[str | int]) -> str:
    return "".join(step(part) for part in path)


def step(*parts: str | int) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
