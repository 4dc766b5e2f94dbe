"""The ledger on PostgreSQL: the same verbs, several at once, each in its own transaction."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Concatenate

from sqlalchemy import NullPool
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.errors import BusyError, PullcordError, UnavailableError, UncertainError
from bot.store.address import connector
from bot.store.ledger import STOPPING, Ledger, P, T
from bot.store.listen import Line
from bot.store.tx import Tx

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Set

    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.ports import Clock, Ids
    from bot.store.address import Address

# Clicks keep connections of their own, so that a flood of requests cannot starve them.
_CLICKS, _INTAKE, _READS = 6, 6, 4
# A verb takes milliseconds; what has not answered by then will not before Slack gives up.
_COMMAND_SECONDS = 10.0
# Between the attempts of one verb: a cut connection is replaced at once, a server that starts
# again is given a moment, and nobody holds a person up longer than that.
_RESTS = (0.0, 0.1, 0.4)

# How often, and how long each time, what is no click lets a crowd of clicks go first.
_YIELDS, _YIELD_SECONDS = 50, 0.02

_Trouble = (SQLAlchemyError, OSError, TimeoutError)


class PostgresLedger(Ledger):
    """READ COMMITTED and guarded updates.

    A deadlock's victim, and whoever lost the connection before the commit, is tried again.
    """

    def __init__(self, address: Address, clock: Clock, ids: Ids) -> None:
        super().__init__(clock, ids)
        self._engine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connector(address, "pullcord", _COMMAND_SECONDS),
            pool_size=_CLICKS + _INTAKE + _READS,
            max_overflow=0,
            pool_timeout=10,
            # A question before each verb would cost a quarter of it; one that finds its
            # connection cut throws the whole pool away and asks again on a new one.
            pool_pre_ping=False,
            hide_parameters=True,  # questions and secrets do not belong into a traceback
        )
        # A migration may take as long as it takes.
        self._bare = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connector(address, "pullcord migration", None),
            poolclass=NullPool,
            hide_parameters=True,
        )
        self._line = Line(connector(address, "pullcord listener", _COMMAND_SECONDS), self)
        self._clicks = asyncio.Semaphore(_CLICKS)
        self._intake = asyncio.Semaphore(_INTAKE)
        self._reads = asyncio.Semaphore(_READS)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def run(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._write(self._clicks, lambda tx: verb(tx, *args, **kwargs), soon=True)

    async def run_behind(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        await self._people_first()
        return await self._write(self._intake, lambda tx: verb(tx, *args, **kwargs), soon=False)

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def ask(plain: Connection) -> T:
            return query(Tx(plain, self.clock, self.ids), *args, **kwargs)

        async def asking(connection: AsyncConnection) -> T:
            # Each statement sees what is committed, as it does in a transaction of this kind; so
            # BEGIN and ROLLBACK would be two ways to the server for nothing.
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            return await connection.run_sync(ask)

        return await self._on_its_own(self._patiently(self._reads, asking))

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        try:
            async with self._bare.begin() as connection:
                return await connection.run_sync(work)
        except (*_Trouble, ValueError) as error:  # such as a name that no host can have
            if _state(error) in _BUSY:
                raise BusyError("Somebody holds a table that this needs.") from error
            raise UnavailableError(
                f"PostgreSQL at PULLCORD_DATABASE_URL cannot be used ({error.__cause__ or error}). "
                "Is it running, and are host, user, password and database right?"
            ) from error

    def listen(self) -> None:
        self._line.open()

    @property
    def hears_others(self) -> bool | None:
        return self._line.up

    async def close(self) -> None:
        self._closing = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=10)
        await self._line.close()
        await self._engine.dispose()

    def heard(self, topics: Set[str]) -> None:
        """Another replica has committed these."""
        self._announce(dict.fromkeys(topics))

    def missed(self) -> None:
        """Nobody listened for a while, so everybody looks again."""
        for listener in self._listeners:
            listener.look_again()

    async def _people_first(self) -> None:
        """In a crowd of clicks the rest waits for a while: Slack gives a click three seconds."""
        for _ in range(_YIELDS):
            if not self._clicks.locked():
                return
            await asyncio.sleep(_YIELD_SECONDS)

    async def _write(self, lane: asyncio.Semaphore, verb: Callable[[Tx], T], *, soon: bool) -> T:
        def work(plain: Connection) -> tuple[T | None, PullcordError | None, dict[str, Any]]:
            tx = Tx(plain, self.clock, self.ids)
            try:
                result = verb(tx)
            except PullcordError as error:
                if not error.keeps_work:
                    raise
                tx.flush()
                return None, error, tx.topics
            tx.flush()
            return result, None, tx.topics

        async def once(connection: AsyncConnection) -> T:
            result, refusal, topics = await _committed(connection, work)
            self._announce(topics)
            if topics:
                self._line.say(topics, soon=soon)
            if refusal is not None:
                raise refusal
            return result  # type: ignore[return-value]

        return await self._on_its_own(self._patiently(lane, once))

    async def _on_its_own(self, work: Coroutine[Any, Any, T]) -> T:
        # A caller that goes away must neither keep the others from hearing of the commit nor
        # tear a connection out of the middle of a question.
        if self._closing:
            work.close()
            raise UnavailableError(STOPPING)
        task = asyncio.ensure_future(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return await asyncio.shield(task)

    async def _patiently(
        self,
        lane: asyncio.Semaphore,
        work: Callable[[AsyncConnection], Coroutine[Any, Any, T]],
    ) -> T:
        """Nothing of a failed attempt remains, except of one that failed at its commit."""
        for rest in (*_RESTS, None):
            try:
                # Whoever rests holds no place in the lane.
                async with lane, self._engine.connect() as connection:
                    try:
                        return await work(connection)
                    except DBAPIError as error:
                        if _state(error) == _READ_ONLY:
                            # This server was the primary once. Another connection may find the new.
                            await connection.invalidate()
                        raise
            except _Trouble as error:
                if rest is None or not _worth_another_try(error):
                    raise _unavailable(error) from error
            await asyncio.sleep(rest)
        raise AssertionError("unreachable")


async def _committed(connection: AsyncConnection, work: Callable[[Connection], T]) -> T:
    """Raises UncertainError when the answer to the commit was lost: it may have come to pass."""
    transaction = await connection.begin()
    try:
        result = await connection.run_sync(work)
    except BaseException:
        with suppress(*_Trouble):  # with its connection it is undone anyway
            await transaction.rollback()
        raise
    try:
        await transaction.commit()
    except _Trouble as error:
        if _state(error)[:2] in _UNDONE:
            raise
        raise UncertainError(
            "The database fell silent at the very moment of writing, so it is not known whether "
            "this was recorded. Ask again with the same key and body: nothing is done twice."
        ) from error
    return result


# Deadlocks and serialization failures, and broken constraints: these the server says of a commit
# that it has undone. Whatever else it says leaves open whether it was done.
_UNDONE = {"40", "23"}
# 25006: this server only reads. 53300: all its connections are taken. 0A000: a migration has
# changed what a prepared statement returns.
_READ_ONLY = "25006"
_PASSING = {_READ_ONLY, "53300", "0A000"}
# 08: connections. 40: as above. 57P: the server stops, has crashed, or is starting.
_PASSING_CLASSES = ("08", "40", "57P")
# 55P03: a lock was not to be had in time. 40P01: ours was the deadlock's victim.
_BUSY = {"55P03", "40P01"}


def _state(error: BaseException) -> str:
    """PostgreSQL's own code for it; nothing when the connection broke."""
    return str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")


def _worth_another_try(error: BaseException) -> bool:
    """Nothing happened, and next time it may."""
    if isinstance(error, PoolTimeoutError | TimeoutError):
        return False
    if isinstance(error, OSError):
        return True
    state = _state(error)
    cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return cut or state in _PASSING or state.startswith(_PASSING_CLASSES)


def _unavailable(error: BaseException) -> UnavailableError:
    return UnavailableError(
        f"The database cannot answer just now ({type(error.__cause__ or error).__name__}). "
        "Nothing was changed; try again."
    )
