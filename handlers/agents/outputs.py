"""`POST /v1/outputs`: what agents did without asking."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.output import batch_from
from bot.usecases.take_output import take_outputs, why
from handlers.agents.answers import json_answer
from handlers.agents.bodies import json_bytes
from handlers.agents.queries import no_parameters

if TYPE_CHECKING:
    from aiohttp import web

    from bot.domain.people import Caller
    from bot.usecases.desk import Desk

LONGEST_BATCH = 8 * 1024 * 1024
_INSTEAD = "Send fewer items at once."


async def report(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """202 with one answer an item, in their order; the same again gets the same."""
    no_parameters(request)
    body = await json_bytes(request, LONGEST_BATCH, _INSTEAD)
    async with desk.reports:
        # A large one takes a second, and clicks come in meanwhile.
        batch = await asyncio.to_thread(batch_from, body)
        taken = await take_outputs(desk, caller, batch)
    items = [
        {"id": one.item_id, "sampled": one.chosen is not None, "why": why(one)} for one in taken
    ]
    return json_answer({"items": items}, status=202)
