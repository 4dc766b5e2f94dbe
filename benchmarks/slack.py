"""A Slack that only answers, after as long as the real one takes: its cost is not the bot's.

The sandbox checks everything that it is sent, and would take half of a machine with two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import re
from typing import Any

import orjson
import uvloop
from aiohttp import web

# Slack's own chat.postMessage takes between 100 and 500 ms.
_ANSWER_SECONDS = 0.2
# In the values of a card's buttons.
_ESCALATION = re.compile(rb"esc_[0-9A-Z]{20,30}")
TEAM = "T0BENCH"
PERSON = "U01ALICE"


def _answer(method: str, said: Any, number: int) -> dict[str, Any]:
    match method:
        case "auth.test":
            found = {"team_id": TEAM, "url": "http://127.0.0.1/", "user_id": "U0BOT"}
        case "users.info":
            user = {"id": said.get("user"), "team_id": TEAM, "name": "alice", "real_name": "Alice"}
            return {"ok": True, "user": user | {"profile": {"display_name": "Alice"}}}
        case "chat.postMessage" | "chat.update":
            ts = said.get("ts") or f"1700000000.{number:06}"
            return {"ok": True, "channel": said.get("channel"), "ts": ts}
        case _:
            found = {}
    return {"ok": True} | found


def _make_app() -> web.Application:
    numbers = itertools.count(1)
    seen: dict[str, Any] = {"posts": 0, "calls": 0, "card": [], "shown": 0}
    questions: set[bytes] = set()
    posted = asyncio.Condition()

    async def call(request: web.Request) -> web.Response:
        method = request.match_info["method"]
        raw = await request.read()
        if request.content_type == "application/json":
            said: Any = orjson.loads(raw)
        else:
            said = dict(request.query) | dict(await request.post())
        seen["calls"] += 1
        if method == "chat.postMessage":
            seen["posts"] += 1
            seen["card"] = said.get("blocks") or seen["card"]
            questions.update(_ESCALATION.findall(raw))
            seen["shown"] = len(questions)
            async with posted:
                posted.notify_all()
        await asyncio.sleep(_ANSWER_SECONDS if method.startswith("chat.") else 0)
        return web.json_response(_answer(method, said, next(numbers)))

    async def counted(_: web.Request) -> web.Response:
        return web.Response(body=orjson.dumps(seen), content_type="application/json")

    async def after(request: web.Request) -> web.Response:
        """As soon as more than so many have been posted."""
        known = int(request.query["after"])
        async with posted:
            await posted.wait_for(lambda: seen["posts"] > known)
        return await counted(request)

    app = web.Application(client_max_size=2**22)
    app.router.add_post("/api/{method}", call)
    app.router.add_get("/api/{method}", call)
    app.router.add_get("/seen", counted)
    app.router.add_get("/next", after)
    return app


async def _serve(port: int) -> None:
    runner = web.AppRunner(_make_app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.slack", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvloop.run(_serve(parser.parse_args().port))


if __name__ == "__main__":
    main()
