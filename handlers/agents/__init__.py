"""The agents' door: who knocks, what they ask, and the answer in HTTP."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from aiohttp import web

from handlers.agents.answers import json_answer
from handlers.agents.framing import ProblemRunner
from handlers.agents.openapi import describe
from handlers.agents.page import page
from handlers.agents.problems import problem_middleware
from handlers.agents.routes import ROUTES, guarded

if TYPE_CHECKING:
    from bot.usecases.desk import Desk

__all__ = ["ProblemRunner", "add_routes", "problem_middleware"]

_PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@cache
def _described() -> tuple[dict[str, Any], str]:
    """The description and its page, made once a process: a tenth of a second each time."""
    document = describe()
    return document, page(document)


def add_routes(app: web.Application, desk: Desk) -> None:
    """Open the door on an application that has `problem_middleware`."""
    for route in ROUTES:
        app.router.add_route(route.method, route.path, guarded(desk, route))
    document, html = _described()

    async def openapi(_request: web.Request) -> web.Response:
        return json_answer(document)

    async def docs(_request: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html", headers=_PAGE_HEADERS)

    app.router.add_get("/openapi.json", openapi)
    app.router.add_get("/docs", docs)
