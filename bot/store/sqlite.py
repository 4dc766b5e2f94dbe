"""The ledger on SQLite: one writer thread, and verbs in flight share a commit and its fsync."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Concatenate

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import PullcordError, UnavailableError
from bot.store.ledger import STOPPING, Ledger, P, T
from bot.store.tx import Tx

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.ports import Clock, Ids

# A group ends after this many verbs or this long: a click never waits for a crowd.
_GROUP_VERBS = 64
_GROUP_SECONDS = 0.005
_READERS = 2


@dataclass(slots=True)
class _Job:
    verb: Callable[[Tx], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None


class SqliteLedger(Ledger):
    """One process, one writer. `PRAGMA synchronous=FULL`: committed means on the disk."""

    def __init__(self, path: str, clock: Clock, ids: Ids) -> None:
        super().__init__(clock, ids)
        # Questions and answers lie here: nobody else on the machine may read them.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._engine = create_engine(
            f"sqlite:///{path}",
            connect_args={"check_same_thread": False, "timeout": 30},
            hide_parameters=True,  # questions and secrets do not belong into a traceback
        )
        event.listen(self._engine, "connect", _prepare)
        self._clicks: deque[_Job] = deque()
        self._intake: deque[_Job] = deque()
        self._work = threading.Condition()
        self._closing = False
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self._writer.start()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="reader")

    async def run(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._enqueue(self._clicks, lambda tx: verb(tx, *args, **kwargs))

    async def run_behind(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._enqueue(self._intake, lambda tx: verb(tx, *args, **kwargs))

    async def _enqueue(self, queue: deque[_Job], verb: Callable[[Tx], T]) -> T:
        loop = asyncio.get_running_loop()
        job = _Job(verb, loop.create_future(), loop)
        with self._work:
            if self._closing:
                raise UnavailableError(STOPPING)
            queue.append(job)
            self._work.notify()
        result: T = await job.future
        return result

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def ask() -> T:
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("BEGIN")
                    try:
                        return query(Tx(connection, self.clock, self.ids), *args, **kwargs)
                    finally:
                        connection.exec_driver_sql("ROLLBACK")
            except SQLAlchemyError as error:
                raise _unavailable(error) from error

        if self._closing:
            raise UnavailableError(STOPPING)
        return await asyncio.get_running_loop().run_in_executor(self._readers, ask)

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                result = work(connection)
                connection.exec_driver_sql("COMMIT")
                return result

        return await asyncio.get_running_loop().run_in_executor(self._readers, run)

    async def close(self) -> None:
        with self._work:
            self._closing = True
            self._work.notify()
        await asyncio.get_running_loop().run_in_executor(None, self._writer.join)
        self._readers.shutdown()
        self._engine.dispose()

    def _write(self) -> None:
        with self._engine.connect() as connection:
            while True:
                with self._work:
                    while not (self._clicks or self._intake or self._closing):
                        self._work.wait()
                    if not (self._clicks or self._intake):
                        return
                self._commit_group(connection)

    def _next(self) -> _Job | None:
        with self._work:
            for queue in (self._clicks, self._intake):
                if queue:
                    return queue.popleft()
        return None

    def _commit_group(self, connection: Connection) -> None:
        done: list[_Job] = []
        topics: set[str] = set()
        until = monotonic() + _GROUP_SECONDS
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            while len(done) < _GROUP_VERBS and monotonic() < until and (job := self._next()):
                done.append(job)
                topics |= self._attempt(connection, job)
            connection.exec_driver_sql("COMMIT")
        except SQLAlchemyError as error:
            # Nobody of this group is told that it worked, whatever their own verb said.
            _roll_back(connection)
            if not done and (job := self._next()):
                done.append(job)
            for job in done:
                job.error = _unavailable(error)
            topics = set()
        for loop in {job.loop for job in done}:
            mine = [job for job in done if job.loop is loop]
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._tell_the_callers, mine, topics)

    def _attempt(self, connection: Connection, job: _Job) -> set[str]:
        """Run one verb in a savepoint of its own, so that its failure is only its own."""
        tx = Tx(connection, self.clock, self.ids)
        connection.exec_driver_sql("SAVEPOINT verb")
        try:
            job.result = job.verb(tx)
            tx.flush()
        except BaseException as error:
            job.error = _unavailable(error) if isinstance(error, SQLAlchemyError) else error
            if isinstance(error, PullcordError) and error.keeps_work:
                tx.flush()
            else:
                tx.topics.clear()
                connection.exec_driver_sql("ROLLBACK TO verb")
        connection.exec_driver_sql("RELEASE verb")
        return tx.topics

    def _tell_the_callers(self, jobs: list[_Job], topics: set[str]) -> None:
        for job in jobs:
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)
        self._announce(topics)


def _prepare(connection: Any, _record: object) -> None:
    # The driver's own transaction handling is off: BEGIN IMMEDIATE and COMMIT are ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError:
        # There was no transaction to undo, or SQLite has undone it itself.
        connection.invalidate()
        connection.rollback()


def _unavailable(error: BaseException) -> UnavailableError:
    return UnavailableError(
        f"The database cannot answer just now ({type(error.__cause__ or error).__name__}). "
        "Nothing was changed; try again."
    )
