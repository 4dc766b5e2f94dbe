"""Agents that report what they did without asking, all of it in one category."""

from __future__ import annotations

import asyncio
import time
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from benchmarks.wire import connect, request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.processes import Running
    from benchmarks.wire import Wire

#: As many items in a report, and as many reports under way.
_AT_ONCE, _WIRES = 100, 4
_TOOLS = ("search", "read", "lookup", "answer")


async def report(server: Running, key: str, count: int, *, first: str = "out") -> float:
    """Outputs taken a second, each with its coin and its look at what is unusual."""
    wires = [await connect(server.port) for _ in range(_WIRES)]
    numbers, dice = iter(range(count)), Random("outputs")

    async def go_on(wire: Wire) -> None:
        while items := [_item(f"{first}-{number}", dice) for number in _few(numbers)]:
            body = orjson.dumps({"items": items})
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
            status, answer = await wire.send(request("POST", "/v1/outputs", body, headers))
            if status != 202:
                raise RuntimeError(f"not taken: {status} {answer[:300]!r}")

    began = time.perf_counter()
    await asyncio.gather(*map(go_on, wires))
    took = time.perf_counter() - began
    for wire in wires:
        wire.close()
    return count / took


def _few(numbers: Iterator[int]) -> list[int]:
    return list(islice(numbers, _AT_ONCE))


def _item(item_id: str, dice: Random) -> dict[str, Any]:
    """About 700 bytes, as a chat's answer is."""
    calls = dice.choices(_TOOLS, k=dice.randint(1, 4))
    return {
        "id": item_id,
        "category": "bulk",
        "input": "How long does a refund take? " * dice.randint(1, 4),
        "output": "Three to five business days. " * dice.randint(5, 20),
        "confidence": round(dice.random(), 3),
        "agent_version": "v1",
        "tool_calls": [{"name": name, "arguments": {"query": "refund time"}} for name in calls],
    }
