"""The ledger on SQLite: one writer thread, and verbs in flight share a commit and its fsync."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any, Concatenate

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import PullcordError, UnavailableError
from bot.store.ledger import STOPPING, Ledger, P, T
from bot.store.tx import Batch, Tx

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


class _SpoiltError(Exception):
    """A verb failed after it had written: the group begins anew, each verb by itself."""


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
        self._questions: deque[_Job] = deque()
        self._work = threading.Condition()
        self._asked = threading.Condition()
        self._closing = False
        self._threads = [
            threading.Thread(target=work, name=name, daemon=True)
            for name, work in (("writer", self._write), *[("reader", self._answer)] * _READERS)
        ]
        for thread in self._threads:
            thread.start()

    async def run(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._enqueue(self._work, self._clicks, lambda tx: verb(tx, *args, **kwargs))

    async def run_behind(
        self, verb: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._enqueue(self._work, self._intake, lambda tx: verb(tx, *args, **kwargs))

    async def read(
        self, query: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._enqueue(
            self._asked, self._questions, lambda tx: query(tx, *args, **kwargs)
        )

    async def _enqueue(
        self, work: threading.Condition, queue: deque[_Job], verb: Callable[[Tx], T]
    ) -> T:
        loop = asyncio.get_running_loop()
        job = _Job(verb, loop.create_future(), loop)
        with work:
            if self._closing:
                raise UnavailableError(STOPPING)
            queue.append(job)
            work.notify()
        result: T = await job.future
        return result

    async def on_connection(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._engine.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                result = work(connection)
                connection.exec_driver_sql("COMMIT")
                return result

        return await asyncio.to_thread(run)

    async def close(self) -> None:
        for work in (self._work, self._asked):
            with work:
                self._closing = True
                work.notify_all()
        for thread in self._threads:
            await asyncio.to_thread(thread.join)
        self._engine.dispose()

    def _answer(self) -> None:
        """One reader: all who wait share a snapshot that is younger than any of their questions."""
        while True:
            with self._asked:
                while not (self._questions or self._closing):
                    self._asked.wait()
                if not self._questions:
                    return
                few = min(len(self._questions), _GROUP_VERBS)
                jobs = [self._questions.popleft() for _ in range(few)]
            try:
                with self._engine.connect() as connection:
                    connection.exec_driver_sql("BEGIN")
                    for job in jobs:
                        self._look(connection, job)
                    connection.exec_driver_sql("ROLLBACK")
            except SQLAlchemyError as error:
                for job in jobs:
                    job.error = job.error or _unavailable(error)
            self._report(jobs, {})

    def _look(self, connection: Connection, job: _Job) -> None:
        try:
            job.result = job.verb(Tx(connection, self.clock, self.ids))
        except SQLAlchemyError as error:
            job.error = _unavailable(error)
        except BaseException as error:
            job.error = error

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
        topics: dict[str, Any] = {}
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                topics = self._together(connection, done)
            except (_SpoiltError, SQLAlchemyError):
                _roll_back(connection)
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                topics = {}
                for one in done:
                    topics |= self._by_itself(connection, one)
            connection.exec_driver_sql("COMMIT")
        except SQLAlchemyError as error:
            # Nobody of this group is told that it worked, whatever their own verb said.
            _roll_back(connection)
            if not done and (job := self._next()):
                done.append(job)
            for job in done:
                job.error = _unavailable(error)
            topics = {}
        self._report(done, topics)

    def _together(self, connection: Connection, done: list[_Job]) -> dict[str, Any]:
        """Run what waits, clicks first, and write the new rows of all verbs at once.

        A savepoint a verb would be two statements more. So few verbs fail after they have
        written that they are better run again. Raises _SpoiltError and SQLAlchemyError then.
        """
        batch = Batch(connection)
        topics: dict[str, Any] = {}
        until = monotonic() + _GROUP_SECONDS
        while len(done) < _GROUP_VERBS and monotonic() < until and (job := self._next()):
            done.append(job)
            tx = Tx(connection, self.clock, self.ids, batch)
            try:
                job.result = job.verb(tx)
            except SQLAlchemyError:
                raise
            except BaseException as error:
                job.error = error
                if not (isinstance(error, PullcordError) and error.keeps_work):
                    if tx.wrote:
                        raise _SpoiltError from error
                    tx.forget()
            tx.keep()
            topics |= tx.topics
        batch.flush()
        return topics

    def _by_itself(self, connection: Connection, job: _Job) -> dict[str, Any]:
        """Run one verb in a savepoint of its own, so that its failure is only its own."""
        tx = Tx(connection, self.clock, self.ids)
        job.result = job.error = None
        connection.exec_driver_sql("SAVEPOINT verb")
        try:
            try:
                job.result = job.verb(tx)
            except PullcordError as refusal:
                if not refusal.keeps_work:
                    raise
                job.error = refusal
            tx.flush()
        except BaseException as error:
            job.error = _unavailable(error) if isinstance(error, SQLAlchemyError) else error
            tx.forget()
            connection.exec_driver_sql("ROLLBACK TO verb")
        connection.exec_driver_sql("RELEASE verb")
        return tx.topics

    def _report(self, done: list[_Job], topics: dict[str, Any]) -> None:
        for loop in {job.loop for job in done}:
            mine = [job for job in done if job.loop is loop]
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._tell_the_callers, mine, topics)

    def _tell_the_callers(self, jobs: list[_Job], topics: dict[str, Any]) -> None:
        # Who waits for the news goes on before whoever brought it.
        self._announce(topics)
        for job in jobs:
            if job.future.done():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)


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
