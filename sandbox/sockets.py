"""Socket Mode: the app's websockets, and what goes over them in place of HTTP."""

import asyncio
import secrets
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from aiohttp import WSMsgType, web

from sandbox.records import APP_ID, Json

MOST = 10
PING_SECONDS = 5.0
# How long Slack leaves a connection open after it has said goodbye.
LEAVE_SECONDS = 10.0
PATH = "/link/"

Kind = Literal["interactive", "events_api", "slash_commands"]
KINDS: tuple[Kind, ...] = ("interactive", "events_api", "slash_commands")
CUTS = ("now", "sent", "answered")
REASONS = ("warning", "refresh_requested", "link_disabled")


@dataclass(eq=False)
class Line:
    """One websocket of the app."""

    ws: web.WebSocketResponse
    transport: asyncio.Transport | None
    silent: bool = False
    leaving: bool = False
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    async def say(self, said: Json) -> None:
        """Send a message; on a silent line it goes nowhere."""
        if self.ws.closed:
            raise ConnectionResetError("the socket is gone")
        if not self.silent:
            await self.ws.send_str(orjson.dumps(said).decode())

    def cut(self) -> None:
        """Drop the connection without a word."""
        if self.transport is not None:
            self.transport.abort()
        self.over()

    def over(self) -> None:
        """Let everybody know who still waits for an answer on this line."""
        for answer in self.waiting.values():
            if not answer.done():
                answer.set_exception(ConnectionResetError("the socket is gone"))


class Sockets:
    """Who is connected; each envelope goes to any one of them."""

    def __init__(self, tell: Callable[[str, str], None]) -> None:
        """`tell` is told what happened to a connection, in two or three words."""
        self._tell = tell
        self._tickets: set[str] = set()
        self._leaving: set[asyncio.Task[None]] = set()
        self._cut_at: str | None = None
        self.lines: list[Line] = []
        # Whether Socket Mode is switched on in the app's settings.
        self.on = True

    @property
    def connected(self) -> bool:
        """Whether deliveries go this way."""
        return self.on and bool(self.lines)

    def new_ticket(self) -> str:
        """Give out the secret part of an address, good for one connection."""
        ticket = str(uuid.uuid4())
        self._tickets.add(ticket)
        return ticket

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        """Take one connection and keep it until somebody ends it."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="no such ticket, or it has been used")
        self._tickets.remove(ticket)
        ws = web.WebSocketResponse(autoping=False, timeout=1)
        await ws.prepare(request)
        line = Line(ws, request.transport)
        refusal = None if self.on else "link_disabled"
        if len(self.lines) >= MOST:
            refusal = "too_many_websockets"
        if refusal is not None:
            await line.say(_goodbye(refusal))
            await ws.close()
            return ws
        self.lines.append(line)
        pings = asyncio.create_task(_pings(line))
        try:
            with suppress(ConnectionError):
                await line.say(self._hello())
                self._tell("socket hello", f"{len(self.lines)} connected")
                async for message in ws:
                    await self._heard(line, message.type, message.data)
        finally:
            pings.cancel()
            self.lines.remove(line)
            line.over()
            self._tell("socket closed", f"{len(self.lines)} connected")
        return ws

    async def deliver(
        self, kind: Kind, payload: object, seconds: float, **more: Any
    ) -> Json | None:
        """Send an envelope; returns the answer's payload.

        Raises TimeoutError without an answer in time, ConnectionError when the line breaks.
        """
        line = secrets.choice([one for one in self.lines if not one.leaving] or self.lines)
        envelope_id = str(uuid.uuid4())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        line.waiting[envelope_id] = answer
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": payload}
        try:
            await line.say(envelope | more)
            if self._cuts("sent"):
                line.cut()
            async with asyncio.timeout(seconds):
                said: Json | None = await answer
        finally:
            del line.waiting[envelope_id]
        return said if more["accepts_response_payload"] else None

    async def disconnect(self, reason: str, seconds: float = LEAVE_SECONDS) -> None:
        """Say goodbye on each line, and close it some time later."""
        if reason == "link_disabled":
            self.on, seconds = False, 0.0
        self._tell("socket disconnect", reason)
        for line in list(self.lines):
            line.leaving = True
            with suppress(ConnectionError):
                await line.say(_goodbye(reason))
            task = asyncio.create_task(_close_later(line, seconds))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    def cut(self, at: str) -> None:
        """Break each line `now`, or the one of the next envelope: once it is `sent`, or when the
        app has `answered` it, which is then lost.
        """
        if at != "now":
            self._cut_at = at
            return
        for line in list(self.lines):
            line.cut()

    async def shout(self, text: str) -> None:
        """Send a text over every line as it is."""
        for line in list(self.lines):
            await line.ws.send_str(text)

    def silence(self) -> None:
        """Each line stays open, and nothing comes through it any more."""
        for line in self.lines:
            line.silent = True

    async def close(self) -> None:
        """End every line."""
        for task in self._leaving:
            task.cancel()
        for line in list(self.lines):
            await line.ws.close()

    async def _heard(self, line: Line, kind: WSMsgType, data: Any) -> None:
        if line.silent:
            return
        if kind is WSMsgType.PING:
            await line.ws.pong(data)
        elif kind is WSMsgType.TEXT:
            said = _object(data)
            answer = line.waiting.get(str(said.get("envelope_id")))
            if answer is None or answer.done():
                self._tell("socket answer", "to no envelope that waits")
            elif self._cuts("answered"):
                line.cut()
            else:
                payload = said.get("payload")
                answer.set_result(payload if isinstance(payload, dict) else None)

    def _cuts(self, at: str) -> bool:
        if self._cut_at != at:
            return False
        self._cut_at = None
        return True

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.lines),
            "debug_info": {
                "host": "applink-sandbox",
                "build_number": 1,
                "approximate_connection_time": 18060,
            },
            "connection_info": {"app_id": APP_ID},
        }


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-sandbox"}}


async def _pings(line: Line) -> None:
    while True:
        if not line.silent:
            with suppress(ConnectionError):
                await line.ws.ping(b"Ping from applink-sandbox")
        await asyncio.sleep(PING_SECONDS)


async def _close_later(line: Line, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await line.ws.close()


def _object(data: str) -> Json:
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return value if isinstance(value, dict) else {}
