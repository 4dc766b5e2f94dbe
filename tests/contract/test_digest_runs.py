"""However many tick, each question is in exactly one digest, and no slot is missed."""

from __future__ import annotations

import asyncio
import random
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from bot.domain.people import Caller
from bot.domain.request import Request
from bot.settings import Settings
from bot.start import TimeOrderedIds, make_desk, prepare_database
from bot.store import tables
from bot.usecases.make_digest import make_due_digests
from bot.usecases.open_escalation import open_escalation
from tests.world import POLICY, REFUND, StillClock

if TYPE_CHECKING:
    from pathlib import Path

    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

DESKS, SLOTS = 3, 12
HOURLY = POLICY.replace(
    "rules:\n",
    """\
digests:
  desk: {cron: "0 * * * *", timezone: America/New_York, channel: C01REV}
rules:
  - {name: can wait, when: 'urgency == "low"', then: batch, digest: desk}
""",
)
QUESTION = Request.model_validate(REFUND | {"urgency": "low"})
CALLER = Caller(agent="refund-bot", key_id="k", scopes=frozenset(), owners=frozenset({"U01ALICE"}))


async def test_each_question_is_in_exactly_one_digest(database_url: str, tmp_path: Path) -> None:
    """Three replicas tick while agents ask, over slots, over hours in which nobody was there, and
    over the hour in which New York's clocks are put back.
    """
    policy = tmp_path / "policy.yml"
    policy.write_text(HOURLY)
    settings = Settings(
        _env_file=None,
        pullcord_database_url=database_url,
        pullcord_policy_file=policy,
        pullcord_secret="a secret for tests only",
    )
    clock, dice = StillClock(), random.Random(5)
    clock.now = datetime(2026, 11, 1, 0, 30, tzinfo=UTC)
    async with AsyncExitStack() as stack:
        desks = [make_desk(settings, clock, TimeOrderedIds())[0] for _ in range(DESKS)]
        for desk in desks:
            stack.push_async_callback(desk.ledger.close)
        await prepare_database(desks[0].ledger)
        await asyncio.gather(*(make_due_digests(desk) for desk in desks))

        asked = 0
        for slot in range(SLOTS):
            clock.now = clock.now.replace(minute=59, second=59, microsecond=900_000)
            asks = [_ask(dice.choice(desks), asked + n) for n in range(dice.randint(0, 9))]
            asked += len(asks)
            ticks = [make_due_digests(desk) for desk in desks for _ in range(2)]
            clock_moves = [_forward(clock)]
            work: list[Any] = [*asks, *ticks, *clock_moves]
            dice.shuffle(work)
            await asyncio.gather(*work)
            if slot % 4:
                await asyncio.gather(*(make_due_digests(desk) for desk in desks))
        clock.forward(hours=1)
        await asyncio.gather(*(make_due_digests(desk) for desk in desks))

        shown, runs, waiting, largest = await desks[0].ledger.read(_counted)

    assert asked > 0
    assert (shown, largest, waiting) == (asked, 1, 0)
    # Slots of which nobody had anything and that were over together count as one.
    hours = {slot.replace(minute=0) for slot in runs if slot.minute == slot.second == 0}
    assert len(hours) >= SLOTS - SLOTS // 4
    assert len(set(runs)) == len(runs)


async def _forward(clock: StillClock) -> None:
    await asyncio.sleep(0)
    clock.forward(seconds=1)


async def _ask(desk: Desk, number: int) -> None:
    request = QUESTION.model_copy(update={"deadline": None, "urgency": "low"})
    await open_escalation(desk, CALLER, key=f"key-{number}", body_hash=str(number), request=request)


def _counted(tx: Tx) -> tuple[int, list[datetime], int, int]:
    """Questions on digests, the slots that were dealt with, who still waits, and how often the
    question stands that stands most often.
    """
    item, run, asked = tables.message_item, tables.digest_run, tables.escalation
    how_often = select(func.count().label("n")).select_from(item)
    each = how_often.group_by(item.c.escalation_id).subquery()
    shown, largest = tx.execute(select(func.count(), func.max(each.c.n)).select_from(each)).one()
    slots = tx.execute(select(run.c.slot).where(run.c["items"].is_not(None))).scalars()
    waiting = tx.execute(
        select(func.count()).where(asked.c.digest.is_not(None), asked.c.digest_slot.is_(None))
    ).scalar_one()
    return shown, list(slots), waiting, largest
