"""The commands of the deployment page bring everything back, on both databases."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs.pages import blocks
from tests.databases import PROGRAMS
from tests.processes import BotProcess
from tests.scenarios.test_crash import Survivor
from tests.world import Agent, Asked

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.databases import Postgres

PAGE = Path("docs/howto/deployment.md")


def commands_with(word: str) -> str:
    """The one block of the page that has this word, as somebody types it."""
    (block,) = [block for block in blocks(PAGE, "console") if word in block]
    return block.replace("$ ", "")


async def typed(commands: str, folder: Path, **variables: str) -> None:
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        "bash", "-eu", "-c", commands, cwd=folder, env={"PATH": path} | variables,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, out.decode()


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Survivor]:
    """On SQLite, with the secret that is made by itself."""
    made = Survivor(f"sqlite:///{tmp_path}/pullcord.db", tmp_path)
    made.extra = {"PULLCORD_SECRET": ""}
    await made.open()
    yield made
    await made.close()


async def test_sqlite_is_backed_up_while_it_works(office: Survivor, tmp_path: Path) -> None:
    """Put back, with its secret: the key works, what was decided is there, a card decides."""
    agent = await office.bot.agent(office)
    decided, waiting = await agent.asks(), await agent.asks()
    await (await office.card_of(decided)).click("Approve", by="alice")
    await decided.answer()
    card = await office.card_of(waiting)

    await typed(commands_with("VACUUM INTO"), tmp_path)
    later = await agent.asks()
    await office.card_of(later)
    await office.bot.stop()
    await typed(commands_with("cp backup.db pullcord.db"), tmp_path)
    await office.bot.start()

    assert (await decided.answer())["decided_by"]["display_name"] == "Alice"
    await card.click("Approve", by="bob")
    assert (await waiting.answer())["decided_by"]["display_name"] == "Bob"
    assert (await later.see())["code"] == "not_found"
    assert os.stat(tmp_path / "pullcord.db.secret").st_mode & 0o077 == 0


async def test_postgresql_is_backed_up_while_it_works(
    postgres_server: Postgres, tmp_path: Path
) -> None:
    """Dumped, and put into an empty database: a bot with the same secret goes on there."""
    old = await asyncio.to_thread(postgres_server.new_database)
    new = await asyncio.to_thread(postgres_server.new_database)
    office = Survivor(old, tmp_path)
    await office.open()
    try:
        agent = await office.bot.agent(office)
        asked = await agent.asks()
        card = await office.card_of(asked)

        await typed(commands_with("pg_dump --format"), tmp_path, PULLCORD_DATABASE_URL=old)
        await office.bot.stop()
        await typed(commands_with("pg_restore --no-owner"), tmp_path, PULLCORD_DATABASE_URL=new)
        office.bot = BotProcess(office.http, tmp_path, new, office.sandbox_url)
        await office.bot.start()
        office.url = office.bot.url
        await office.control("settings", events_url=f"{office.url}/slack/events")
        await card.click("Approve", by="alice")

        again = Asked(Agent(office, agent.name, agent.key), asked.id)
        assert (await again.answer())["decided_by"]["display_name"] == "Alice"
    finally:
        await office.close()
