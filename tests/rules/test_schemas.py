"""Which schemas we take, and what a value breaks of them, in words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import Fault
from bot.domain.schemas import _validator, schema_faults, violations
from tests.rules.making import REFUND

SCHEMA = REFUND["tool"]["input_schema"]


def said(schema: dict[str, Any], value: Any) -> list[str]:
    return [f"{fault.pointer} {fault.message}" for fault in violations(schema, value)]


def chain(links: int) -> dict[str, Any]:
    parts: dict[str, Any] = {f"a{i}": {"$ref": f"#/$defs/a{i + 1}"} for i in range(links)}
    return {"$ref": "#/$defs/a0", "$defs": {**parts, f"a{links}": {"type": "number"}}}


def nested(levels: int) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        schema = {"not": schema}
    return schema


def test_the_refunds_schema_is_taken() -> None:
    """The article's own schema has no fault, and its arguments break nothing."""
    assert schema_faults(SCHEMA) == []
    assert violations(SCHEMA, REFUND["tool"]["arguments"]) == []


@pytest.mark.parametrize(
    ("schema", "pointer", "words"),
    [
        ({"type": "nonsense"}, "/type", "expected form"),
        ({"properties": {"a": {"minimum": "x"}}}, "/properties/a/minimum", "a number"),
        ({"$ref": "https://example.com/s"}, "/$ref", "part of this schema"),
        ({"$ref": "#/$defs/absent"}, "/$ref", "part of this schema"),
        ({"$ref": "#/anyOf/7", "anyOf": [{}]}, "/$ref", "part of this schema"),
        ({"$ref": "#/x", "x": {"pattern": 5}}, "/$ref", "lead to a valid schema"),
        ({"$ref": "#/enum/0", "enum": [{"type": "odd"}]}, "/$ref", "lead to a valid schema"),
        ({"$ref": "#/$defs/a%25", "$defs": {"a%25": {}}}, "", "cannot be used"),
        ({"$ref": "#"}, "/$ref", "refer to itself"),
        ({"properties": {"a": {"$ref": "#"}}}, "/properties/a/$ref", "refer to itself"),
        ({"$id": "https://example.com/s"}, "/$id", "not supported"),
        ({"items": {"$dynamicRef": "#x"}}, "/items/$dynamicRef", "not supported"),
        ({"pattern": "(?=a)b"}, "/pattern", "look-around"),
        ({"pattern": "a" * 1001}, "/pattern", "at most 1000 characters"),
        ({"patternProperties": {"(a)\\1": {}}}, "/patternProperties/(a)\\1", "look-around"),
        ({"x": "a" * 40_000}, "", "at most 32 KiB"),
        (nested(20), "", "at most 16 levels"),
        ({"x": nested(5000)}, "", "plain JSON"),
        ({"x": float("nan")}, "", "plain JSON"),
        ({"x": object()}, "", "plain JSON"),
        ({"x": "\ud800"}, "", "plain JSON"),
        (chain(33), "/$defs/a32/$ref", "too many references"),
        (dict(reversed(chain(40).items())), "/$defs/a32/$ref", "too many references"),
    ],
)
def test_a_schema_that_is_not_taken(schema: dict[str, Any], pointer: str, words: str) -> None:
    """Each refusal names the place in the schema and what is wrong there."""
    faults = schema_faults(schema)

    assert [fault.pointer for fault in faults[:1]] == [pointer]
    assert words in faults[0].message


def test_a_chain_read_from_its_end_is_as_long() -> None:
    """The length of a chain of references does not depend on where the reading begins."""
    schema = chain(600)
    schema["$defs"] = dict(reversed(schema["$defs"].items()))

    faults = schema_faults({"$defs": schema["$defs"], "$ref": schema["$ref"]})

    assert any("too many references" in fault.message for fault in faults)


