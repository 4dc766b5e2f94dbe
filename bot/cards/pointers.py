"""JSON Pointers, and where they lead: into arguments and into their schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_ABSENT = object()
_REFERENCES = 16


def parts(path: str) -> list[str]:
    """`/a~1b/c` → `["a/b", "c"]`."""
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]


def pointer(path: Sequence[str]) -> str:
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)


def value_at(value: Any, path: Sequence[str]) -> tuple[bool, Any]:
    """Whether there is a value at the path through objects and lists, and the value."""
    for name in path:
        if isinstance(value, list) and _is_place(value, name):
            value = value[int(name)]
        else:
            value = value.get(name, _ABSENT) if isinstance(value, dict) else _ABSENT
    return (False, None) if value is _ABSENT else (True, value)


def with_value(value: Any, path: Sequence[str], new: Any) -> Any:
    """A copy with one value set; what is not on the way is shared, and missing objects are made."""
    if not path:
        return new
    name = path[0]
    if isinstance(value, list) and _is_place(value, name):
        place = int(name)
        return [*value[:place], with_value(value[place], path[1:], new), *value[place + 1 :]]
    holder = value if isinstance(value, dict) else {}
    return {**holder, name: with_value(holder.get(name), path[1:], new)}


def without(value: Any, path: Sequence[str]) -> Any:
    """A copy without the value at the path; the places of a list stay what they are."""
    if not value_at(value, path)[0] or not path:
        return value
    if len(path) > 1:
        return with_value(value, path[:1], without(value_at(value, path[:1])[1], path[1:]))
    if isinstance(value, list):
        return value
    return {name: inner for name, inner in value.items() if name != path[0]}


def _is_place(holder: list[Any], name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 7 and int(name) < len(holder)


def declared(schema: Mapping[str, Any], path: Sequence[str]) -> Mapping[str, Any]:
    """What a schema says of the value at the path; empty where it says nothing."""
    here = followed(schema, schema)
    for name in path:
        properties = here.get("properties")
        inner = properties.get(name) if isinstance(properties, dict) else None
        if inner is None and name.isdigit():
            inner = here.get("items")
        here = followed(schema, inner)
    return here


def required(schema: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Whether the schema wants the value at the path in the object that holds it."""
    if not path:
        return True
    names = declared(schema, path[:-1]).get("required")
    return isinstance(names, list) and path[-1] in names


def followed(root: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """The schema behind local references and behind "this or null"."""
    merged: dict[str, Any] = {}
    for _ in range(_REFERENCES):
        if not isinstance(schema, dict):
            return {}
        merged = {**schema, **merged}
        schema = _behind(root, merged)
        if schema is None:
            return merged
    return {}


def _behind(root: Mapping[str, Any], merged: dict[str, Any]) -> Any:
    reference = merged.pop("$ref", None)
    if reference is not None:
        return _lookup(root, reference)
    for keyword in ("anyOf", "oneOf"):
        branches = merged.get(keyword)
        if isinstance(branches, list):
            others = [branch for branch in branches if branch != {"type": "null"}]
            if len(others) == 1 and len(branches) == 2:
                del merged[keyword]
                merged["nullable"] = True
                return others[0]
    whole = merged.get("allOf")
    if isinstance(whole, list) and len(whole) == 1:
        del merged["allOf"]
        return whole[0]
    return None


def _lookup(root: Mapping[str, Any], reference: Any) -> Any:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        return {}
    return value_at(root, parts(reference[1:]))[1]
