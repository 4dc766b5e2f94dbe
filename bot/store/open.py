"""From a database address to a ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.store.address import EXPECTED, is_postgres, postgres_address
from bot.store.sqlite import SqliteLedger

if TYPE_CHECKING:
    from bot.domain.ports import Clock, Ids
    from bot.store.ledger import Ledger


def sqlite_path(database_url: str) -> Path | None:
    """The file behind a SQLite address; None for PostgreSQL.

    Raises ValueError with a sentence for people when the address is of neither kind.
    """
    if is_postgres(database_url):
        postgres_address(database_url)
        return None
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise ValueError(EXPECTED) from None
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        return Path(url.database)
    raise ValueError(EXPECTED)


def open_ledger(database_url: str, clock: Clock, ids: Ids) -> Ledger:
    """A ledger on the database; nothing is connected or created yet on PostgreSQL."""
    path = sqlite_path(database_url)
    if path is not None:
        return SqliteLedger(str(path), clock, ids)
    from bot.store.postgres import PostgresLedger  # its driver costs SQLite's start nothing

    return PostgresLedger(postgres_address(database_url), clock, ids)
