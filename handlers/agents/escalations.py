"""Asking and reading: `POST` and `GET /v1/escalations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.domain.intake import body_hash, request_from
from bot.domain.resource import resource
from bot.usecases.open_escalation import open_escalation
from bot.usecases.show import list_page, show, wait_for
from handlers.agents.answers import etag, json_answer, limit_headers
from handlers.agents.bodies import json_body
from handlers.agents.queries import (
    cursor,
    escalation_id,
    has_current,
    idempotency_key,
    listing,
    traceparent,
    wait,
)

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.people import Caller
    from bot.usecases.desk import Desk
    from handlers.agents.queries import Wait


async def create(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """201 for a new escalation, 200 with how it stands now for the same one sent again."""
    key = idempotency_key(request)
    parsed = await json_body(request)
    opened = await open_escalation(
        desk, caller, key=key, body_hash=body_hash(parsed), request=request_from(parsed),
        trace=traceparent(request),
    )  # fmt: skip
    found = opened.escalation
    limits = {} if opened.allowance is None else limit_headers(opened.allowance)
    return json_answer(
        resource(found),
        status=200 if opened.replayed else 201,
        headers={"Location": f"/v1/escalations/{found.id}", "ETag": etag(found)} | limits,
    )


async def read(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """One escalation: now, when it is settled, or when it is no longer as the agent knows it."""
    wanted, patience = escalation_id(request), wait(request)
    if request.if_none_match or patience.seconds == 0:
        found = await show(desk, caller, wanted)
        if patience.seconds > 0 and has_current(request, found.version):
            found = await _patiently(desk, caller, request, wanted, patience, found.version)
    else:
        found = await _patiently(desk, caller, request, wanted, patience, None)
    headers = {"ETag": etag(found)}
    if patience.applied is not None:
        headers["Preference-Applied"] = patience.applied
    if has_current(request, found.version):
        return web.Response(status=304, headers=headers | {"Retry-After": "1"})
    return json_answer(resource(found), headers=headers)


async def _patiently(
    desk: Desk,
    caller: Caller,
    request: web.Request,
    wanted: str,
    patience: Wait,
    beyond_version: int | None,
) -> Escalation:
    """Nothing is held meanwhile but the question itself."""
    return await wait_for(
        desk,
        caller,
        wanted,
        seconds=patience.seconds,
        beyond_version=beyond_version,
        gone=lambda: request.transport is None,
    )


async def list_them(desk: Desk, caller: Caller, request: web.Request) -> web.Response:
    """A page, oldest first."""
    page = listing(request)
    items, last_id = await list_page(
        desk,
        caller,
        status=page.status,
        category=page.category,
        group_key=page.group_key,
        after=page.after,
        limit=page.limit,
    )
    return json_answer(
        {
            "items": [resource(item) for item in items],
            "next": None if last_id is None else cursor(last_id),
        }
    )
