"""A new version takes over, replica by replica, while agents and people go on."""

from __future__ import annotations

import asyncio
import shutil
from typing import TYPE_CHECKING

import asyncpg
import pytest

from bot.start import DatabaseClock, StartError, TimeOrderedIds, prepare_database, upgrade_database
from bot.store.open import open_ledger
from tests.balancer import balanced
from tests.databases import execute
from tests.processes import ROOT, command
from tests.world import REFUND

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.ledger import Ledger
    from tests.fleet import Fleet
    from tests.processes import BotProcess
    from tests.world import Agent, Answer

pytestmark = pytest.mark.timeout(300)

NEXT = '''"""Something that only the next version knows of."""

import sqlalchemy as sa
from alembic import op

revision = "0999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("escalation", sa.Column("later", sa.Text(), nullable=True))
    op.add_column("message", sa.Column("also", sa.Integer(), nullable=False, server_default="0"))
    op.create_table("brand_new", sa.Column("id", sa.Text(), primary_key=True))
'''
# So long each replica goes on serving after it was told to stop: the balancer looks more often.
DRAIN = "5"


@pytest.fixture
async def ledger(database: str) -> AsyncIterator[Ledger]:
    made = open_ledger(database, DatabaseClock(), TimeOrderedIds())
    await prepare_database(made)
    yield made
    await made.close()


def next_version(folder: Path) -> Path:
    """The code of today with one migration more, as a release would bring it."""
    home = folder / "next"
    for room in ("bot", "handlers"):
        shutil.copytree(ROOT / room, home / room, ignore=shutil.ignore_patterns("__pycache__"))
    versions = home / "bot/store/migrations/versions"
    head = max(file.name.partition("_")[0] for file in versions.glob("0*.py"))
    (versions / "0999_next.py").write_text(NEXT.format(head=head))
    return home


class Office:
    """Agents that ask one question after the other, and a person who approves whatever stands."""

    def __init__(self, fleet: Fleet, agent: Agent) -> None:
        self._fleet = fleet
        self._agent = agent
        self._over = False
        self.answers: list[Answer] = []
        self.done: list[str] = []

    def open(self, agents: int) -> None:
        self._agents = [asyncio.create_task(self._ask_on_and_on()) for _ in range(agents)]

    async def close(self) -> None:
        """When each has its last answer."""
        self._over = True
        await asyncio.gather(*self._agents)

    async def until_done(self, more: int) -> None:
        """Until so many further questions were asked, approved and redeemed."""
        enough = len(self.done) + more
        async with asyncio.timeout(120):
            while len(self.done) < enough:
                for agent in self._agents:
                    if agent.done():
                        agent.result()
                await asyncio.sleep(0.05)

    def _noted(self, answer: Answer) -> Answer:
        self.answers.append(answer)
        return answer

    async def _ask_on_and_on(self) -> None:
        while not self._over:
            asked = self._noted(await self._agent.posts(**REFUND))
            path = f"/v1/escalations/{asked.json['id']}"
            card = await self._fleet.card_of_id(asked.json["id"])
            waiting = asyncio.create_task(self._wait(path))
            await card.click("Approve", by="alice")
            await waiting
            self._noted(await self._agent.call("POST", f"{path}/redeem", {"redeem_id": "r1"}))
            self.done.append(asked.json["id"])

    async def _wait(self, path: str) -> None:
        while True:
            seen = self._noted(await self._agent.call("GET", f"{path}?wait=20"))
            if seen.status != 200 or seen.json["status"] != "open":
                return


async def test_a_new_version_takes_over_under_traffic(fleet: Fleet, tmp_path: Path) -> None:
    """Migrated and restarted one by one: no agent sees an error, and no decision is lost.

    In between, an old one starts again on the new tables: an upgrade can be stopped half-way.
    """
    home = next_version(tmp_path)
    bots = await fleet.start(2, PULLCORD_DRAIN_SECONDS=DRAIN)
    agent = await bots[0].agent(fleet)
    async with balanced(fleet.http, [bot.url for bot in bots]) as url:
        fleet.url = url
        await fleet.control("settings", events_url=f"{url}/slack/events")
        office = Office(fleet, agent)
        office.open(3)
        await office.until_done(3)

        code, out, err = await command("migrate", environment=bots[0].environment, home=home)
        assert (code, out.strip()) == (0, "Upgraded."), err
        await office.until_done(3)
        await _restart(bots[0], bots[0].home)
        for bot in bots:
            await office.until_done(3)
            await _restart(bot, home)
        await office.until_done(3)
        await office.close()

    assert {answer.status for answer in office.answers} <= {200, 201}
    assert "database.ahead" in bots[0].log.read_text()
    listed = await execute(fleet.database_url, "SELECT id FROM escalation WHERE redeemed IS NULL")
    assert listed == []
    (found,) = await execute(fleet.database_url, "SELECT count(*) FROM decision")
    assert found["count"] == len(office.done)


async def _restart(bot: BotProcess, home: Path) -> None:
    assert await bot.stop() == 0, bot.log.read_text()
    bot.home = home
    await bot.start()


async def test_a_migration_waits_for_whoever_holds_a_table(ledger: Ledger, database: str) -> None:
    """Not for long, so that nobody queues up behind it; then it tries again."""
    holder = await asyncpg.connect(database)
    held = holder.transaction()
    await held.start()
    await holder.execute("LOCK TABLE schema_compat")

    upgrading = asyncio.create_task(upgrade_database(ledger))
    await _waits_for_a_lock(database)
    await held.rollback()
    await upgrading

    await holder.close()


async def test_a_migration_gives_up_with_a_sentence(ledger: Ledger, database: str) -> None:
    """Nothing was changed, and the operator hears what to look for."""
    holder = await asyncpg.connect(database)
    held = holder.transaction()
    await held.start()
    await holder.execute("LOCK TABLE schema_compat")

    with pytest.raises(StartError, match="pg_stat_activity"):
        await upgrade_database(ledger)

    await held.rollback()
    await holder.close()


async def _waits_for_a_lock(database: str) -> None:
    async with asyncio.timeout(20):
        while not await execute(database, "SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
