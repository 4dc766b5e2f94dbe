"""`GET /v1/queue`: what waits for people."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.usecases.show import queue
from handlers.agents.answers import json_answer
from handlers.agents.queries import no_parameters

if TYPE_CHECKING:
    from aiohttp import web

    from bot.domain.people import Caller
    from bot.usecases.desk import Desk


async def read(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """How many, since when, how urgent, and on which routes."""
    no_parameters(request)
    return json_answer(asdict(await queue(desk, caller)))
