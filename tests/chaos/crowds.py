"""Ten thousand clicks at one card, two hundred in flight: one decision, and quick answers."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
import orjson

from sandbox.server import SIGNING_SECRET
from sandbox.signing import signed_headers
from tests.chaos.result import Result
from tests.chaos.scene import scene
from tests.chaos.verdict import judge
from tests.world import POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.chaos.scene import Scene
    from tests.databases import Postgres

_CLICKS = 10_000
_IN_FLIGHT = 200
#: Slack gives up then, and tells the person that it did not work.
_SLACK_SECONDS = 3.0
#: Each of these has clicked fifty times when all is over.
_PEOPLE = [f"U1CROWD{n:03}" for n in range(200)]


async def crowd(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Everybody approves or opens nothing: what counts is who was first, and that all are told."""
    result = Result("10,000 clicks on one card, 200 in flight", database)
    everybody = ", ".join(_PEOPLE)
    policy = POLICY.replace("[U01ALICE, U02BOB]", f"[{everybody}]")
    for _ in range(min(scale, 3)):
        async with scene(database, server, policy=policy) as stage:
            for person in _PEOPLE:
                await stage.control(
                    "users", id=person, username=person.lower(), display_name=person.title()
                )
            await stage.start(stage.bots[0])
            question = await stage.ask("crowd", ends="decided")
            took = await _storm(stage, question)
            seen = await stage.settled(question)
            votes = len(seen["decision"]["votes"])
            if votes != 1:
                result.missed(f"{votes} votes made the decision")
            result.add(await judge(stage))
        took.sort()
        slowest = took[-1]
        result.note = (
            f"answers p50 {took[len(took) // 2] * 1000:.0f} ms, "
            f"p99 {took[len(took) * 99 // 100] * 1000:.0f} ms, slowest {slowest * 1000:.0f} ms"
        )
        if slowest > _SLACK_SECONDS:
            result.missed(f"the slowest answer took {slowest:.1f} s")
        if len(took) != _CLICKS:
            result.missed(f"only {len(took)} of {_CLICKS} clicks were answered with 200")
    yield result


async def _storm(stage: Scene, question: Any) -> list[float]:
    """Seconds that each answered click took, from the first byte sent to the last received."""
    await stage.calm(lambda: _has_card(stage, question))
    (card,) = stage.cards_of(question)
    button = next(
        element
        for block in card.message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] == "approve"
    )
    block_id = next(b["block_id"] for b in card.message.blocks if b["type"] == "actions")
    took: list[float] = []
    address = f"http://127.0.0.1:{stage.bots[0].port}/slack/events"
    clicks = iter(range(_CLICKS))
    connector = aiohttp.TCPConnector(limit=_IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector) as http:

        async def one_after_another() -> None:
            for number in clicks:
                person = _PEOPLE[number % len(_PEOPLE)]
                body = _click(stage, person, card, block_id, button, number)
                headers = signed_headers(SIGNING_SECRET, int(time.time()), body)
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                started = time.perf_counter()
                async with http.post(address, data=body, headers=headers) as answer:
                    await answer.read()
                    if answer.status == 200:
                        took.append(time.perf_counter() - started)

        await asyncio.gather(*(one_after_another() for _ in range(_IN_FLIGHT)))
    return took


def _click(
    stage: Scene, person: str, card: Any, block_id: str, button: dict[str, Any], number: int
) -> bytes:
    """What Slack sends for a press of the button."""
    action = {
        "type": "button",
        "action_id": button["action_id"],
        "block_id": block_id,
        "value": button["value"],
        "text": button["text"],
        "action_ts": f"{time.time():.6f}",
    }
    payload = {
        "type": "block_actions",
        "team": {"id": "T01SANDBOX", "domain": "sandbox"},
        "user": {"id": person, "username": person.lower(), "team_id": "T01SANDBOX"},
        "api_app_id": "A00PULLCORD",
        "container": {
            "type": "message",
            "message_ts": card.ts,
            "channel_id": card.channel,
            "is_ephemeral": False,
        },
        "trigger_id": f"{number}.1.x",
        "channel": {"id": card.channel, "name": "reviews"},
        "message": {"ts": card.ts, "text": card.message.text},
        "response_url": f"{stage.sandbox_url}response/none-{number}",
        "actions": [action],
    }
    return urlencode({"payload": orjson.dumps(payload).decode()}).encode()


async def _has_card(stage: Scene, question: Any) -> bool:
    return bool(stage.cards_of(question))
