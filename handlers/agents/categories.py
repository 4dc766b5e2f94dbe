"""`GET /v1/categories`: how each category fares."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.usecases.categories import every_category, one_category
from handlers.agents.answers import json_answer
from handlers.agents.queries import category_name, no_parameters

if TYPE_CHECKING:
    from aiohttp import web

    from bot.domain.people import Caller
    from bot.usecases.desk import Desk


async def list_them(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """Those of the policy, then those that were only seen."""
    no_parameters(request)
    return json_answer({"items": [asdict(one) for one in await every_category(desk, caller)]})


async def read(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """One of them."""
    no_parameters(request)
    return json_answer(asdict(await one_category(desk, caller, category_name(request))))
