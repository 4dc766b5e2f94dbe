"""What every test may ask for: a database, and a world around it."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
from typing import TYPE_CHECKING, cast

import hypothesis
import pytest
from blockbuster import blockbuster_ctx
from coverage import Coverage

from bot.observe import start_logging
from tests.databases import Postgres, make_sqlite, postgres
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.world import Way


# A slow machine is no defect: nothing here is timed. Whoever works on the code explores; what
# must be green before anything lands tries the same examples each time.
_CHECKED = os.environ.get("CI") == "true"
hypothesis.settings.register_profile(
    "pullcord", deadline=None, derandomize=_CHECKED, max_examples=15 if _CHECKED else 100
)
hypothesis.settings.load_profile("pullcord")


@pytest.fixture(autouse=True, scope="session")
def _logs() -> None:
    """As in production without a terminal; pytest shows them when a test fails."""
    start_logging("json")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with postgres() as server:
        yield server


#: Each of these takes a minute or so, as do the browser's, which share one.
_LONG = {
    "test_a_month", "test_a_quarter", "test_benchmarks", "test_crash", "test_openapi_fuzz",
    "test_replicas", "test_reports", "test_upgrade",
}  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest is told first, lest one process be at it when the others have ended."""

    def comes_later(item: pytest.Item) -> bool:
        return item.get_closest_marker("xdist_group") is None and item.path.stem not in _LONG

    items.sort(key=comes_later)


def pytest_collection_finish() -> None:
    """What was imported and collected lives to the end: looking through it for garbage again and
    again took a third of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """What is not traced when it is told is not traced when it is prepared either."""
    tracing = Coverage.current() if item.get_closest_marker("no_cover") else None
    if tracing is not None:
        tracing.stop()
    try:
        return (yield)
    finally:
        if tracing is not None:
            tracing.start()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever asks for a database runs on both; a story of people also over Slack's socket.

    Not every pair of the two: each database and each way in is told once, and where either could
    matter to the other (`every_way`), all four. Tracing lines for coverage doubles the time, so it
    is done where a story is told first, not where the same verbs meet another database.
    """
    marked = set[str]()
    for mark in metafunc.definition.iter_markers("parametrize"):
        names = mark.args[0]
        marked.update(names.replace(" ", "").split(",") if isinstance(names, str) else names)
    databases = "database_url" in metafunc.fixturenames and "database_url" not in marked
    ways = "way" in metafunc.fixturenames and "way" not in marked
    story = metafunc.module.__name__.startswith("tests.scenarios.")
    if databases and ways and story:
        ways_again = [("postgres", "socket")]
        if metafunc.definition.get_closest_marker("every_way"):
            ways_again += [("postgres", "http"), ("sqlite", "socket")]
        pairs = [
            ("sqlite", "http"),
            *(pytest.param(*pair, marks=pytest.mark.no_cover) for pair in ways_again),
        ]
        metafunc.parametrize(("database_url", "way"), pairs, indirect=True)
    elif databases:
        again = story or metafunc.module.__name__.startswith("tests.rooms.")
        untraced = pytest.param("postgres", marks=pytest.mark.no_cover if again else ())
        metafunc.parametrize("database_url", ["sqlite", untraced], indirect=True)
    elif ways and story:
        metafunc.parametrize("way", ["http", "socket"], indirect=True)


@pytest.fixture
def way(request: pytest.FixtureRequest) -> Way:
    """How Slack delivers: over HTTP, or over the bot's socket."""
    return cast("Way", getattr(request, "param", "http"))


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("empty") / "pullcord.db"
    asyncio.run(make_sqlite(made))
    return made


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with its tables."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_sqlite"), tmp_path / "pullcord.db")
        return f"sqlite:///{tmp_path}/pullcord.db"
    server: Postgres = request.getfixturevalue("postgres_server")
    server.empty()
    return server.url


@pytest.fixture
async def world(database_url: str, way: Way, tmp_path: Path) -> AsyncIterator[World]:
    """A bot, a Slack workspace and a still clock. Blocking the loop is an error."""
    made = World(database_url, tmp_path, way=way)
    await made.open()
    with blockbuster_ctx("bot") as guard:
        guard.functions["os.path.abspath"].deactivate()  # SQLAlchemy's engine asks once
        # Held for the moment of an append, never while the writer works.
        guard.functions["threading.Lock.acquire"].can_block_in("bot/store/sqlite.py", "_enqueue")
        guard.functions["threading.Lock.acquire"].can_block_in("bot/store/sqlite.py", "close")
        for function in guard.functions.values():
            function.can_block_in("handlers/slack/door.py", "make_bolt")
            function.can_block_in("bot/start.py", {"make_desk", "prepare_database"})
            function.can_block_in("asyncpg/connect_utils.py", "_read_password_file")
            function.can_block_in("coverage/collector.py", "lock_data")
            # A traceback in the log shows lines of its files.
            function.can_block_in("linecache.py", {"checkcache", "updatecache"})
        try:
            yield made
        finally:
            await made.close()
