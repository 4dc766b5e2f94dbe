"""What other replicas have committed: one connection that listens, and tells them of ours.

Only an alarm clock. Who waits looks for itself every few seconds, so a word that is lost (the
process died after its commit, the server was restarted) costs seconds and never a decision.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol

import asyncpg
import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Set

log = structlog.get_logger()

CHANNEL = "pullcord"
#: PostgreSQL takes less than 8,000 bytes.
LARGEST = 7900
# A NOTIFY takes a lock that all commits of the database share: inside each of them it would halve
# their rate. So a flood of questions shares one, and only people's decisions go at once.
_FLOOD_SECONDS = 0.02
_PING_SECONDS = 1.0
_PATIENCE_SECONDS = 2.0
_LONGEST_REST = 1.0
# Beyond that nobody is told one by one: they look for themselves by then.
_MOST = 20_000
_HELLO = "hello:"
_TROUBLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Hearer(Protocol):
    """What the line does with what it hears."""

    def heard(self, topics: Set[str]) -> None: ...

    def missed(self) -> None:
        """Perhaps something was said while nobody listened."""


class Line:
    """Opened once, and kept up for ever after."""

    def __init__(
        self,
        connect: Callable[[], Awaitable[Any]],
        hearer: Hearer,
        dice: random.Random | None = None,
    ) -> None:
        self._connect = connect
        self._hearer = hearer
        self._dice = dice or random.SystemRandom()
        self._to_say: set[str] = set()
        self._stir = asyncio.Event()
        self._flood: asyncio.TimerHandle | None = None
        self._echo: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._failures = 0
        self._closing = False
        #: Whether others are heard now.
        self.up = False

    def open(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._for_ever(), name="listener")

    async def close(self) -> None:
        """Say what is left to be said, within reason, and hang up."""
        self._closing = True
        self._stir.set()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=_PATIENCE_SECONDS)
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def say(self, topics: Iterable[str], *, soon: bool) -> None:
        """Tell the other replicas: at once, or together with what else happens in a moment."""
        if self._task is None:
            return
        self._to_say.update(topics)
        if len(self._to_say) > _MOST:
            self._to_say.clear()
        if soon:
            self._stir.set()
        elif self._flood is None:
            self._flood = asyncio.get_running_loop().call_later(_FLOOD_SECONDS, self._stir.set)

    async def _for_ever(self) -> None:
        while not self._closing:
            try:
                connection = await self._connect()
            except _TROUBLE as error:
                await self._rest(error)
                continue
            try:
                await self._keep(connection)
                await connection.close(timeout=_PATIENCE_SECONDS)
            except _TROUBLE as error:
                self._hang_up(connection)
                await self._rest(error)
            finally:
                self._hang_up(connection)

    def _hang_up(self, connection: Any) -> None:
        self.up = False
        connection.terminate()

    async def _rest(self, error: BaseException) -> None:
        """All replicas lose a server in the same moment; they shall not come back in one."""
        if self._failures == 0:
            log.warning("listener.lost", reason=type(error).__name__)
        # The first attempt may be quick: often only this one connection was cut.
        longest = min(0.05 * 2.0**self._failures, _LONGEST_REST)
        self._failures += 1
        self._stir.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed(), longest * self._dice.uniform(0.5, 1.0))

    async def _closed(self) -> None:
        while not self._closing:
            await self._stir.wait()
            self._stir.clear()

    async def _keep(self, connection: Any) -> None:
        """Listen and say until the connection is lost. Raises whatever it is lost of."""
        connection.add_termination_listener(lambda _: self._stir.set())
        await connection.add_listener(CHANNEL, self._hear)
        await self._hear_ourselves(connection)
        self.up = True
        if self._failures:
            log.info("listener.back")
            self._failures = 0
        self._hearer.missed()
        if self._to_say:
            self._stir.set()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stir.wait(), _PING_SECONDS)
            self._stir.clear()
            self._flood = None
            if self._to_say:
                await self._speak(connection)
            else:
                # The other side may be gone without a word: a cable, a firewall, a dead host.
                await connection.fetchval("SELECT 1", timeout=_PATIENCE_SECONDS)
            if self._closing and not self._to_say:
                return

    async def _hear_ourselves(self, connection: Any) -> None:
        """A pooler that hands out another session each time would let us listen to nothing."""
        self._echo = asyncio.get_running_loop().create_future()
        try:
            word = f"{_HELLO}{connection.get_server_pid()}"
            await connection.execute(
                "SELECT pg_notify($1, $2)", CHANNEL, word, timeout=_PATIENCE_SECONDS
            )
            await asyncio.wait_for(self._echo, _PATIENCE_SECONDS)
        except TimeoutError:
            log.warning(
                "listener.deaf",
                hint="a pooler in transaction mode? Connect PULLCORD_DATABASE_URL directly",
            )
            raise
        finally:
            self._echo = None

    async def _speak(self, connection: Any) -> None:
        said, self._to_say = self._to_say, set()
        try:
            for payload in _payloads(said):
                await connection.execute(
                    "SELECT pg_notify($1, $2)", CHANNEL, payload, timeout=_PATIENCE_SECONDS
                )
        except BaseException:
            self._to_say |= said
            raise

    def _hear(self, connection: Any, pid: int, _channel: str, payload: str) -> None:
        if pid == connection.get_server_pid():
            # Our own commits were told of in this process already.
            if self._echo is not None and not self._echo.done():
                self._echo.set_result(None)
        elif not payload.startswith(_HELLO):
            self._hearer.heard(frozenset(payload.split()))


def _payloads(topics: Iterable[str]) -> Iterator[str]:
    """All topics, in as few words as PostgreSQL takes. They are ids, and hold no spaces."""
    batch: list[str] = []
    size = 0
    for topic in sorted(topics):
        length = len(topic.encode()) + 1
        if batch and size + length > LARGEST:
            yield " ".join(batch)
            batch, size = [], 0
        batch.append(topic)
        size += length
    if batch:
        yield " ".join(batch)
