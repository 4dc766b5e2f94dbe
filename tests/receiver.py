"""An agent's own address: keeps what it is sent and answers as it was told to."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web
from standardwebhooks import Webhook

from bot.start import callback_secrets
from sandbox.testing import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@dataclass(frozen=True)
class Arrived:
    """One delivery, as it came over the wire."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def opened(self, secret: str) -> Any:
        """Its content, once the signature is proven; `secret`: whsec_…"""
        return Webhook(secret).verify(self.body, self.headers)


@dataclass
class Receiver:
    """Answers with the next of `answers`, and with 204 when there are none."""

    url: str = ""
    arrived: list[Arrived] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    #: It takes what comes, and answers only when `spoken` is set.
    silent: bool = False
    spoken: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.arrived.append(Arrived(headers, await request.read()))
        if self.silent:
            await self.spoken.wait()
        status, more = self.answers.pop(0) if self.answers else (204, {})
        return web.Response(status=status, headers=more)

    async def until(self, count: int) -> None:
        """Until that many deliveries have come."""
        async with asyncio.timeout(15):
            while len(self.arrived) < count:  # noqa: ASYNC110 - it comes over the wire
                await asyncio.sleep(0.01)


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    app = web.Application()
    app.router.add_post("/hook", made.take)
    async with serving(app) as url:
        made.url = f"{url}hook"
        yield made


def secret_of(key: str, secret: str = "a secret for tests only") -> str:
    """What `keys create --callback-secret` shows for this key."""
    (raw,) = callback_secrets((secret,), key.split("_")[1])
    return "whsec_" + base64.b64encode(raw).decode()
