"""One delivery to an agent's own address: signed, and never into anybody's private network."""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks import Webhook

from bot.domain.addresses import allowed, may_reach
from bot.domain.outgoing import Delivered, Failed, Gone

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from datetime import datetime

    from bot.domain.addresses import Address, Network

#: An agent that needs longer has not understood that it only has to take the news.
_SECONDS = 15.0
_READ_AT_MOST = 64 * 1024
#: A larger wish is that of a broken server.
_LONGEST_WISH = 24 * 3600.0

_AddrInfo = tuple[Any, Any, Any, Any, Any]


class ForbiddenAddressError(OSError):
    """The name leads where callbacks may not go."""


def signatures(secrets: Sequence[bytes], webhook_id: str, at: datetime, body: bytes) -> str:
    """One for each live secret, so that a rotation is nobody's outage."""
    return " ".join(Webhook(secret).sign(webhook_id, at, body.decode()) for secret in secrets)


class AgentSender:
    """Delivers by https, and by http where the operators allow it.

    The address is checked where it counts: at the moment of connecting, and once more when a
    name is resolved, so that no name with one bad address is used at all.
    """

    def __init__(self, secure: aiohttp.ClientSession, plain: aiohttp.ClientSession) -> None:
        self._sessions = {"https": secure, "http": plain}

    async def deliver(
        self,
        url: str,
        *,
        webhook_id: str,
        at: datetime,
        body: bytes,
        secrets: Sequence[bytes],
        trace: str | None = None,
    ) -> Delivered | Failed | Gone:
        if not secrets:
            return Failed(reason="no live key of this agent has a secret")
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Pullcord",
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signatures(secrets, webhook_id, at, body),
        }
        if trace is not None:
            headers["traceparent"] = trace
        session = self._sessions[urlsplit(url).scheme]
        try:
            async with session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                await answer.content.read(_READ_AT_MOST)
                return _outcome(answer.status, answer.headers.get("Retry-After", ""))
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, ForbiddenAddressError):
                return Failed(reason=str(error.os_error), final=True)
            return Failed(reason=f"cannot connect ({type(error).__name__})")
        except ForbiddenAddressError as error:
            return Failed(reason=str(error), final=True)
        except TimeoutError:
            return Failed(reason=f"no answer within {_SECONDS:.0f} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Failed(reason=type(error).__name__)


@asynccontextmanager
async def agent_sender(
    allow: Sequence[Network], resolver: AbstractResolver | None = None
) -> AsyncIterator[AgentSender]:
    """A sender that may reach the public internet and what is allowed beside it."""

    def anywhere(address: Address) -> bool:
        return may_reach(address, allow)

    def only_allowed(address: Address) -> bool:
        return allowed(address, allow)

    async with _session(anywhere, resolver) as secure, _session(only_allowed, resolver) as plain:
        yield AgentSender(secure, plain)


def _session(
    fine: Callable[[Address], bool], resolver: AbstractResolver | None
) -> aiohttp.ClientSession:
    def connect(info: _AddrInfo) -> socket.socket:
        family, kind, protocol, _, address = info
        _refuse_unless(fine, address[0])
        return socket.socket(family, kind, protocol)

    return aiohttp.ClientSession(
        # A connection a delivery: each time it is checked anew where it leads.
        connector=aiohttp.TCPConnector(
            resolver=_Checked(fine, resolver or aiohttp.ThreadedResolver()),
            socket_factory=connect,
            force_close=True,
            use_dns_cache=False,
            limit=0,
        ),
        timeout=aiohttp.ClientTimeout(total=_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
    )


class _Checked(AbstractResolver):
    """Resolves a name, unless one of its addresses is a bad one."""

    def __init__(self, fine: Callable[[Address], bool], inner: AbstractResolver) -> None:
        self._fine = fine
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for one in found:
            _refuse_unless(self._fine, one["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


def _refuse_unless(fine: Callable[[Address], bool], address: str) -> None:
    if not fine(ip_address(address.partition("%")[0])):
        raise ForbiddenAddressError("the name leads into a network that callbacks may not reach")


def _outcome(status: int, retry_after: str) -> Delivered | Failed | Gone:
    if 200 <= status < 300:
        return Delivered()
    if status == 410:
        return Gone()
    after = min(float(retry_after), _LONGEST_WISH) if retry_after.isdecimal() else None
    return Failed(reason=f"answered with {status}", after=after)
