"""From the bytes of a request to values that can be trusted in shape, and the faults on the way.

What arrives is hostile until it has passed here: nothing below raises anything but PullcordErrors.
"""

from __future__ import annotations

import hashlib
import json
import re
from difflib import get_close_matches
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from bot.domain.digest import asked
from bot.domain.errors import Fault, InvalidError, PullcordError
from bot.domain.kinds import kind_faults
from bot.domain.request import Request
from bot.domain.schemas import schema_faults

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic_core import ErrorDetails

Model = TypeVar("Model", bound=BaseModel)

MAX_DEPTH = 32
#: Beyond it two readers of one JSON number may hold different integers (RFC 8785, RFC 7493).
MAX_EXACT = 2**53 - 1
# Nobody reads on after these, and a body of typos must not cost us more than it costs its author.
_MOST_FAULTS = 50
# A string swallows the brackets in it; one that never ends swallows the rest, so it is linear.
_BRACKETS = re.compile(r'[\[\]{}]|"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_UNSAYABLE = re.compile("[\x00\ud800-\udfff]")
# In JSON that is UTF-8, NUL and half characters can only be written as escapes.
_UNSAYABLE_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_BAD_ESCAPE = re.compile("~(?![01])")

_REVIEW = "a review is made by the system from outputs and cannot be posted"
_A_TIME = "must be a time with its offset, such as 2026-11-03T14:30:00Z"
_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "literal_error": "must be one of {expected}",
    "string_too_short": "must not be empty",
    "string_too_long": "must be at most {max_length} characters",
    "string_pattern_mismatch": "must have the form {pattern}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than_equal": "must be at most {le:g}",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "timezone_aware": _A_TIME,
    "value_error": "{error}",
}


class MalformedError(PullcordError):
    """What was sent is not JSON."""

    code = "malformed_json"


class _Twice(dict[str, Any]):
    """An object that names a key twice: two readers of it may disagree."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        seen: set[str] = set()
        self.name = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]


def parse(body: bytes) -> Any:
    """The JSON values in a body.

    Raises MalformedError when it is not JSON in UTF-8, and InvalidError when it is JSON that two
    programs could read differently: too deep, keys named twice, NUL or half a character in a
    text, numbers without bounds.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedError(f"The body is not UTF-8: byte {error.start} is wrong.") from None
    _check_depth(text)
    reader = _Reader()
    try:
        parsed = json.loads(
            text,
            parse_constant=_no_constant,
            parse_float=reader.number,
            object_pairs_hook=reader.object,
        )
    except json.JSONDecodeError as error:
        raise MalformedError(
            f"The body is not JSON: {error.msg} (line {error.lineno}, column {error.colno})."
        ) from None
    except ValueError:
        # Python's own guard: an integer of more than 4,300 digits.
        refuse([Fault("", "must not hold an integer of thousands of digits")])
    # Looking at each value takes longer than reading it, and nearly nobody sends such things.
    if not (reader.odd or _UNSAYABLE_ESCAPE.search(text)):
        return parsed
    if faults := [Fault(at, wrong) for at, value in _walk(parsed) if (wrong := _unclear(value))]:
        refuse(faults)
    return parsed


