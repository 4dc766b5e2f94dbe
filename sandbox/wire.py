"""What wraps every request from the app: ordered faults and the log."""

import asyncio
import time
from collections.abc import Callable

import orjson
from aiohttp import web

from sandbox.activity import FROM_APP
from sandbox.faults import Fault
from sandbox.records import Json
from sandbox.workspace import Workspace

Carried = tuple[web.Response, str]


async def answered(
    request: web.Request,
    workspace: Workspace,
    what: str,
    searchable: str,
    carry_out: Callable[[], Carried],
) -> web.Response:
    """Carry a request out (or let it fail as ordered) and write it to the log.

    `searchable` is the text that a fault's `match` looks at.
    `carry_out` returns the true response and a few words for the log.
    """
    started = time.perf_counter()
    fault = workspace.faults.take(what, searchable)
    if fault is not None and fault.delay and not fault.after:
        await asyncio.sleep(fault.delay)

    response, summary = web.Response(), "not carried out"
    if fault is None or fault.after or not fault.answers:
        response, summary = carry_out()
    if fault is not None and fault.delay and fault.after:
        await asyncio.sleep(fault.delay)
    status = response.status
    if fault is not None and fault.answers:
        response, summary = _broken(request, fault), f"{summary} · ordered fault"
        status = 0 if fault.drop else response.status
    ms = (time.perf_counter() - started) * 1000
    workspace.log.add(FROM_APP, what, status=status, ms=ms, summary=summary)
    workspace.changes.happened()
    return response


def json_response(
    answer: object, *, status: int = 200, headers: dict[str, str] | None = None
) -> web.Response:
    """Answer with JSON."""
    return web.Response(
        body=orjson.dumps(answer), status=status, content_type="application/json", headers=headers
    )


def _broken(request: web.Request, fault: Fault) -> web.Response:
    if fault.drop:
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)
    if fault.retry_after is not None:
        answer: Json = {"ok": False, "error": fault.error or "ratelimited"}
        headers = {"Retry-After": str(fault.retry_after)}
        return json_response(answer, status=fault.status or 429, headers=headers)
    if fault.error:
        answer = {"ok": False, "error": fault.error}
        return json_response(answer, status=fault.status or 200)
    return web.Response(status=fault.status or 500, text="upstream error")
