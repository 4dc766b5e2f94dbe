"""What a verb holds in its hand while it works: one transaction, one moment, no network."""

from __future__ import annotations

import itertools
import time
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import BigInteger, Select, Text, func, literal_column, select, type_coerce
from sqlalchemy.dialects import sqlite

from bot.store.columns import from_micros

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import (
        Column,
        ColumnElement,
        Connection,
        CursorResult,
        Dialect,
        Executable,
        Table,
    )
    from sqlalchemy.dialects import postgresql

    from bot.domain.ports import Clock, Ids

T = TypeVar("T")

# A table, and the columns that a row of it fills.
_Kind = tuple["Table", tuple[str, ...]]
# PostgreSQL takes 32,767 values with one statement.
_MOST_VALUES = 10_000
#: PostgreSQL's clock: a question that carries it along (`Tx.told`) spares one of its own.
MOMENT = literal_column("(extract(epoch FROM clock_timestamp()) * 1000000)::bigint", BigInteger)
_NOW = select(MOMENT)


class Batch:
    """New rows that have not left yet: of one transaction, whose verbs may be many.

    All rows of a table leave together; a table that others refer to leaves before them.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: dict[_Kind, list[Mapping[str, Any]]] = {}

    def take(self, rows: list[tuple[Table, Mapping[str, Any]]]) -> None:
        for table, row in rows:
            self._rows.setdefault((table, tuple(row)), []).append(row)

    def holds(self, tables: frozenset[Table]) -> bool:
        return any(table in tables for table, _ in self._rows)

    def flush(self) -> None:
        if not self._rows:
            return
        waiting, self._rows = self._rows, {}
        ordered = sorted(waiting.items(), key=lambda one: _rank(one[0][0]))
        dialect = self.connection.dialect
        if dialect.name == "sqlite":
            for (table, columns), rows in ordered:
                insert = _insert(table, columns, dialect)
                values = [insert.values(row) for row in rows]
                self.connection.exec_driver_sql(insert.sql, values)
            return
        # Each statement is a way to the server and back, so all tables share one.
        for some in _few(ordered):
            sql = _inserts(tuple((*key, len(rows)) for key, rows in some))
            values = [
                value
                for key, rows in some
                for row in rows
                for value in _insert(*key, dialect).values(row)
            ]
            self.connection.exec_driver_sql(sql, tuple(values))


class Tx:
    """One transaction. Whoever runs the verb begins and commits it."""

    def __init__(
        self, connection: Connection, clock: Clock, ids: Ids, batch: Batch | None = None
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._ids = ids
        self._dialect = connection.dialect.name
        self._now: datetime | None = None
        self._batch = Batch(connection) if batch is None else batch
        self._added: list[tuple[Table, Mapping[str, Any]]] = []
        self.topics: dict[str, Any] = {}
        #: Whether the database has seen anything of it that only a rollback can undo.
        self.wrote = False

    def now(self) -> datetime:
        """The database's time, the same during the whole transaction."""
        if self._now is None:
            # SQLite lives in this process, and its own `now` is this machine's clock.
            micros = (
                time.time_ns() // 1000
                if self._dialect == "sqlite"
                else self._connection.execute(_NOW).scalar_one()
            )
            self.told(micros)
        assert self._now is not None  # noqa: S101 - we were told just now
        return self._now

    def told(self, micros: int) -> None:
        """What time it is, as the database has said beside something else."""
        if self._now is None:
            self._now = self._clock.tell(from_micros(micros))

    def new_id(self, prefix: str) -> str:
        return self._ids.new(prefix)

    def add(self, table: Table, row: Mapping[str, Any]) -> None:
        """Remember a row; all rows of a table leave together, before the next statement."""
        self._added.append((table, row))

    def add_once(self, table: Table, row: Mapping[str, Any]) -> bool:
        """Insert a row now; False when its key is already taken.

        A parallel twin is waited for, and a conflict never spoils the transaction.
        """
        near = _near(table)
        if self._batch.holds(near) or any(added in near for added, _ in self._added):
            self.flush()
        insert = _insert(table, tuple(row), self._connection.dialect)
        done = self._connection.exec_driver_sql(insert.once, insert.values(row)).rowcount == 1
        self.wrote = self.wrote or done
        return done

    def upsert(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert a row, or bring the one with its primary key up to date."""
        insert = self.insert(table).values(row)
        keys = [column.name for column in table.primary_key]
        self.execute(
            insert.on_conflict_do_update(
                index_elements=keys, set_={k: v for k, v in row.items() if k not in keys}
            )
        )

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """An INSERT in the database's own dialect, which knows what to do about a conflict."""
        if self._dialect == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # costs the start on SQLite nothing

        return postgresql.insert(table)

    def holds_text(self, column: Column[Any], part: str) -> ColumnElement[bool]:
        """Whether the column's text holds the part, letter by letter and case by case."""
        where = func.strpos if self._dialect == "postgresql" else func.instr
        return where(type_coerce(column, Text), part) > 0

    def execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Ask or change; what was added before, by whichever verb, is there to be seen.

        A statement that is made once, with `bindparam`, costs a quarter of one made anew.
        """
        self.flush()
        if not isinstance(statement, Select):
            self.wrote = True
        return self._connection.execute(statement, parameters)

    def flush(self) -> None:
        """Send what was added to the database."""
        self.wrote = self.wrote or bool(self._added)
        self.keep()
        self._batch.flush()

    def keep(self) -> None:
        """What was added leaves with the batch: the verb has done its part."""
        self._batch.take(self._added)
        self._added = []

    def forget(self) -> None:
        """The verb has failed: nothing it added leaves, and nobody is told."""
        self._added = []
        self.topics.clear()

    @property
    def alone(self) -> bool:
        """Nobody else can be writing: there is nothing to lock."""
        return self._dialect == "sqlite"

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

    def tell(self, topic: str, news: object = None) -> None:
        """Say after the commit, and only then, that something changed.

        `news`: how it is now, for those in this process who wait to hear just that.
        """
        self.topics[topic] = news


class _Insert:
    """An insert as the driver takes it: putting it together anew would cost more than it does."""

    def __init__(self, table: Table, columns: tuple[str, ...], dialect: Dialect) -> None:
        types = [(name, table.c[name].type) for name in columns]
        self._columns = [(name, type_.bind_processor(dialect)) for name, type_ in types]
        marks = ["?" if dialect.name == "sqlite" else f"${at + 1}" for at in range(len(columns))]
        self.sql = f"{_head(table, columns)} VALUES ({', '.join(marks)})"
        self.once = f"{self.sql} ON CONFLICT DO NOTHING"

    def values(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            row[name] if process is None else process(row[name]) for name, process in self._columns
        )


_insert = lru_cache(maxsize=256)(_Insert)


def _head(table: Table, columns: tuple[str, ...]) -> str:
    # Names of ours, and never values.
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table.name}" ({names})'


def _few(
    ordered: list[tuple[_Kind, list[Mapping[str, Any]]]],
) -> Iterator[list[tuple[_Kind, list[Mapping[str, Any]]]]]:
    """A verb with a great many rows goes in pieces that the server takes."""
    if sum(len(key[1]) * len(rows) for key, rows in ordered) <= _MOST_VALUES:
        yield ordered
        return
    for key, rows in ordered:
        at_once = max(1, _MOST_VALUES // len(key[1]))
        for at in range(0, len(rows), at_once):
            yield [(key, rows[at : at + at_once])]


@lru_cache(maxsize=512)
def _inserts(kinds: tuple[tuple[Table, tuple[str, ...], int], ...]) -> str:
    """One statement for the rows of several tables: `WITH t0 AS (INSERT …), … INSERT …`."""
    numbers = itertools.count(1)
    inserts = []
    for table, columns, count in kinds:
        rows = (", ".join(f"${next(numbers)}" for _ in columns) for _ in range(count))
        values = ", ".join(f"({row})" for row in rows)
        inserts.append(f"{_head(table, columns)} VALUES {values}")
    *before, last = inserts
    named = ", ".join(f"t{at} AS ({one})" for at, one in enumerate(before))
    return f"WITH {named} {last}" if before else last


@cache
def _rank(table: Table) -> int:
    """What others refer to comes first."""
    return table.metadata.sorted_tables.index(table)


@cache
def _near(table: Table) -> frozenset[Table]:
    """The table, and those that its rows refer to."""
    return frozenset({table, *(key.column.table for key in table.foreign_keys)})
