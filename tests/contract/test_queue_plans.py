"""However much is open, a list of it is read along indexes, and by as many questions as ever."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from bot.domain.directory import Denial, Directory
from bot.domain.escalation import Need
from bot.domain.people import Clicker
from bot.start import DatabaseClock, TimeOrderedIds, prepare_database
from bot.store import escalations
from bot.store.open import open_ledger
from bot.usecases.commands.asker import Asker
from bot.usecases.commands.queue import Turn, read_page
from bot.usecases.desk import Desk
from tests.rules.making import human, make_escalation, make_vote
from tests.rules.test_policy_plan import book

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy import Connection

    from bot.store.ledger import Ledger
    from bot.store.tx import Tx
    from tests.databases import Postgres


@pytest.fixture
async def ledger(database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Ledger]:
    """A new database: what a server remembers of a table's size before decides its plans."""
    if database_url.startswith("postgres"):
        server: Postgres = request.getfixturevalue("postgres_server")
        database_url = await asyncio.to_thread(server.new_database)
    made = open_ledger(database_url, DatabaseClock(), TimeOrderedIds())
    await prepare_database(made)
    yield made
    await made.close()


def alice(tx: Tx) -> Asker:
    """She reviews `default`, and `money` from its second tier on."""
    return Asker(
        clicker=Clicker(id="U01ALICE", name="alice", team_id=None),
        book=book(),
        directory=Directory(now=tx.now(), team_id=None),
        no_admin=Denial(why="stranger"),
        routes=frozenset({"default"}),
        raised={"money": 2},
    )


def some(tx: Tx, count: int) -> None:
    """In hand, voted on, snoozed, and raised."""
    for at in range(count):
        made = make_escalation(
            id=tx.new_id("esc"),
            created_at=tx.now(),
            expires_at=tx.now() + timedelta(hours=1),
            need=Need(route="money" if at % 2 else "default", approvals=2),
            tier=at % 4,
            votes=(make_vote(),),
        )
        made = made.take(human(f"P{at}"), tx.now())
        if at % 5 == 0:
            made = made.snooze(human(f"P{at}"), tx.now() + timedelta(minutes=5))
        escalations.insert(tx, made)


def asked_of(tx: Tx, which: str) -> list[tuple[str, Any]]:
    """The statements that a page of this list takes."""
    connection: Connection = tx.ask_schema(lambda itself: itself)
    asked: list[tuple[str, Any]] = []

    def keep(*call: Any) -> None:
        asked.append((call[2], call[3]))

    event.listen(connection, "before_cursor_execute", keep)
    asker = alice(tx)
    read_page(tx, _desk(asker), asker, Turn(which=which))
    event.remove(connection, "before_cursor_execute", keep)
    return [one for one in asked if not one[0].startswith("SELECT (extract")]


def _desk(asker: Asker) -> Desk:
    return Desk(
        ledger=None,  # type: ignore[arg-type]
        waker=None,  # type: ignore[arg-type]
        book=asker.book,
        key_peppers=(),
        callback_secrets=lambda _: (),
    )


def plans(tx: Tx) -> str:
    connection: Connection = tx.ask_schema(lambda itself: itself)
    asked = [one for which in ("mine", "money", "urgent") for one in asked_of(tx, which)]
    explain = "EXPLAIN QUERY PLAN" if tx.alone else "EXPLAIN"
    if not tx.alone:
        # A small table is best read whole; here it is asked whether there is another way at all.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(
        " ".join(str(part) for part in row)
        for statement, values in asked
        for row in connection.exec_driver_sql(f"{explain} {statement}", values)
    )


async def test_a_list_is_read_along_indexes(ledger: Ledger) -> None:
    """What waits, what only a tier asks, and what sleeps: each has an index of its own."""
    await ledger.run(some, 12)

    plan = await ledger.run(plans)

    read_whole = re.findall(r"Seq Scan on (\w+)|SCAN (\w+)(?! USING)", plan)
    names = {name for pair in read_whole for name in pair if name}
    # One row an agent that is paused; SQLite's word for no table at all.
    assert names <= {"paused_agent", "CONSTANT"}
    for index in ("escalation_queue", "escalation_raised", "escalation_snoozed"):
        assert index in plan


async def test_more_rows_are_no_more_questions(ledger: Ledger) -> None:
    """Ten rows are read as one is."""
    counts = []
    for count in (4, 40):
        await ledger.run(some, count)
        counts.append(len(await ledger.read(asked_of, "all")))

    assert counts[0] == counts[1]
