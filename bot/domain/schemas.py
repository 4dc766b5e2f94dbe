"""JSON Schemas that agents send: whether we take them, and what a value breaks of them.

Bounded in size, depth, references and patterns, so that a check takes milliseconds whatever
an agent or a reviewer sends.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from functools import lru_cache
from itertools import islice
from typing import Any

import jsonschema_rs

from bot.domain.errors import Fault
from bot.domain.schema_walk import GRAMMAR, Walk, compiled
from bot.domain.schema_words import faults_of, first_line, pointer_of, sentence_of

_LONGEST, _DEEPEST = 32 * 1024, 16
#: Parts of a schema times values: what is checked at all, and where each fault is looked for.
#: Measured: yes or no takes about 0.2 µs of it, naming the faults 20 µs.
_MOST_WORK, _MOST_NAMED = 2_000_000, 30_000
_MOST_FAULTS, _MOST_VALIDATORS = 20, 256


def schema_faults(schema: dict[str, Any]) -> list[Fault]:
    """What keeps us from taking this schema; pointers lead into the schema.

    `$schema` is ignored: what tools use of older drafts means the same in 2020-12.
    """
    try:
        text = json.dumps(schema, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, TypeError, RecursionError):
        return [Fault("", "must be plain JSON, not nested too deeply")]
    if len(text) > _LONGEST:
        return [Fault("", f"must be at most {_LONGEST // 1024} KiB long")]
    return list(_faults_of_schema(text))


@lru_cache(maxsize=128)
def _faults_of_schema(text: bytes) -> tuple[Fault, ...]:
    """Kept for the last few: agents send the same schemas again and again."""
    schema = json.loads(text)
    if _depth(schema) > _DEEPEST:
        return (Fault("", f"must be nested at most {_DEEPEST} levels deep"),)
    plain = _without_dialect(schema)
    broken = islice(GRAMMAR.iter_errors(plain), _MOST_FAULTS)
    faults = [Fault(pointer_of(error.instance_path), sentence_of(error)) for error in broken]
    if not faults:
        faults = Walk(plain).faults
    if not faults:
        try:
            compiled(plain)
        except ValueError as error:
            faults = [Fault("", f"cannot be used: {first_line(error)}")]
    return tuple(_distinct(faults))


def violations(schema: dict[str, Any], value: Any) -> list[Fault]:
    """What the value breaks, in words for people; pointers lead into the value.

    Never raises. A check that cannot be made, or would take long, is a violation.
    """
    try:
        validator, parts = _validator(schema)
    except (ValueError, TypeError, RecursionError):
        return [Fault("", "cannot be checked: the schema is not usable")]
    work = parts * _weight(value)
    if work > _MOST_WORK:
        return [Fault("", "is too large to be checked against its schema")]
    try:
        if validator.is_valid(value):
            return []
        if work > _MOST_NAMED:
            return [Fault("", "does not have the expected form")]
        broken = islice(validator.iter_errors(value), _MOST_FAULTS)
        return _distinct([fault for error in broken for fault in faults_of(error)])
    except (ValueError, RecursionError) as error:
        return [Fault("", f"is not plain JSON: {first_line(error)}")]


class _Validators:
    """The last few validators and the sizes of their schemas, by the schema's hash."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, tuple[jsonschema_rs.Validator, int]] = OrderedDict()

    def __call__(self, schema: dict[str, Any]) -> tuple[jsonschema_rs.Validator, int]:
        key = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).digest()
        kept = self._kept.get(key)
        if kept is None:
            if schema_faults(schema):
                raise ValueError("not usable")
            plain = _without_dialect(schema)
            kept = compiled(plain), Walk(plain).size.parts
            self._kept[key] = kept
            while len(self._kept) > _MOST_VALIDATORS:
                self._kept.popitem(last=False)
        return kept


_validator = _Validators()


def _without_dialect(schema: dict[str, Any]) -> dict[str, Any]:
    return {keyword: value for keyword, value in schema.items() if keyword != "$schema"}


def _distinct(faults: list[Fault]) -> list[Fault]:
    return list(dict.fromkeys(faults))[:_MOST_FAULTS]


def _depth(value: Any) -> int:
    """How deep a JSON value nests, found without recursion."""
    deepest, level = 0, [value]
    while level:
        deepest += 1
        level = [inner for one in level for inner in _children(one)]
    return deepest


def _weight(value: Any) -> int:
    """How many values a check may meet; long texts count for what they cost a pattern."""
    weight, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        weight += 1 + (len(one) // 100 if isinstance(one, str) else 0)
        waiting += _children(one)
    return weight


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
