"""The sender of callbacks at the moment of connecting: nothing inside is ever reached."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.domain.outgoing import Delivered, Failed
from bot.senders.agent import agent_sender
from sandbox.testing import serving
from tests.receiver import receiver
from tests.rules.hostile_addresses import corpus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.domain.addresses import Network

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECRET = b"0123456789abcdef0123456789abcdef"


class Names(AbstractResolver):
    """Whatever is asked, these are the answers, one after the other; the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in found
        ]

    async def close(self) -> None:
        """Nothing is kept."""


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, list[Any]]]:
    """An inside server: its port, and who has ever connected."""
    connected: list[Any] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], connected
    finally:
        server.close()


async def send(url: str, allow: Sequence[Network] = (), names: Names | None = None) -> Any:
    async with agent_sender(allow, names) as sender:
        return await sender.deliver(
            url, webhook_id="whk_1", at=datetime.now(UTC), body=b"{}", secrets=[SECRET]
        )


async def test_no_spelling_reaches_the_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole corpus, at the port of a server that listens on every inside address it can."""
    async with listening() as (port, connected):
        for url in corpus():
            for scheme in ("https", "http"):
                outcome = await send(url.replace("https", scheme).replace("/hook", f":{port}/hook")
                                     .replace(f":8443:{port}", f":{port}"))  # fmt: skip
                assert isinstance(outcome, Failed), url

    assert connected == []


@pytest.mark.parametrize(
    "found",
    [
        ["127.0.0.1"],
        ["93.184.215.14", "127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["169.254.169.254"],
    ],
)
@pytest.mark.parametrize("scheme", ["https", "http"])
async def test_a_name_is_used_with_good_addresses_only(found: list[str], scheme: str) -> None:
    """One bad address among the good ones spoils the name."""
    async with listening() as (port, connected):
        outcome = await send(f"{scheme}://agent.example.com:{port}/hook", names=Names(found))

    assert isinstance(outcome, Failed)
    assert "may not reach" in outcome.reason
    assert connected == []


async def test_a_name_that_changes_its_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: what counts is the address of this very connection."""
    async with listening() as (port, connected):
        names = Names(["93.184.215.14", "127.0.0.1"], ["127.0.0.1"])
        outcomes = [
            await send(f"https://agent.example.com:{port}/hook", names=names) for _ in range(3)
        ]

    assert all(isinstance(outcome, Failed) for outcome in outcomes)
    assert connected == []


async def test_no_redirect_is_followed() -> None:
    """A public server that points inside: its answer is a failure, and nobody goes there."""
    async with listening() as (port, connected):

        async def point(request: web.Request) -> web.Response:
            return web.Response(status=302, headers={"Location": f"http://127.0.0.1:{port}/"})

        app = web.Application()
        app.router.add_post("/hook", point)
        async with serving(app) as url:
            outcome = await send(f"{url}hook", LOOPBACK)

    assert outcome == Failed(reason="answered with 302")
    assert connected == []


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be asked to connect for us, past every check."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with receiver() as hook, listening() as (port, connected):
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "https_proxy", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        url = hook.url.replace("127.0.0.1", "agent.example.com")
        outcome = await send(url, allow=LOOPBACK, names=Names(["127.0.0.1"]))

    assert isinstance(outcome, Delivered)
    assert connected == []


async def test_a_huge_answer_is_not_read() -> None:
    """What an agent answers is of no interest beyond its status."""
    served = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal served
        answer = web.StreamResponse(headers={"Content-Length": str(64 * 1024 * 1024)})
        await answer.prepare(request)
        for _ in range(1024):
            try:
                await answer.write(b"x" * 65536)
            except (ConnectionError, aiohttp.ClientError):
                break
            served += 65536
        return answer

    app = web.Application()
    app.router.add_post("/hook", flood)
    async with serving(app) as url:
        outcome = await send(f"{url}hook", LOOPBACK)

    assert outcome == Delivered()
    assert served < 32 * 1024 * 1024


async def test_nobody_listens() -> None:
    """A refused connection is a failure like any other, in words without an address."""
    async with listening() as (port, _):
        pass

    outcome = await send(f"http://127.0.0.1:{port}/hook", LOOPBACK)

    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("cannot connect")


@pytest.mark.parametrize(
    ("status", "headers", "after"),
    [(429, {"Retry-After": "30"}, 30.0), (503, {"Retry-After": "999999999"}, 86400.0),
     (503, {"Retry-After": "Tue, 24 Nov 2026"}, None), (404, {}, None)],
)  # fmt: skip
async def test_how_long_to_wait(status: int, headers: dict[str, str], after: float | None) -> None:
    """Retry-After in seconds counts, within a day."""

    async def refuse(request: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    app = web.Application()
    app.router.add_post("/hook", refuse)
    async with serving(app) as url:
        outcome = await send(f"{url}hook", LOOPBACK)

    assert outcome == Failed(reason=f"answered with {status}", after=after)
