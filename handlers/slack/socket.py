"""Slack's other way in, Socket Mode: one connection, kept up and watched.

The library's own client is not used: it closes the old connection before it has a new one, and
does not wait for what is under way (docs/adr/0006).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError, SlackClientError

from handlers.slack.connection import Connection, NotWelcomeError

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from slack_bolt.app.async_app import AsyncApp
    from slack_sdk.web.async_client import AsyncWebClient

log = structlog.get_logger()

# A crowd's clicks in one breath; beyond it the socket is not read until a place is free.
_AT_ONCE = 256
_OPEN_SECONDS = 10.0
_FINISH_SECONDS = 5.0
# Slack closes about ten seconds after its goodbye.
_LINGER_SECONDS = 30.0
# One that lived as long as this was no false start.
_STEADY_SECONDS = 60.0
_LONGEST_WAIT = 30.0

State = Literal["waiting", "ok", "degraded"]

_HINTS = {
    "invalid_auth": "SLACK_APP_TOKEN is not a live app-level token",
    "not_authed": "SLACK_APP_TOKEN is not a live app-level token",
    "token_revoked": "SLACK_APP_TOKEN was revoked",
    "not_allowed_token_type": "SLACK_APP_TOKEN is not an app-level token",
    "missing_scope": "SLACK_APP_TOKEN lacks the scope connections:write",
    "link_disabled": "Socket Mode is switched off in the settings of the Slack app",
    "too_many_websockets": "ten connections of this app are open already",
}


def delay_before(attempt: int, dice: Random) -> float:
    """Seconds to wait before connection number `attempt` since the last steady one; 0 is the next.

    Up to 10 % is added, so that many bots do not return at once.
    """
    if attempt == 0:
        return 0.0
    return float(min(0.5 * 2.0 ** min(attempt - 1, 10), _LONGEST_WAIT) * (1 + dice.random() / 10))


class Socket:
    """Keeps one connection to Slack. A new one is there before an old one goes."""

    def __init__(
        self,
        bolt: AsyncApp,
        client: AsyncWebClient,
        *,
        monotonic: Callable[[], float],
        dice: Random,
    ) -> None:
        """`client` carries the app-level token."""
        self._bolt = bolt
        self._client = client
        self._monotonic = monotonic
        self._dice = dice
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._now: Connection | None = None
        self._down_since = monotonic()
        self._seeing_off: set[asyncio.Task[None]] = set()
        self._greeted = False

    @property
    def state(self) -> State:
        """`waiting`: Slack has never greeted us yet."""
        if self._now is not None and self._now.alive:
            return "ok"
        return "degraded" if self._greeted else "waiting"

    @property
    def silent_seconds(self) -> float:
        """Since Slack last sent anything, a ping at least."""
        since = self._now.heard_at if self._now is not None else self._down_since
        return self._monotonic() - since

    def start(self) -> None:
        # Without `trust_env` and without a limit of its own: a connection lives for hours.
        self._session = aiohttp.ClientSession(trust_env=False, timeout=aiohttp.ClientTimeout())
        self._keeper = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """No new deliveries; those under way finish and are acknowledged."""
        self._keeper.cancel()
        with suppress(asyncio.CancelledError):
            await self._keeper
        for task in self._seeing_off:
            task.cancel()
        await asyncio.gather(*self._seeing_off, return_exceptions=True)
        if self._now is not None:
            await self._now.finish(_FINISH_SECONDS)
        await self._session.close()

    async def watch(self) -> None:
        """To be called every second or so: a silent connection is found out and replaced."""
        if self._now is not None and self._now.alive:
            await self._now.watch()

    async def _keep(self) -> None:
        attempt = 0
        while True:
            await asyncio.sleep(delay_before(attempt, self._dice))
            try:
                fresh = await self._open()
            except Exception as error:
                attempt += 1
                await asyncio.sleep(_refused(error))
                continue
            if self._now is not None:
                self._see_off(self._now)
            self._now, self._greeted = fresh, True
            opened_at = self._monotonic()
            log.info("socket.up", connections=await fresh.hello())
            reason = await fresh.over()
            steady = self._monotonic() - opened_at >= _STEADY_SECONDS
            attempt = 0 if steady else attempt + 1
            if fresh.alive:
                log.info("socket.leaving", reason=reason)
            else:
                log.warning("socket.lost", reason=reason)

    async def _open(self) -> Connection:
        async with asyncio.timeout(_OPEN_SECONDS):
            answer = await self._client.apps_connections_open(app_token=str(self._client.token))
            ws = await self._session.ws_connect(
                str(answer["url"]),
                autoping=False,
                timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
                proxy=self._client.proxy,
            )
            connection = Connection(ws, self._bolt, self._room, self._monotonic)
            try:
                await connection.hello()
            except BaseException:
                await connection.finish(0)
                raise
            return connection

    def _see_off(self, old: Connection) -> None:
        """What Slack still sends through the old one is taken until it closes."""

        async def work() -> None:
            try:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LINGER_SECONDS):
                        await old.ended()
            finally:
                await old.finish(_FINISH_SECONDS)

        task = asyncio.create_task(work())
        self._seeing_off.add(task)
        task.add_done_callback(self._seeing_off.discard)


def _refused(error: Exception) -> float:
    """Say why there is no connection; returns for how many seconds Slack wants to be left alone."""
    match error:
        case SlackApiError(response=response):
            data = getattr(response, "data", None)
            reason = str(data.get("error")) if isinstance(data, dict) else "no words"
            log.warning("socket.refused", reason=reason, hint=_HINTS.get(reason))
            wait = str(getattr(response, "headers", {}).get("Retry-After", ""))
            return min(float(wait), 60.0) if wait.isascii() and wait.isdigit() else 0.0
        case NotWelcomeError():
            log.warning("socket.refused", reason=str(error), hint=_HINTS.get(str(error)))
        case aiohttp.ClientError() | SlackClientError() | OSError() | TimeoutError():
            log.warning("socket.unreachable", reason=type(error).__name__)
        case _:
            log.error("socket.failed", exc_info=error)
    return 0.0
