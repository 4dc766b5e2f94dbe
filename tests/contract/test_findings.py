"""What the auditor asks each minute costs nothing for what is long over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from bot.domain.request import URGENCIES
from bot.start import DatabaseClock, TimeOrderedIds, prepare_database
from bot.store import escalations, findings, messages, storms
from bot.store.open import open_ledger
from bot.store.tables import message
from tests.rules.making import make_escalation

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.store.ledger import Ledger
    from bot.store.tx import Tx

#: A row a lane of Slack's: some dozens.
SMALL = {"pace"}


class Clock(DatabaseClock):
    """The database's, and some time later."""

    later = timedelta(0)

    def tell(self, database_time: datetime) -> datetime:
        return super().tell(database_time) + self.later


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def ledger(database_url: str, clock: Clock) -> AsyncIterator[Ledger]:
    made = open_ledger(database_url, clock, TimeOrderedIds())
    await prepare_database(made)
    yield made
    await made.close()


def plans(tx: Tx) -> str:
    """How the database goes about each question."""
    connection: Connection = tx.ask_schema(lambda itself: itself)
    asked: list[tuple[str, Any]] = []

    def keep(*call: Any) -> None:
        asked.append((call[2], call[3]))

    event.listen(connection, "before_cursor_execute", keep)
    findings.look(tx)
    event.remove(connection, "before_cursor_execute", keep)
    explain = "EXPLAIN QUERY PLAN" if tx.alone else "EXPLAIN"
    if not tx.alone:
        # An empty table is best read whole; here it is asked whether there is another way at all.
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(
        " ".join(str(part) for part in row)
        for statement, values in asked
        if not statement.startswith("SELECT (extract")
        for row in connection.exec_driver_sql(f"{explain} {statement}", values)
    )


async def test_no_table_is_read_from_end_to_end(ledger: Ledger) -> None:
    """Each question begins at an index of what is alive, or of a time that is near."""
    plan = await ledger.run(plans)

    read_whole = re.findall(r"Seq Scan on (\w+)|SCAN (\w+)(?! USING INDEX)\b", plan)
    names = {name for pair in read_whole for name in pair if name}
    assert {name for name in names if not name.startswith("anon_")} <= SMALL
    for index in ("message_behind", "outbox_due", "relay_due", "escalation_calls_back"):
        assert index in plan
    assert "journal_by_time" in plan


def ask(tx: Tx) -> None:
    for _ in range(3):
        escalation = make_escalation(id=tx.new_id("esc"))
        escalations.insert(tx, escalation)
        messages.owe(tx, escalation.id, channel="C1", priority=URGENCIES.index("normal"))


async def test_cards_that_share_one_are_as_old_as_the_first(ledger: Ledger, clock: Clock) -> None:
    """Whoever has waited is not young because a crowd was grouped."""
    await ledger.run(ask)
    clock.later = timedelta(seconds=100)
    await ledger.run(lambda tx: storms.gather(tx, "C1", below=URGENCIES.index("high")))

    before = await ledger.read(findings.look)
    clock.later = timedelta(seconds=125)
    after = await ledger.read(findings.look)

    (storm,) = await ledger.read(lambda tx: tx.execute(select(message.c.id)).scalars().all())
    assert "card_late" not in before
    assert after["card_late"] == findings.Found(1, storm)
