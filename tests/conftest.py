"""What every test may ask for: a database, and a world around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest
from blockbuster import blockbuster_ctx

from bot.observe import start_logging
from tests.databases import Postgres, postgres
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


# A slow machine is no defect: nothing here is timed.
hypothesis.settings.register_profile("pullcord", deadline=None)
hypothesis.settings.load_profile("pullcord")


@pytest.fixture(autouse=True, scope="session")
def _logs() -> None:
    """As in production without a terminal; pytest shows them when a test fails."""
    start_logging("json")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database; every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/pullcord.db"
    server: Postgres = request.getfixturevalue("postgres_server")
    server.empty()
    return server.url


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A bot, a Slack workspace and a still clock. Blocking the loop is an error."""
    made = World(database_url, tmp_path)
    await made.open()
    with blockbuster_ctx("bot") as guard:
        guard.functions["os.path.abspath"].deactivate()  # SQLAlchemy's engine asks once
        # Held for the moment of an append, never while the writer works.
        guard.functions["threading.Lock.acquire"].can_block_in("bot/store/sqlite.py", "_enqueue")
        guard.functions["threading.Lock.acquire"].can_block_in("bot/store/sqlite.py", "close")
        for function in guard.functions.values():
            function.can_block_in("handlers/slack/door.py", "make_bolt")
            function.can_block_in("bot/main.py", {"make_desk", "prepare_database"})
            function.can_block_in("asyncpg/connect_utils.py", "_read_password_file")
            function.can_block_in("coverage/collector.py", "lock_data")
            # A traceback in the log shows lines of its files.
            function.can_block_in("linecache.py", {"checkcache", "updatecache"})
        try:
            yield made
        finally:
            await made.close()
