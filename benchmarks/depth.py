"""P5 and P6: whether a long past, or a crowd, makes people wait."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import orjson

from benchmarks import processes
from benchmarks.crowd import Doors
from benchmarks.history import fill
from benchmarks.wire import ask, connect, request
from examples.refund_agent import REFUND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from benchmarks.processes import Running

_PATIENCE = 600.0
_QUESTION = orjson.dumps(REFUND | {"category": "c0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Depths:
    """How much past, how much present, how often each is looked at, and how many come at once."""

    little: int = 10_000
    much: int = 1_000_000
    still_open: int = 100_000
    looks: int = 21
    crowd: int = 1_000
    #: Slack's own; a multiple of it only to see that it can be measured.
    pace: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """A database, and the processes beside the bot."""

    folder: Path
    url: str
    slack: Running


async def crowded(place: Place, depths: Depths) -> float:
    """Until a crowd in one channel is in front of people, beside one card each at Slack's pace."""
    async with _bot(place, pace=depths.pace) as doors:
        began = time.perf_counter()
        wires = [await connect(doors.port) for _ in range(8)]
        for at in range(0, depths.crowd, len(wires)):
            some = wires[: depths.crowd - at]
            await asyncio.gather(*(wire.send(doors.create(_QUESTION)) for wire in some))
        for wire in wires:
            wire.close()
        await _until_shown(place.slack, depths.crowd)
        seconds = time.perf_counter() - began
    return seconds / (depths.crowd / depths.pace)


async def depth(place: Place, depths: Depths) -> dict[str, tuple[float, float]]:
    """Milliseconds of each look with a little past and with much; as many are open in both."""
    async with _bot(place) as doors:
        template = await _ask(doors)
    await fill(place.url, template, settled=depths.little, still_open=depths.still_open)
    little = await _looks(place, depths.looks)
    more = depths.much - depths.little
    await fill(place.url, template, settled=more, still_open=0, before=depths.little)
    much = await _looks(place, depths.looks)
    return {name: (little[name], much[name]) for name in little}


async def _looks(place: Place, count: int) -> dict[str, float]:
    async with _bot(place) as doors:
        found = {}
        for name, text in (("status", "status"), ("queue", "queue all")):
            await _command(doors, text)  # the first one opens files and fills caches
            found[name] = median([await _command(doors, text) for _ in range(count)])
        await _claim(doors, place.slack)
        found["claim"] = median([await _claim(doors, place.slack) for _ in range(count)])
        return found


async def _command(doors: Doors, text: str) -> float:
    signed = doors.command(text)
    began = time.perf_counter()
    status, answer = await ask(doors.port, signed)
    took = (time.perf_counter() - began) * 1000
    if status != 200 or b"open" not in orjson.dumps(answer):
        raise RuntimeError(f"not answered: {status} {answer!r}")
    return took


async def _claim(doors: Doors, slack: Running) -> float:
    """From the answer to an agent to the post of its card at Slack's door."""
    _, before = await ask(slack.port, request("GET", "/seen"))
    await _ask(doors)
    began = time.perf_counter()
    await ask(slack.port, request("GET", f"/next?after={before['posts']}"))
    took = (time.perf_counter() - began) * 1000
    await asyncio.sleep(0.3)  # until that one is done with
    return took


async def _ask(doors: Doors) -> str:
    status, answer = await ask(doors.port, doors.create(_QUESTION))
    if status != 201:
        raise RuntimeError(f"not accepted: {status} {answer!r}")
    return str(answer["id"])


async def _until_shown(slack: Running, count: int) -> None:
    """Until so many different questions have stood on posted cards."""
    until = time.perf_counter() + _PATIENCE * 2
    while time.perf_counter() < until:
        _, seen = await ask(slack.port, request("GET", "/seen"))
        if seen["shown"] >= count:
            return
        await asyncio.sleep(0.2)
    raise RuntimeError("the crowd was not shown")


@asynccontextmanager
async def _bot(place: Place, *, pace: int = 0) -> AsyncIterator[Doors]:
    environment = processes.settings(place.folder, place.url, place.slack.port)
    environment["PULLCORD_PACE"] = str(pace)
    key = await processes.make_key(environment)
    async with processes.bot(place.folder, environment) as running:
        yield Doors(running, key)
