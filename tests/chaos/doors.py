"""What strangers try at the doors: addresses that lead inside, and signatures that are none."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import aiohttp
from standardwebhooks import Webhook, WebhookVerificationError

from sandbox.server import SIGNING_SECRET
from sandbox.signing import signed_headers
from tests.chaos.result import Result
from tests.chaos.scene import scene
from tests.chaos.verdict import judge
from tests.receiver import secret_of
from tests.rules.hostile_addresses import corpus
from tests.world import REFUND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.chaos.scene import Scene
    from tests.databases import Postgres


async def addresses(database: str, server: Postgres, _: int) -> AsyncIterator[Result]:
    """A callback to each spelling of each inside address; a listener counts who comes."""
    result = Result("callbacks into a private network", database)
    connected: list[object] = []

    async def listen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer.get_extra_info("peername"))
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with scene(database, server) as stage:
        stage.bots[0].environment["PULLCORD_CALLBACK_ALLOW"] = ""
        await stage.start(stage.bots[0])
        taken = 0
        for number, url in enumerate(corpus()):
            aimed = url.replace(":8443", "").replace("/hook", f":{port}/hook")
            status, answer = await stage.call(
                "POST",
                "/v1/escalations",
                REFUND | {"callback": {"url": aimed}},
                **{"Idempotency-Key": f"inside-{number}"},
            )
            taken += status != 422
            if status >= 500:
                result.missed(f"{url}: {answer}")
            result.trials += 1
        # What is refused at the door never gets as far as connecting; a name may.
        await stage.ask("a name for loopback", callback={"url": f"https://localhost:{port}/hook"})
        (question,) = stage.questions
        await stage.call("POST", f"/v1/escalations/{question.id}/cancel", {})
        await stage.calm(lambda: _tried(stage))
    listener.close()
    if taken or connected:
        result.missed(f"{taken} were taken, {len(connected)} connections came")
    result.note = f"{len(connected)} connections"
    yield result


async def _tried(stage: Scene) -> bool:
    rows = await stage.rows("SELECT state FROM relay")
    return any(row[0] == "dead" for row in rows)


async def signatures(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Clicks with a wrong seal, and our own callbacks with one bit turned."""
    result = Result("signatures: flipped, stale, foreign", database)
    dice = random.Random(7)
    async with scene(database, server) as stage:
        await stage.start(stage.bots[0])
        question = await stage.ask("sealed", ends="cancelled")
        payload = urlencode({"payload": '{"type": "block_actions"}'}).encode()
        async with aiohttp.ClientSession() as http:
            for _ in range(1000 * scale):
                body, headers = _forged(dice, payload)
                async with http.post(
                    f"{stage.url}/slack/events", data=body, headers=headers
                ) as answer:
                    if answer.status != 401:
                        result.missed(f"accepted with {answer.status}: {headers}")
                result.trials += 1
        await stage.call("POST", f"/v1/escalations/{question.id}/cancel", {})
        await stage.calm(lambda: _arrived(stage))
        result.trials += _forge_callbacks(stage, result, dice, 1000 * scale)
        verdict = await judge(stage)
        result.add(verdict)
    yield result


def _forged(dice: random.Random, body: bytes) -> tuple[bytes, dict[str, str]]:
    """A genuine request with one thing wrong."""
    now = int(time.time())
    kind = dice.randrange(5)
    if kind == 0:
        headers = signed_headers(SIGNING_SECRET, now, body)
        place = dice.randrange(len(body))
        body = body[:place] + bytes([body[place] ^ 1 << dice.randrange(7)]) + body[place + 1 :]
    elif kind == 1:
        headers = signed_headers(SIGNING_SECRET, now + dice.choice((-1, 1)) * 310, body)
    elif kind == 2:
        headers = signed_headers("another secret", now, body)
    elif kind == 3:
        headers = signed_headers(SIGNING_SECRET, now, body)
        seal = headers["X-Slack-Signature"]
        place = dice.randrange(3, len(seal))
        other = dice.choice([c for c in "0123456789abcdef" if c != seal[place]])
        headers["X-Slack-Signature"] = seal[:place] + other + seal[place + 1 :]
    else:
        headers = signed_headers(SIGNING_SECRET, now, body)
        headers["X-Slack-Request-Timestamp"] = str(now + 1)
    return body, headers | {"Content-Type": "application/x-www-form-urlencoded"}


def _forge_callbacks(stage: Scene, result: Result, dice: random.Random, count: int) -> int:
    arrived = stage.hook.arrived[0]
    proof = Webhook(secret_of(stage.key))
    for _ in range(count):
        place = dice.randrange(len(arrived.body))
        flipped = bytes([arrived.body[place] ^ 1 << dice.randrange(7)])
        body = arrived.body[:place] + flipped + arrived.body[place + 1 :]
        try:
            proof.verify(body, arrived.headers)
        except WebhookVerificationError:
            continue
        result.missed("a changed callback was believed")
    return count


async def _arrived(stage: Scene) -> bool:
    return bool(stage.hook.arrived)
