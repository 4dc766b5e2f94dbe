"""What a verb holds in its hand while it works: one transaction, one moment, no network."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.columns import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection, CursorResult, Executable, Table

    from bot.domain.ports import Clock, Ids

T = TypeVar("T")

# SQLite's clock has milliseconds; both give the database's own idea of now, not the caller's.
_NOW = {
    "sqlite": text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000"),
    "postgresql": text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"),
}


class Tx:
    """One transaction. Whoever runs the verb begins and commits it."""

    def __init__(self, connection: Connection, clock: Clock, ids: Ids) -> None:
        self._connection = connection
        self._clock = clock
        self._ids = ids
        self._dialect = connection.dialect.name
        self._now: datetime | None = None
        self._buffer: dict[Table, list[Mapping[str, Any]]] = {}
        self.topics: set[str] = set()

    def now(self) -> datetime:
        """The database's time, the same during the whole transaction."""
        if self._now is None:
            self._now = self._clock.tell(
                from_micros(self._connection.execute(_NOW[self._dialect]).scalar_one())
            )
        return self._now

    def new_id(self, prefix: str) -> str:
        return self._ids.new(prefix)

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Remember a row; all rows of a table leave together, before the next statement."""
        self._buffer.setdefault(table, []).append(row)

    def add_once(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert a row now; False when its key is already taken.

        A parallel twin is waited for, and a conflict never spoils the transaction.
        """
        self.flush()
        insert = self.insert(table).values(row).on_conflict_do_nothing()
        return self._connection.execute(insert).rowcount == 1

    def upsert(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert a row, or bring the one with its primary key up to date."""
        self.flush()
        keys = [column.name for column in table.primary_key]
        insert = self.insert(table).values(row)
        self._connection.execute(
            insert.on_conflict_do_update(
                index_elements=keys, set_={k: v for k, v in row.items() if k not in keys}
            )
        )

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT in the database's own dialect, which knows what to do about a conflict."""
        return postgresql.insert(table) if self._dialect == "postgresql" else sqlite.insert(table)

    def execute(self, statement: Executable) -> CursorResult[Any]:
        self.flush()
        return self._connection.execute(statement)

    def flush(self) -> None:
        while self._buffer:
            table = next(iter(self._buffer))
            rows = self._buffer.pop(table)
            self._connection.execute(table.insert(), rows)

    def queue_up(self, *names: str) -> None:
        """Let one transaction at a time past this point for these names.

        SQLite has one writer anyway; PostgreSQL holds the place until the commit.
        """
        if self._dialect == "postgresql":
            key = func.hashtextextended("\x1f".join(names), 0)
            self.execute(select(func.pg_advisory_xact_lock(key)))

    def ask_schema(self, question: Callable[[Connection], T]) -> T:
        """For `bot.store.schema`, which asks the database about itself."""
        self.flush()
        return question(self._connection)

    def tell(self, topic: str) -> None:
        """Say after the commit, and only then, that something changed."""
        self.topics.add(topic)
