"""Server-sent events: one number each time something has changed."""

import asyncio

from aiohttp import web

from sandbox.box import SANDBOX

KEEP_ALIVE_SECONDS = 15


async def stream(request: web.Request) -> web.StreamResponse:
    """Hold the connection open and write a line a change."""
    changes = request.app[SANDBOX].workspace.changes
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    )
    await response.prepare(request)
    queue = changes.listen()
    try:
        await response.write(b"data: %d\n\n" % changes.number)
        while True:
            try:
                number = await asyncio.wait_for(queue.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if number < 0:
                break
            await response.write(b"data: %d\n\n" % number)
    except ConnectionResetError:
        pass
    finally:
        changes.leave(queue)
    return response
