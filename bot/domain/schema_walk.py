"""A walk through every part of a schema, each once, references followed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import jsonschema_rs

from bot.domain.errors import Fault
from bot.domain.schema_words import step

_PATTERN, _MOST_PARTS, _REFERENCES_DEEP = 1000, 4000, 32
_ONE = (
    "items", "additionalProperties", "additionalItems", "not", "if", "then", "else", "contains",
    "propertyNames", "unevaluatedItems", "unevaluatedProperties", "contentSchema",
)  # fmt: skip
_SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")
#: They move what a reference means, or make one out of something else.
_REFUSED = ("$id", "$dynamicRef", "$recursiveRef", "$dynamicAnchor", "$anchor", "$vocabulary")

#: What a schema of 2020-12 is; comes with the library, nothing is fetched.
GRAMMAR = jsonschema_rs.Draft202012Validator(
    {"$ref": "https://json-schema.org/draft/2020-12/schema"}, offline=True
)
_LINEAR = jsonschema_rs.RegexOptions(size_limit=200_000, dfa_size_limit=2_000_000)


class Size(NamedTuple):
    """How many parts one value meets, and how often one reference leads to the next."""

    parts: int
    references: int


def compiled(schema: dict[str, Any]) -> jsonschema_rs.Validator:
    """A validator that looks nothing up and whose patterns take linear time."""
    return jsonschema_rs.Draft202012Validator(schema, pattern_options=_LINEAR, offline=True)


class Walk:
    """Takes a schema that is a valid 2020-12 one; finds what is wrong with it for us."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.faults: list[Fault] = []
        self._root = root
        self._sizes: dict[int, Size] = {}
        #: The parts on the way from the root to here.
        self._open: set[int] = set()
        self.size = self._visit(root, "", 0)
        if not self.faults and self.size.parts > _MOST_PARTS:
            self.faults.append(Fault("", f"must have at most {_MOST_PARTS} parts, $ref followed"))

    def _visit(self, schema: Any, path: str, followed: int) -> Size:
        if not isinstance(schema, dict):
            return Size(1, 0)
        known = self._sizes.get(id(schema))
        if known is not None:
            return known
        self._open.add(id(schema))
        self._look_at(schema, path)
        sizes = [self._visit(inner, path + name, followed) for name, inner in _inner(schema)]
        if "$ref" in schema:
            sizes.append(self._follow(schema["$ref"], f"{path}/$ref", followed))
        size = Size(
            1 + len(schema.get("enum", ())) + sum(one.parts for one in sizes),
            max((one.references for one in sizes), default=0),
        )
        self._sizes[id(schema)] = size
        self._open.discard(id(schema))
        return size

    def _follow(self, reference: str, path: str, followed: int) -> Size:
        target = self._target(reference)
        if not isinstance(target, dict | bool):
            self._fault(path, "must lead to a part of this schema: #/…")
            return Size(1, 0)
        # It may lead to where nobody expected a schema: into an unknown keyword, or an enum.
        if id(target) not in self._sizes and not GRAMMAR.is_valid(target):
            self._fault(path, "must lead to a valid schema")
            return Size(1, 0)
        if id(target) in self._open:
            self._fault(path, "must not refer to itself")
            return Size(1, 0)
        if followed >= _REFERENCES_DEEP:
            self._fault(path, "leads on through too many references")
            return Size(1, 0)
        size = self._visit(target, reference[1:], followed + 1)
        if size.references >= _REFERENCES_DEEP:
            self._fault(path, "leads on through too many references")
        return Size(size.parts, size.references + 1)

    def _look_at(self, schema: dict[str, Any], path: str) -> None:
        for keyword in _REFUSED:
            if keyword in schema:
                self._fault(f"{path}/{keyword}", "is not supported")
        patterns = [("/pattern", schema["pattern"])] if "pattern" in schema else []
        patterns += [(step("patternProperties", p), p) for p in schema.get("patternProperties", ())]
        for name, pattern in patterns:
            if len(pattern) > _PATTERN:
                self._fault(path + name, f"must be at most {_PATTERN} characters long")
            elif not _is_linear(pattern):
                self._fault(path + name, "must be a pattern without look-around or back-references")

    def _target(self, reference: str) -> Any:
        if not reference.startswith("#/"):
            return self._root if reference == "#" else None
        found: Any = self._root
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                found = found.get(name) if isinstance(found, dict) else None
        return found

    def _fault(self, pointer: str, message: str) -> None:
        self.faults.append(Fault(pointer, message))


def _inner(schema: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for keyword in _ONE:
        if keyword in schema:
            yield step(keyword), schema[keyword]
    for keyword in _SEVERAL:
        for index, inner in enumerate(schema.get(keyword, ())):
            yield step(keyword, index), inner
    for keyword in _NAMED:
        for name, inner in schema.get(keyword, {}).items():
            yield step(keyword, name), inner


def _is_linear(pattern: str) -> bool:
    try:
        compiled({"pattern": pattern})
    except ValueError:
        return False
    return True
