"""The sign of life by itself: one GET, followed nowhere, and its address is never told."""

from __future__ import annotations

import aiohttp
import pytest
from aiohttp import web

from bot.senders.heartbeat import beat
from sandbox.testing import serving
from tests.processes import free_port


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("taken", None),
        ("empty", None),
        ("elsewhere", "answered with 302"),
        ("broken", "answered with 500"),
    ],
)
async def test_what_the_watch_answers(path: str, says: str | None) -> None:
    """Whatever is in the two hundreds was taken; a redirect is not followed."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        status = {"taken": 200, "empty": 204, "elsewhere": 302, "broken": 500}
        return web.Response(
            status=status[request.match_info["path"]], headers={"Location": "/taken"}
        )

    app = web.Application()
    app.router.add_route("*", "/{path}", answer)
    async with serving(app) as url, aiohttp.ClientSession() as http:
        said = await beat(http, f"{url}{path}?token=secret")

    assert said == says
    assert asked == [f"GET /{path}"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/secret", "http://[/secret"])
async def test_nobody_there(url: str) -> None:
    """It is said what went wrong, and not where."""
    async with aiohttp.ClientSession() as http:
        said = await beat(http, url.replace("{port}", str(free_port())))

    assert said is not None
    assert "secret" not in said
