"""From bytes to a request: what is hostile is refused, what is equal is the same."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import InvalidError, PullcordError
from bot.domain.intake import MAX_DEPTH, MalformedError, body_hash, parse, request_from

PLAIN = {"action": "Refund", "reason": "Returned", "impact": "Money leaves"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
NUMBERS = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    ["kind", "action", "reason", "impact", "tool", "confidence", "signals", "risk", "evidence",
     "context", "deadline", "valid_for", "metadata", "tags", "actoin"]
)  # fmt: skip


def faults(value: Any) -> dict[str, str]:
    """Pointer → message of what is wrong with a body."""
    with pytest.raises(InvalidError) as refused:
        request_from(parse(json.dumps(value).encode()))
    return {fault.pointer: fault.message for fault in refused.value.faults}


def shuffled(value: Any) -> Any:
    """The same JSON value with every object's keys in another order."""
    if isinstance(value, dict):
        return {name: shuffled(item) for name, item in reversed(value.items())}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(st.binary(max_size=200))
def test_any_bytes_are_a_request_or_a_refusal(body: bytes) -> None:
    """Nothing but our own errors leaves, whatever arrives."""
    with suppress(PullcordError):
        request_from(parse(body))


@given(st.dictionaries(FIELDS, VALUES, max_size=6))
def test_any_values_are_a_request_or_a_refusal(values: dict[str, Any]) -> None:
    """The same for bodies that look like requests, complete ones included."""
    for body in (values, PLAIN | values):
        with suppress(InvalidError):
            request_from(parse(json.dumps(body).encode()))


@given(VALUES)
def test_the_order_of_keys_does_not_matter(value: Any) -> None:
    """Two writers of the same JSON get the same hash, however they format it."""
    compact = json.dumps(value).encode()
    spacious = json.dumps(shuffled(value), indent=3, ensure_ascii=False).encode()

    assert body_hash(parse(compact)) == body_hash(parse(spacious))


@given(VALUES, VALUES)
def test_other_values_have_another_hash(one: Any, other: Any) -> None:
    """What differs as JSON differs as a hash."""
    same = body_hash(parse(json.dumps(one).encode())) == body_hash(
        parse(json.dumps(other).encode())
    )

    assert same == (body_hash([one]) == body_hash([other]))
    assert not same or json.loads(json.dumps(one)) == json.loads(json.dumps(other))


def test_the_form_of_a_number_does_not_matter() -> None:
    """1, 1.0 and 1e0 are one JSON number; true and "1" are not that number."""
    hashes = [body_hash(parse(body)) for body in (b"[1]", b"[1.0]", b"[1e0]", b"[true]", b'["1"]')]

    assert hashes[0] == hashes[1] == hashes[2]
    assert len(set(hashes)) == 3


def test_depth_is_measured_outside_of_texts() -> None:
    """Brackets in texts, even escaped or unfinished ones, do not count."""
    parse(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    parse(json.dumps({"a": "[" * 100 + '"' + "{" * 100 + "\\"}).encode())
    with pytest.raises(InvalidError):
        parse(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    with pytest.raises(MalformedError):
        parse(b'"' + b"\\[" * 100_000)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b'{"a": {"b": 1, "b": 2}}', "/a"),
        (b'{"a/b": ["\\ud800"]}', "/a~1b/0"),
        (b'{"~": "\\u0000"}', "/~0"),
        (b'{"a": {"\\udfff": 1}}', "/a"),
        (b'{"a": [1, 1e999]}', "/a/1"),
        (b'{"a": -1e999}', "/a"),
    ],
)
def test_what_two_programs_could_read_differently_is_pointed_at(body: bytes, pointer: str) -> None:
    """Keys named twice, half characters, NUL and boundless numbers, wherever they stand."""
    with pytest.raises(InvalidError) as refused:
        parse(body)

    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_whole_emoji_is_a_character() -> None:
    """A surrogate pair in JSON is one character and welcome."""
    assert parse(b'"\\ud83d\\ude00"') == "😀"


def test_everything_that_is_missing_is_said_at_once() -> None:
    """Three required fields, three faults."""
    assert faults({}) == dict.fromkeys(["/action", "/reason", "/impact"], "is missing")


def test_large_integers_are_refused_only_where_they_are_digested() -> None:
    """Arguments are hashed, so they must be exact; metadata only comes back."""
    exact = PLAIN | {"tool": {"name": "t", "arguments": {"n": 2**53 - 1}}}
    request_from(exact)
    request_from(PLAIN | {"metadata": {"n": 2**60}})

    wrong = PLAIN | {"tool": {"name": "t", "arguments": {"n": [-(2**53)]}}}
    assert list(faults(wrong)) == ["/tool/arguments/n/0"]


def test_a_body_of_typos_gets_a_short_answer() -> None:
    """Thousands of faults are counted, not listed."""
    found = faults(PLAIN | {f"typo{n}": 1 for n in range(5000)})

    assert len(found) == 51
    assert found[""] == "has 4950 more faults"


@pytest.mark.parametrize(
    ("over", "pointer", "says"),
    [
        ({"evidence": [{"type": "link", "url": "ftp://x"}]}, "/evidence/0/url", "http(s)"),
        ({"evidence": [{"type": "link", "url": "http://["}]}, "/evidence/0/url", "http(s)"),
        ({"evidence": [{"type": "link", "url": "https://"}]}, "/evidence/0/url", "http(s)"),
        ({"evidence": [{"type": "link", "url": "http://x:0/"}]}, "/evidence/0/url", "port"),
        ({"evidence": [{"type": "link", "url": "http://x/a b"}]}, "/evidence/0/url", "spaces"),
        ({"evidence": [{"type": "link", "titel": "x"}]}, "/evidence/0/titel", "did you mean title"),
        ({"action": "   "}, "/action", "must say something"),
        ({"valid_for": "0s"}, "/valid_for", "longer than zero"),
        ({"valid_for": "soon"}, "/valid_for", "90s"),
        ({"tool": {"name": "x", "editable": ["amount"]}}, "/tool/editable/0", "JSON Pointer"),
    ],
)
def test_a_wrong_value_says_what_is_expected(over: dict[str, Any], pointer: str, says: str) -> None:
    """At its pointer, in words that say what to send instead."""
    question = {"action": "a", "reason": "b", "impact": "c"}

    with pytest.raises(InvalidError) as refused:
        request_from(question | over)

    (fault,) = refused.value.faults
    assert fault.pointer == pointer
    assert says in fault.message


def test_an_address_is_kept_as_it_was_sent() -> None:
    """Nothing is added to it and nothing is put in another order."""
    url = "https://Example.com:8443/p?b=1&a=2"
    evidence = [{"type": "link", "url": url}]

    request = request_from({"action": "a", "reason": "b", "impact": "c", "evidence": evidence})

    assert request.evidence[0].url == url
