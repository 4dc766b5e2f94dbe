"""A look at the database from beside: nothing is created, upgraded or written."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import UnavailableError
from bot.store.open import open_ledger, sqlite_path
from bot.store.schema import Standing, standing
from bot.store.tx import Tx

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

    from bot.domain.ports import Clock, Ids

# A running bot holds the lock for some milliseconds at a time.
_PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a database says of itself."""

    standing: Standing
    now: datetime


async def probe(database_url: str, clock: Clock, ids: Ids) -> Found:
    """Connect, take the writer's place for a moment, look, let go.

    Raises UnavailableError with the database's own reason.
    """

    def look(connection: Connection) -> Found:
        return Found(standing=standing(connection), now=Tx(connection, clock, ids).now())

    path = sqlite_path(database_url)
    if path is not None:
        return await asyncio.to_thread(_look_into, path, look)
    ledger = open_ledger(database_url, clock, ids)
    try:
        return await ledger.on_connection(look)
    finally:
        await ledger.close()


def _look_into(path: Path, look: Callable[[Connection], Found]) -> Found:
    # A ledger would create the file, and its writer could only die of a broken one.
    engine = create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(
            f"{path.resolve().as_uri()}?mode=rw",
            uri=True,
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
        ),
        poolclass=NullPool,
        hide_parameters=True,
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                return look(connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError as error:
        raise UnavailableError(str(error.__cause__ or error)) from error
    finally:
        engine.dispose()
