"""What stands before several replicas: it asks each whether it is ready, and sends callers there.

As the one in `deploy/`: a caller goes to a replica whose /readyz says yes, and to the next one only
when the first could not be connected to, so that nothing is sent twice.
"""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_LOOK_SECONDS = 0.2
_BETWEEN_TWO = {"connection", "transfer-encoding", "content-length", "host", "keep-alive"}


class Balancer:
    """One address for many replicas."""

    def __init__(self, http: aiohttp.ClientSession, urls: Sequence[str]) -> None:
        self._http = http
        self._urls = urls
        self._ready: list[str] = []
        self._turn = itertools.count()
        self.url = ""

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        self._ready = [url for url in self._urls if await self._is_ready(url)]

    async def _is_ready(self, url: str) -> bool:
        with suppress(aiohttp.ClientError, TimeoutError):
            timeout = aiohttp.ClientTimeout(total=2)
            async with self._http.get(f"{url}/readyz", timeout=timeout) as ready:
                return ready.status == 200
        return False

    async def pass_on(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {k: v for k, v in request.headers.items() if k.lower() not in _BETWEEN_TWO}
        first = next(self._turn)
        for number in range(len(self._ready)):
            url = self._ready[(first + number) % len(self._ready)]
            try:
                async with self._http.request(
                    request.method, url + str(request.rel_url), data=body, headers=headers
                ) as answer:
                    kept = {
                        k: v for k, v in answer.headers.items() if k.lower() not in _BETWEEN_TWO
                    }
                    return web.Response(
                        status=answer.status, body=await answer.read(), headers=kept
                    )
            except aiohttp.ClientConnectorError:
                continue
        return web.Response(status=502, text="nobody is ready")


@asynccontextmanager
async def balanced(http: aiohttp.ClientSession, urls: Sequence[str]) -> AsyncIterator[str]:
    """The address at which whichever replica is ready answers."""
    balancer = Balancer(http, urls)
    app = web.Application(client_max_size=16 * 1024 * 1024)
    app.router.add_route("*", "/{rest:.*}", balancer.pass_on)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await balancer.look()
    watching = asyncio.create_task(balancer.watch())
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        await runner.cleanup()
