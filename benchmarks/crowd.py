"""Agents and the person who answers them, as they speak on the wire."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

import orjson

from benchmarks.processes import CHANNELS, SIGNING_SECRET, Running, channel_of
from benchmarks.slack import PERSON, TEAM
from benchmarks.wire import Wire, connect, request
from examples.refund_agent import REFUND

if TYPE_CHECKING:
    from collections.abc import Callable

_numbers = itertools.count(1)
BODY = orjson.dumps(REFUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a click needs to know of an escalation."""

    id: str
    digest: str


class Doors:
    """How agents and Slack reach the bot."""

    def __init__(self, server: Running, key: str) -> None:
        self.port = server.port
        self._key = {"Authorization": f"Bearer {key}"}
        self.card: list[Any] = []

    def create(self, body: bytes = BODY) -> bytes:
        headers = self._key | {"Idempotency-Key": f"bench-{next(_numbers)}"}
        return request(
            "POST", "/v1/escalations", body, {"Content-Type": "application/json"} | headers
        )

    def park(self, asked: Asked) -> bytes:
        return request("GET", f"/v1/escalations/{asked.id}?wait=55", headers=self._key)

    def click(self, asked: Asked) -> bytes:
        """Alice presses Approve: the payload as Slack sends it, with the message and its seal."""
        action = {"action_id": "approve", "block_id": "b", "type": "button",
                  "value": f"{asked.id}|{asked.digest}", "action_ts": "1.0"}  # fmt: skip
        channel = channel_of(0)
        payload = {
            "type": "block_actions", "team": {"id": TEAM, "domain": "bench"}, "api_app_id": "A0",
            "user": {"id": PERSON, "username": "alice", "name": "alice", "team_id": TEAM},
            "container": {"type": "message", "message_ts": "1.0", "channel_id": channel},
            "trigger_id": "1.2.3", "channel": {"id": channel, "name": "reviews"},
            "message": {"type": "message", "ts": "1.0", "blocks": self.card},
            "state": {"values": {}}, "response_url": "http://127.0.0.1:9/none",
            "actions": [action],
        }  # fmt: skip
        return self._signed(b"payload=" + quote_plus(orjson.dumps(payload)).encode())

    def command(self, text: str) -> bytes:
        """Alice writes it behind `/pullcord`."""
        fields = {
            "command": "/pullcord", "text": text, "user_id": PERSON, "user_name": "alice",
            "team_id": TEAM, "channel_id": channel_of(0), "trigger_id": "1.2.3",
            "response_url": "http://127.0.0.1:9/none",
        }  # fmt: skip
        return self._signed(urlencode(fields).encode())

    @staticmethod
    def _signed(body: bytes) -> bytes:
        stamp = str(int(time.time()))
        seal = hmac.new(
            SIGNING_SECRET.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256
        )
        return request(
            "POST", "/slack/events", body,
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": "v0=" + seal.hexdigest(),
            },
        )  # fmt: skip

    @staticmethod
    def asked(body: bytes) -> Asked:
        found = orjson.loads(body)
        return Asked(id=found["id"], digest=found["action_digest"])


class BareDoors(Doors):
    """The same of the floor."""

    def create(self, body: bytes = BODY) -> bytes:
        return request("POST", "/escalations", body, {"Idempotency-Key": f"bench-{next(_numbers)}"})

    def park(self, asked: Asked) -> bytes:
        return request("GET", f"/escalations/{asked.id}")

    def click(self, asked: Asked) -> bytes:
        return request("POST", f"/click/{asked.id}", b"payload=%7B%7D")

    @staticmethod
    def asked(body: bytes) -> Asked:  # noqa: ARG004
        return Asked(id=f"bare-{next(_numbers)}", digest="")


async def ask_many(doors: Doors, count: int) -> list[Asked]:
    """New escalations, over all channels, a few at a time."""
    wires = [await connect(doors.port) for _ in range(min(8, count))]
    left = itertools.count()
    found: list[Asked] = []

    async def go_on(wire: Wire) -> None:
        while (number := next(left)) < count:
            body = orjson.dumps(REFUND | {"category": f"c{number % CHANNELS}"})
            status, answer = await wire.send(doors.create(body))
            if status != 201:
                raise RuntimeError(f"not accepted: {status} {answer[:300]!r}")
            found.append(doors.asked(answer))

    try:
        await asyncio.gather(*(go_on(wire) for wire in wires))
    finally:
        for wire in wires:
            wire.close()
    return found


class Parked:
    """Agents that wait, each on its own connection, and ask again when the wait is over."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors
        self._tasks: list[asyncio.Task[None]] = []

    async def grow(self, asked: list[Asked], count: int) -> None:
        """Until `count` of them wait, shared out over the escalations."""
        targets = itertools.cycle(asked)
        while len(self._tasks) < count:
            few = min(50, count - len(self._tasks))
            wires = await asyncio.gather(*(connect(self._doors.port) for _ in range(few)))
            for wire, one in zip(wires, targets, strict=False):
                self._tasks.append(asyncio.create_task(_wait_for_ever(self._doors, wire, one)))
            await asyncio.sleep(0)

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _wait_for_ever(doors: Doors, wire: Wire, asked: Asked) -> None:
    try:
        while True:
            await wire.send(doors.park(asked))
    finally:
        wire.close()


async def load(doors: Doors, connections: int, seconds: float) -> float:
    """Escalations accepted a second."""
    wires = [await connect(doors.port) for _ in range(connections)]
    clock = asyncio.get_running_loop().time
    began = clock()
    until = began + seconds
    accepted = 0

    async def go_on(wire: Wire) -> None:
        nonlocal accepted
        while clock() < until:
            status, answer = await wire.send(doors.create())
            if status != 201:
                raise RuntimeError(f"not accepted: {status} {answer[:300]!r}")
            accepted += 1

    await asyncio.gather(*map(go_on, wires))
    took = clock() - began
    for wire in wires:
        wire.close()
    return accepted / took


async def answers(
    doors: Doors, asked: list[Asked], gap: float, note: Callable[[float], None]
) -> None:
    """One click after the other; `note` hears how long its agent waited for the news."""
    clock = time.perf_counter
    agents = [await connect(doors.port) for _ in asked]
    waiting = [wire.send(doors.park(one)) for wire, one in zip(agents, asked, strict=True)]
    person = await connect(doors.port)
    await asyncio.sleep(0.5)
    for one, answer in zip(asked, waiting, strict=True):
        signed = doors.click(one)
        began = clock()
        acknowledged = person.send(signed)
        status, body = await answer
        note((clock() - began) * 1000)
        if status != 200 or b'"decided"' not in body:
            raise RuntimeError(f"not decided: {status} {body[:300]!r}")
        await acknowledged
        await asyncio.sleep(gap)
    for wire in (person, *agents):
        wire.close()