def body_hash(parsed: Any) -> str:
    """The same for the same JSON values, whatever the order of keys and the form of numbers."""
    canonical = json.dumps(_plain_numbers(parsed), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def request_from(parsed: Any) -> Request:
    """The request in a parsed body. Raises InvalidError with everything that is wrong with it."""
    sent = parsed if isinstance(parsed, dict) else {}
    if sent.get("kind") == "review":
        refuse([Fault("/kind", _REVIEW)])
    beside = kind_faults(sent)
    request, faults = _read(Request, parsed)
    if request is None or beside:
        refuse(beside + faults)
    if faults := _beyond_types(request):
        refuse(faults)
    return request


def model_from(model: type[Model], parsed: Any) -> Model:
    """Any other body, read by its model. Raises InvalidError like `request_from`."""
    found, faults = _read(model, parsed)
    if found is None:
        refuse(faults)
    return found


def inexact(value: Any, at: str) -> list[Fault]:
    """Faults for the integers that have no exact JSON form, for what is digested."""
    return [
        Fault(pointer, "must be an integer within ±9007199254740991, or text")
        for pointer, one in _walk(value, at)
        if isinstance(one, int) and abs(one) > MAX_EXACT
    ]


def refuse(faults: list[Fault]) -> NoReturn:
    """Raises InvalidError that lists the faults and says the first."""
    listed = faults[:_MOST_FAULTS]
    if rest := len(faults) - len(listed):
        listed.append(Fault("", f"has {rest} more faults"))
    first = f"{faults[0].pointer[:200] or 'the body'} {faults[0].message[:300]}"
    more = f" ({len(faults) - 1} more in `errors`)" if len(faults) > 1 else ""
    raise InvalidError(f"The request cannot be used: {first}{more}.", listed)


def escaped(name: str) -> str:
    """One step of a JSON Pointer (RFC 6901 §3)."""
    return name.replace("~", "~0").replace("/", "~1")


def _read(model: type[Model], parsed: Any) -> tuple[Model | None, list[Fault]]:
    try:
        # Through JSON once more: only there "strict" still reads times from texts.
        return model.model_validate_json(json.dumps(parsed), strict=True), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        told = [_fault(one, model) for one in found[: _MOST_FAULTS + 1]]
        return None, told + [Fault("", "")] * (len(found) - len(told))


def _fault(one: ErrorDetails, model: type[BaseModel]) -> Fault:
    pointer = "".join(f"/{escaped(str(step))}" for step in one["loc"])
    kind = one["type"]
    if kind == "extra_forbidden":
        return Fault(pointer, _unknown(str(one["loc"][-1]), _fields_at(one["loc"][:-1], model)))
    if kind.startswith("datetime"):
        return Fault(pointer, _A_TIME)
    sentence = _SENTENCES.get(kind, "is not what is expected here")
    return Fault(pointer, sentence.format(**one.get("ctx", {})).replace("'", ""))


def _unknown(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1) if len(name) <= 64 else []
    return f"unknown field; did you mean {near[0]}?" if near else "unknown field"


def _fields_at(loc: tuple[int | str, ...], model: type[BaseModel] | None) -> list[str]:
    for step in loc:
        if isinstance(step, str) and model is not None:
            model = _model_in(model.model_fields[step].annotation)
    return [] if model is None else list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((m for part in get_args(annotation) if (m := _model_in(part))), None)


def _beyond_types(request: Request) -> list[Fault]:
    faults = _of_options(request)
    if request.response_schema is not None:
        faults += _of_schema(request.response_schema, "/response_schema")
    if request.kind == "guidance":
        faults += inexact(asked(request)["checkpoint"], "/checkpoint")
        faults += inexact(asked(request)["options"], "/options")
    tool = request.tool
    if tool is None:
        return faults
    faults += inexact(tool.arguments, "/tool/arguments")
    if tool.input_schema is not None:
        faults += _of_schema(tool.input_schema, "/tool/input_schema")
    for name, pointers in (("editable", tool.editable or []), ("sensitive", tool.sensitive)):
        faults += [
            Fault(f"/tool/{name}/{at}", "must be a JSON Pointer: '~' stands only in ~0 and ~1")
            for at, pointer in enumerate(pointers)
            if _BAD_ESCAPE.search(pointer)
        ]
    return faults


def _of_schema(schema: dict[str, Any], at: str) -> list[Fault]:
    return [Fault(at + fault.pointer, fault.message) for fault in schema_faults(schema)]


def _of_options(request: Request) -> list[Fault]:
    """Two options with one id, or one label, could not be told apart."""
    seen: set[tuple[str, str]] = set()
    faults = []
    for at, option in enumerate(request.options):
        for name, value in (("id", option.id), ("label", option.label.strip())):
            if (name, value) in seen:
                faults.append(Fault(f"/options/{at}/{name}", "must not be there twice"))
            seen.add((name, value))
    return faults


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _BRACKETS.finditer(text):
        match token.group()[0]:
            case "[" | "{":
                depth += 1
                if depth > MAX_DEPTH:
                    refuse([Fault("", f"must not be nested deeper than {MAX_DEPTH} levels")])
            case "]" | "}":
                depth -= 1


def _no_constant(name: str) -> NoReturn:
    raise MalformedError(f"The body is not JSON: {name} is not a JSON value.")


class _Reader:
    """Notices on the way what has to be looked at again."""

    odd = False

    def object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        plain = dict(pairs)
        if len(plain) == len(pairs):
            return plain
        self.odd = True
        return _Twice(pairs)

    def number(self, text: str) -> float:
        number = float(text)
        self.odd = self.odd or not isfinite(number)
        return number


def _walk(value: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with its pointer; the parser has bounded the depth."""
    yield at, value
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(item, f"{at}/{escaped(name)}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _walk(item, f"{at}/{place}")


def _unclear(value: Any) -> str | None:
    match value:
        case str() if _UNSAYABLE.search(value):
            return "must not hold NUL or half of a surrogate pair"
        case float() if not isfinite(value):
            return "must be a number that fits into 64 bits"
        case _Twice():
            return f"names the key {value.name[:64]!r} twice"
        case dict() if any(map(_UNSAYABLE.search, value)):
            return "must not hold NUL or half of a surrogate pair in a key"
        case _:
            return None


def _plain_numbers(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain_numbers(item) for name, item in value.items()}
        case list():
            return [_plain_numbers(item) for item in value]
        case float() if value.is_integer() and abs(value) <= MAX_EXACT:
            return int(value)
        case _:
            return value