def test_local_references_and_older_dialects_are_taken() -> None:
    """Tools declare draft-07 and use definitions; both mean the same to us."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "definitions": {"m~/": {"type": "number", "maximum": 5}},
        "properties": {
            "a": {"$ref": "#/definitions/m~0~1"},
            "b": {"$ref": "#/definitions/m~0~1"},
            "c": {"allOf": [{"minimum": 0}, True], "$ref": "#/properties/c/allOf/0"},
        },
    }

    assert schema_faults(schema) == []
    assert said(schema, {"a": 6, "c": -1}) == ["/a must be ≤ 5", "/c must be ≥ 0"]


def test_a_schema_that_unfolds_without_end_is_not_taken() -> None:
    """Two references a level double with every level; thirty levels would take minutes."""
    doubled: dict[str, Any] = {
        f"a{i}": {"allOf": [{"$ref": f"#/$defs/a{i + 1}"}] * 2} for i in range(30)
    }
    schema = {"$ref": "#/$defs/a0", "$defs": {**doubled, "a30": {"type": "number"}}}

    assert [fault.message for fault in schema_faults(schema)] == [
        "must have at most 4000 parts, $ref followed"
    ]
    assert said(schema, 3) == [" cannot be checked: the schema is not usable"]


@pytest.mark.parametrize(
    ("schema", "value", "words"),
    [
        ({"maximum": 500}, 501, "must be ≤ 500"),
        ({"minimum": 0.5}, 0, "must be ≥ 0.5"),
        ({"exclusiveMaximum": 500.0}, 500, "must be < 500"),
        ({"exclusiveMinimum": 0}, 0, "must be > 0"),
        ({"multipleOf": 0.01}, 0.001, "must be a multiple of 0.01"),
        ({"enum": ["USD", "EUR"]}, "GBP", "must be one of USD, EUR"),
        ({"enum": list(range(20))}, 99, "must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …"),
        ({"const": {"a": 1}}, 2, 'must be {"a": 1}'),
        ({"type": ["string", "null"]}, 1, "must be empty or a text"),
        ({"maxLength": 2}, "abc", "must have at most 2 characters"),
        ({"minLength": 2}, "a", "must have at least 2 characters"),
        ({"maxItems": 1}, [1, 2], "must have at most 1 entries"),
        ({"minProperties": 1}, {}, "must have at least 1 entries"),
        ({"uniqueItems": True}, [1, 1], "must not have the same entry twice"),
        ({"pattern": "^a+$"}, "b", "must match the pattern ^a+$"),
        ({"properties": {"a": False}}, {"a": 1}, "is not allowed"),
        ({"not": {"type": "string"}}, "a", "does not have the expected form"),
        ({"pattern": "^" + "a" * 100}, "b", "must match the pattern ^" + "a" * 78 + "…"),
    ],
)
def test_a_violation_in_words(schema: dict[str, Any], value: Any, words: str) -> None:
    """A person reads what the value must be, not what the checker calls it."""
    assert words in [fault.message for fault in violations(schema, value)]


def test_missing_and_unknown_names_are_places_of_their_own() -> None:
    """The pointer leads to where the name should stand or should not."""
    schema = {
        "required": ["a"],
        "properties": {"a": {}, "l": {"items": {"type": "number"}}},
        "additionalProperties": False,
    }

    assert set(said(schema, {"x/y": 1, "l": [1, "2"]})) == {
        "/a is missing",
        "/l/1 must be a number",
        "/x~1y is not known to the tool",
    }
    assert schema_faults({"dependentRequired": {"a": 3}})[0].pointer == "/dependentRequired/a"


@pytest.mark.parametrize("value", [object(), {1: 2}, "\ud800", float("nan")])
def test_what_is_not_json_is_a_violation_or_nothing(value: Any) -> None:
    """No value makes the check itself fail."""
    assert all(isinstance(fault, Fault) for fault in violations({"enum": ["a"]}, value))


@pytest.mark.timeout(30)
def test_a_check_that_would_take_long_is_refused() -> None:
    """Many values against many parts: the product is bounded before the work begins."""
    wide = {"items": {"anyOf": [{"const": i} for i in range(900)]}}

    assert said(wide, list(range(100_000))) == [" is too large to be checked against its schema"]


@pytest.mark.timeout(30)
def test_many_alternatives_are_answered_without_details() -> None:
    """Naming each of a million failed alternatives took 38 seconds; yes or no takes none."""
    wide = {"items": {"anyOf": [{"const": f"x{i}"} for i in range(900)]}}

    assert said(wide, ["a"] * 1500) == [" does not have the expected form"]
    assert said(wide, ["x1"] * 1500) == []


@pytest.mark.timeout(30)
def test_a_pattern_takes_linear_time() -> None:
    """The pattern that hangs backtracking engines is answered at once."""
    violations({"pattern": "^(a+)+$"}, "a" * 100_000 + "b")


def test_validators_are_kept_but_not_for_ever() -> None:
    """The same schema is compiled once, and the oldest makes room."""
    first = {"const": "kept"}
    assert _validator(first) is _validator(dict(first))

    for i in range(300):
        violations({"const": i}, i)

    assert len(_validator._kept) == 256


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_json_may_be_checked(value: Any) -> None:
    """Whatever the value, the answer is a list of faults."""
    assert isinstance(violations(SCHEMA, value), list)


@given(
    st.dictionaries(
        st.sampled_from(["type", "$ref", "properties", "items", "enum", "pattern", "anyOf", "x"]),
        st.recursive(
            st.none()
            | st.booleans()
            | st.integers()
            | st.text(max_size=5)
            | st.sampled_from(["#/items", "#/x", "#/enum/0"]),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
        ),
    )
)
def test_a_taken_schema_can_be_used(schema: dict[str, Any]) -> None:
    """Whatever passes the door compiles; whatever does not says why."""
    if not schema_faults(schema):
        assert "cannot be checked" not in " ".join(said(schema, {"a": [1, "x"]}))
