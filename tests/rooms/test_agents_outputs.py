"""The door for reports: what is no batch is refused with where and why, and nothing of it stays."""

from __future__ import annotations

import asyncio
import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from handlers.agents.outputs import LONGEST_BATCH
from tests.rooms.test_agents_door import Agent, Answer, Door, open_door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

ITEM: dict[str, Any] = {"id": "a", "category": "faq", "input": "Why?", "output": "Because."}


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as made:
        yield made


@pytest.fixture
async def agent(door: Door) -> Agent:
    return await door.agent()


async def reports(agent: Agent, *items: Any, path: str = "/v1/outputs", **more: Any) -> Answer:
    return await sends(agent, json.dumps({"items": list(items), **more}).encode(), path)


async def sends(agent: Agent, body: bytes, path: str = "/v1/outputs") -> Answer:
    return await agent.send("POST", path, data=io.BytesIO(body), Content_Type="application/json")


def odd(**over: Any) -> tuple[Any, ...]:
    return (ITEM | over,)


@pytest.mark.parametrize(
    ("items", "pointer"),
    [
        ((), "/items"),
        ([ITEM | {"id": str(at)} for at in range(501)], "/items"),
        (("a",), "/items/0"),
        (({"id": "a"},), "/items/0/category"),
        (odd(confidnce=1), "/items/0/confidnce"),
        (odd(confidence=1.5), "/items/0/confidence"),
        (odd(confidence="0.9"), "/items/0/confidence"),
        (odd(id=""), "/items/0/id"),
        (odd(id="x" * 257), "/items/0/id"),
        (odd(category="x" * 65), "/items/0/category"),
        (odd(signals=[{"value": 1}]), "/items/0/signals/0/name"),
        (odd(tool_calls=[{"arguments": {}}]), "/items/0/tool_calls/0/name"),
        (odd(tool_calls=[{"name": "a", "args": {}}]), "/items/0/tool_calls/0/args"),
        (odd(tool_calls=[{"name": "a"}] * 201), "/items/0/tool_calls"),
        (odd(metadata=[]), "/items/0/metadata"),
        (odd(input=2**53), "/items/0/input"),
        (odd(output={"n": [-(10**17)]}), "/items/0/output/n/0"),
        (odd(output="\ud800"), "/items/0/output"),
        (odd(input="\x00"), "/items/0/input"),
        ((ITEM, ITEM | {"output": "Another."}), "/items/1/id"),
    ],
)
async def test_what_is_no_batch_says_where(agent: Agent, items: Any, pointer: str) -> None:
    """All or nothing: the same items without the fault are new afterwards."""
    answer = await reports(agent, *items)

    assert (answer.status, answer.code) == (422, "invalid")
    assert pointer in {one["pointer"] for one in answer.json["errors"]}
    after = await reports(agent, ITEM | {"output": "Never said before."})
    assert after.status == 202


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"[]", 422, "invalid"),
        (b'{"items": [' + b"[" * 99 + b"]" * 99 + b"]}", 422, "invalid"),
        (b'{"items": {}}', 422, "invalid"),
        (b'{"items": [], "items": []}', 422, "invalid"),
        (b'{"items": [{"id": "a", "category": "c", "input": 1e999, "output": 1}]}', 422, "invalid"),
        (b" " * (LONGEST_BATCH + 1), 413, "too_large"),
    ],
)
async def test_a_body_that_is_no_batch_is_refused_by_name(
    agent: Agent, body: bytes, status: int, code: str
) -> None:
    """As everywhere else, and what is too large is told how to do it."""
    answer = await sends(agent, body)

    assert (answer.status, answer.code) == (status, code)
    if status == 413:
        assert "Send fewer items at once." in answer.json["detail"]


async def test_the_same_report_again_is_answered_the_same(agent: Agent, door: Door) -> None:
    """In another order of keys and form of numbers, in parallel, and after one that is new."""
    said = [ITEM | {"id": str(at), "confidence": 0.5, "metadata": {"n": 1}} for at in range(40)]
    turned = [dict(reversed(one.items())) | {"metadata": {"n": 1.0}} for one in said]

    answers = await asyncio.gather(*(reports(agent, *said) for _ in range(4)))
    again = await reports(agent, ITEM | {"id": "new"}, *turned)
    stranger = await reports(await door.agent("other-bot"), *said)

    assert {one.status for one in answers} == {202}
    first = answers[0].json["items"]
    assert [one.json["items"] for one in answers] == [first] * 4
    assert again.json["items"][1:] == first
    assert [one["id"] for one in stranger.json["items"]] == [one["id"] for one in first]


async def test_who_may_report(door: Door) -> None:
    """A key with the scope, without parameters; the body is read only after that."""
    reader = await door.agent("reader", "escalate:read")
    reporter = await door.agent("reporter", "outputs:create")

    assert (await reports(reader, ITEM)).code == "forbidden"
    assert (await reports(reporter, ITEM)).status == 202
    assert (await reports(reporter, ITEM, path="/v1/outputs?limit=1")).code == "invalid"
    assert (await reports(reporter, ITEM, kind="x")).json["errors"][0]["pointer"] == "/kind"


async def test_eight_mebibytes_are_taken(agent: Agent) -> None:
    """Five hundred long outputs at once, while others go on."""
    items = [
        ITEM | {"id": str(at), "output": "w " * 8000, "tool_calls": [{"name": "look"}] * 20}
        for at in range(500)
    ]
    body = json.dumps({"items": items}).encode()
    assert 7 * 2**20 < len(body) <= LONGEST_BATCH

    answer = await sends(agent, body)

    assert answer.status == 202
    assert len(answer.json["items"]) == 500
