"""The ledger on PostgreSQL: the same verbs, several at once, each in its own transaction."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Concatenate

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.domain.errors import PullcordError, UnavailableError
from bot.store.ledger import STOPPING, Ledger, P, T
from bot.store.tx import Tx

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from sqlalchemy import URL, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

    from bot.domain.ports import Clock, Ids

# Clicks keep connections of their own, so that a flood of requests cannot starve them.
_CLICKS, _INTAKE, _READS = 6, 6, 4
_ATTEMPTS = 3


class PostgresLedger(Ledger):
    """READ COMMITTED and guarded updates; a deadlock's victim is tried again."""

    def __init__(self, url: URL, clock: Clock, ids: Ids) -> None:
        super().__init__(clock, ids)
        self._engine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=_CLICKS + _INTAKE + _READS,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=False,
            hide_parameters=True,  # questions and secrets do not belong into a traceback
            connect_args={"timeout": 10, "command_timeout": 30},
        )
        self._clicks = asyncio.Semaphore(_CLICKS)
        self._intake = asyncio.Semaphore(_INTAKE)
        self._reads = asyncio.Semaphore(_READS)
        self._under_way: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def run(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._on_its_own(
            self._patiently(self._clicks, lambda tx: verb(tx, *args, **kwargs))
        )

    async def run_behind(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._on_its_own(
            self._patiently(self._intake, lambda tx: verb(tx, *args, **kwargs))
        )

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

    async def _patiently(self, lane: asyncio.Semaphore, verb: Callable[[Tx], T]) -> T:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with lane, self._engine.connect() as connection:
                    return await self._once(connection, verb)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                if attempt == _ATTEMPTS or not _worth_another_try(error):
                    raise _unavailable(error) from error
        raise AssertionError("unreachable")

    async def _once(self, connection: AsyncConnection, verb: Callable[[Tx], T]) -> T:
        def work(plain: Connection) -> tuple[T | None, PullcordError | None, set[str]]:
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

        async with connection.begin():
            result, refusal, topics = await connection.run_sync(work)
        self._announce(topics)
        if refusal is not None:
            raise refusal
        return result  # type: ignore[return-value]

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def ask(plain: Connection) -> T:
            return query(Tx(plain, self.clock, self.ids), *args, **kwargs)

        async def asking() -> T:
            try:
                async with self._reads, self._engine.connect() as connection:
                    return await connection.run_sync(ask)
            except (SQLAlchemyError, OSError, TimeoutError) as error:
                raise _unavailable(error) from error

        return await self._on_its_own(asking())

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            raise UnavailableError(
                f"PostgreSQL at PULLCORD_DATABASE_URL cannot be used ({error.__cause__ or error}). "
                "Is it running, and are host, user, password and database right?"
            ) from error

    async def close(self) -> None:
        self._closing = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=10)
        await self._engine.dispose()


def _worth_another_try(error: BaseException) -> bool:
    """Deadlocks and serialization failures: nothing happened, and next time it may."""
    if isinstance(error, PoolTimeoutError) or not isinstance(error, DBAPIError):
        return False
    return str(getattr(error.orig, "sqlstate", "") or "").startswith("40")


def _unavailable(error: BaseException) -> UnavailableError:
    return UnavailableError(
        f"The database cannot answer just now ({type(error.__cause__ or error).__name__}). "
        "Nothing was changed; try again."
    )
