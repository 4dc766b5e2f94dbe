"""One websocket to Slack, from its hello to its end."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import WSMsgType

from bot.observe import CLICKS
from handlers.slack.envelopes import dispatch, read_envelope

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import ClientWebSocketResponse
    from slack_bolt.app.async_app import AsyncApp

    from handlers.slack.envelopes import Envelope

log = structlog.get_logger()

# Slack pings more often than this; whoever is quiet for longer is asked, and then given up.
QUIET_SECONDS = 10.0
ANSWER_SECONDS = 10.0
_CLOSE_SECONDS = 2.0
_ENDED = {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}


class NotWelcomeError(Exception):
    """Slack took the connection, and sent us away before the hello."""


class Connection:
    """Takes deliveries and acknowledges each on the same wire, after its listener has ended."""

    def __init__(
        self,
        ws: ClientWebSocketResponse,
        bolt: AsyncApp,
        room: asyncio.Semaphore,
        monotonic: Callable[[], float],
    ) -> None:
        self._ws = ws
        self._bolt = bolt
        self._room = room
        self._monotonic = monotonic
        self._under_way: set[asyncio.Task[None]] = set()
        self._asked_at: float | None = None
        self._hello: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ended = asyncio.Event()
        self._over = asyncio.Event()
        self._reader = asyncio.create_task(self._read())
        #: When Slack last sent anything at all, by `monotonic`.
        self.heard_at = monotonic()
        #: Why another one is needed.
        self.reason = "closed"

    @property
    def alive(self) -> bool:
        return not self._ended.is_set()

    async def hello(self) -> int:
        """How many connections the app has now, as Slack greets us. Raises NotWelcomeError."""
        return await asyncio.shield(self._hello)

    async def over(self) -> str:
        """Until another one is needed; says why. This one may go on for a while yet."""
        await self._over.wait()
        return self.reason

    async def ended(self) -> None:
        """Until nothing comes through it any more."""
        await self._ended.wait()

    async def watch(self) -> None:
        """Ask a quiet one whether it lives, and give up one that does not answer.

        It is never judged by its silence alone: after a pause of our own, no ping has come either.
        """
        now = self._monotonic()
        if self._asked_at is None:
            if now - self.heard_at >= QUIET_SECONDS:
                self._asked_at = now
                with suppress(OSError, TimeoutError):
                    async with asyncio.timeout(ANSWER_SECONDS):
                        await self._ws.ping(b"pullcord")
        elif now - self._asked_at >= ANSWER_SECONDS:
            self._end("silent")

    async def finish(self, seconds: float) -> None:
        """Take nothing more, acknowledge what is under way, and close."""
        self._reader.cancel()
        await asyncio.wait({self._reader})
        under_way = set(self._under_way)
        if under_way:
            await asyncio.wait(under_way, timeout=seconds)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._ws.close()
        for left in under_way:
            left.cancel()
        self._end("finished")

    async def _read(self) -> None:
        try:
            while True:
                message = await self._ws.receive()
                if message.type in _ENDED:
                    break
                self.heard_at = self._monotonic()
                self._asked_at = None
                if message.type is WSMsgType.PING:
                    await self._ws.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    await self._hear(_object(message.data))
        except OSError:
            pass  # The other side went while we answered its ping.
        except Exception:
            log.exception("socket.failed")
        finally:
            self._end("closed")

    async def _hear(self, said: dict[str, Any]) -> None:
        match said.get("type"):
            case "hello":
                if not self._hello.done():
                    self._hello.set_result(_number(said.get("num_connections")))
            case "disconnect":
                self._leave(str(said.get("reason", "unknown")))
            case _:
                envelope = read_envelope(said)
                if envelope is None:
                    log.info("socket.junk")
                    return
                # With every place taken we stop reading, and Slack's side fills up, not ours.
                await self._room.acquire()
                task = asyncio.create_task(self._take(envelope))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    async def _take(self, envelope: Envelope) -> None:
        try:
            with CLICKS.time():
                answer = await dispatch(self._bolt, envelope)
                if answer is not None:
                    await self._ws.send_str(answer)
        except OSError as error:
            # What was committed stays; Slack may show a failure, or send an event again.
            log.warning("socket.unacknowledged", reason=type(error).__name__)
        except Exception:
            log.exception("socket.delivery_failed")
        finally:
            self._room.release()

    def _leave(self, reason: str) -> None:
        """Slack says goodbye; until it closes, deliveries still come and are answered here."""
        if not self._hello.done():
            self._hello.set_exception(NotWelcomeError(reason))
        self.reason = reason
        self._over.set()

    def _end(self, reason: str) -> None:
        if not self._hello.done():
            self._hello.set_exception(NotWelcomeError(reason))
        if not self._over.is_set():
            self.reason = reason
        self._ended.set()
        self._over.set()


def _object(text: str) -> dict[str, Any]:
    try:
        # As the door at `/slack/events` reads: half a surrogate is Slack's right, and no reason
        # to leave a delivery without an answer.
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
