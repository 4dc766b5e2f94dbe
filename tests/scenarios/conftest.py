"""What only stories ask for: a database of their own, and several bots on it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import Postgres


@pytest.fixture
async def database(postgres_server: Postgres) -> str:
    """Of its own, and empty: not even the tables are there."""
    return await asyncio.to_thread(postgres_server.new_database)


@pytest.fixture
async def fleet(database: str, tmp_path: Path) -> AsyncIterator[Fleet]:
    made = Fleet(database, tmp_path)
    await made.open()
    yield made
    await made.close()
