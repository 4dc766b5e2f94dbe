"""The tables in the code, the migrations, and both databases agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from bot.start import DatabaseClock, StartError, TimeOrderedIds, prepare_database
from bot.store import schema
from bot.store.open import open_ledger
from bot.store.tables import metadata

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import Any

    from bot.store.ledger import Ledger


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    made = open_ledger(database_url, DatabaseClock(), TimeOrderedIds())
    await prepare_database(made)
    yield made
    await made.close()


async def test_the_migrations_make_the_tables(ledger: Ledger) -> None:
    """An upgraded database is what the code describes, table by table."""

    def differences(connection: Connection) -> Any:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert await ledger.on_connection(differences) == []


async def test_preparing_twice_is_the_same(ledger: Ledger) -> None:
    """A second start finds the schema current."""
    await prepare_database(ledger)

    assert await ledger.on_connection(schema.standing) == "current"


async def test_an_older_and_a_newer_schema_stop_the_start(ledger: Ledger) -> None:
    """With a sentence that says which command or version is needed."""
    try:
        await ledger.on_connection(lambda c: _upgraded(c, works_since="9999"))
        with pytest.raises(StartError, match="newer Pullcord"):
            await prepare_database(ledger)
        await ledger.on_connection(lambda c: c.execute(text("DELETE FROM schema_compat")))
        with pytest.raises(StartError, match="newer Pullcord"):
            await prepare_database(ledger)
        await ledger.on_connection(lambda c: c.execute(text("DROP TABLE schema_compat")))
        with pytest.raises(StartError, match="newer Pullcord"):
            await prepare_database(ledger)
        await ledger.on_connection(lambda c: c.execute(text("DELETE FROM alembic_version")))
        await ledger.on_connection(lambda c: c.execute(text("DROP TABLE alembic_version")))
        with pytest.raises(StartError, match="python -m bot migrate"):
            await prepare_database(ledger)
    finally:
        await ledger.on_connection(_restore)


async def test_a_newer_schema_that_this_code_fits_is_used(ledger: Ledger) -> None:
    """Whoever upgraded it says since which version code works with it; `migrate` says so too."""
    try:
        await ledger.on_connection(lambda c: _upgraded(c, works_since=schema.WORKS_SINCE))

        await prepare_database(ledger)

        assert await ledger.read(schema.standing_now) == "ahead"
    finally:
        await ledger.on_connection(_restore)
    await ledger.on_connection(schema.upgrade)
    assert await ledger.on_connection(_works_since) == schema.WORKS_SINCE


def _upgraded(connection: Connection, *, works_since: str) -> None:
    """As by a version that does not exist yet."""
    connection.execute(text("UPDATE alembic_version SET version_num='9999'"))
    connection.execute(text("DELETE FROM schema_compat"))
    connection.execute(text(f"INSERT INTO schema_compat VALUES ('{works_since}')"))


def _works_since(connection: Connection) -> str:
    return str(connection.execute(text("SELECT works_since FROM schema_compat")).scalar_one())


def _restore(connection: Connection) -> None:
    connection.execute(
        text("CREATE TABLE IF NOT EXISTS schema_compat (works_since TEXT NOT NULL PRIMARY KEY)")
    )
    connection.execute(
        text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL)")
    )
    connection.execute(text("DELETE FROM alembic_version"))
    head = schema._revisions()[-1]
    connection.execute(text(f"INSERT INTO alembic_version VALUES ('{head}')"))
