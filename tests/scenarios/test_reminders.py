"""Nobody answers: those who are asked are reminded, unless the night is theirs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from bot.store.tables import journal, timer
from bot.usecases.advance import advance_what_is_due
from tests.scenarios.test_deadlines import under

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import Asked, Shown, World

_LONG = "deadline: 12h, remind_after: [10m, 20m, 30m]"


def reminders(world: World, channel: str = "#reviews") -> list[Shown]:
    return [one for one in world.cards(channel) if "Still wait" in one.message.text
            or "No longer waits" in one.message.text]  # fmt: skip


async def later(world: World, **length: float) -> None:
    """Time goes by, and what is due is done."""
    world.clock.forward(**length)
    await advance_what_is_due(world.desk)


async def events(world: World, asked: Asked) -> list[str]:
    def look(tx: Tx) -> list[str]:
        mine = journal.c.escalation_id == asked.id
        return [row.event for row in tx.execute(select(journal.c.event).where(mine))]

    return await world.desk.ledger.read(look)


async def test_who_is_asked_is_reminded(world: World) -> None:
    """Beside the card, with the way to it; once for moments that passed together; and when it is
    answered, the reminders say so.
    """
    await under(world, _LONG)
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await later(world, minutes=9)
    assert reminders(world) == []

    await later(world, minutes=1)
    await world.until(lambda: len(reminders(world)) == 1)
    await later(world, minutes=25)
    await world.until(lambda: len(reminders(world)) == 2)
    await later(world, minutes=15)
    await card.click("Approve", by="alice")

    first, second = reminders(world)
    for one in (first, second):
        assert one.buttons == []
        assert card.ts.replace(".", "") in str(one.message.earlier or one.message.blocks)
        await one.until(lambda shown: "Approved by Alice" in shown.text)
    assert (await asked.see())["permalink"].endswith(card.ts.replace(".", ""))
    assert (await events(world, asked)).count("escalation.reminded") == 2
    assert await advance_what_is_due(world.desk) == 0


async def test_a_crowd_is_reminded_together(world: World) -> None:
    """Many questions of one time share a few messages, at Slack's pace."""
    await under(world, "remind_after: [30m]")
    agent = await world.agent()
    asked = [await agent.asks_refund(100 + at) for at in range(12)]
    for one in asked:
        await world.card_of(one)
    await world.control("faults", method="chat.postMessage", status=429, retry_after=30)

    await later(world, minutes=30)

    def named() -> list[int]:
        return [one.text.count("Send refund") for one in reminders(world)]

    await world.until_time(lambda: sum(named()) == 12, seconds=10)
    assert len(named()) < 12
    assert max(named()) <= 10


async def test_what_is_answered_is_not_reminded_of(world: World) -> None:
    """Settled between the moment and the post: nothing is posted at all."""
    await under(world, "remind_after: [30m]")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="chat.postMessage", status=429, retry_after=30)
    await later(world, minutes=30)
    await world.until(lambda: not world.slack.faults.waiting)

    await asked.do("cancel")
    await card.until(lambda one: "Withdrawn" in one.text)
    later_one = await (await world.agent()).asks_refund(150)
    await world.until_time(lambda: len(world.cards()) > 1, seconds=10)

    assert reminders(world) == []
    assert (await world.card_of(later_one)).buttons


@pytest.mark.parametrize(("urgency", "waits"), [("normal", True), ("high", False)])
async def test_the_night_is_quiet(world: World, urgency: str, waits: bool) -> None:
    """The card goes up at any hour; reminders and tiers of what can wait come in the morning."""
    world.clock.now = datetime(2027, 1, 10, 21, 45, tzinfo=UTC)
    tiers = "tiers: [{after: 15m, channel: C03MONEY}]"
    await under(world, f'{_LONG}, {tiers}, quiet_hours: "22:00-07:00"')
    asked = await (await world.agent()).asks(urgency=urgency)
    await world.card_of(asked)

    await later(world, minutes=30)
    if waits:
        await later(world, hours=8)
        assert not {"escalation.reminded", "escalation.raised"} & {*await events(world, asked)}
        await later(world, minutes=45)

    await world.until(lambda: len(reminders(world)) == 1)
    elsewhere = await world.card_of(asked, "#money")
    assert "so it is shown in another channel as well" in elsewhere.text
    assert (await events(world, asked)).count("escalation.reminded") == 1


async def test_a_reminder_whose_answer_is_lost_stands_once(world: World) -> None:
    """The channel's history is asked before it is posted again; and the card keeps its clicks."""
    await under(world, "remind_after: [30m]")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="chat.postMessage", after=True, drop=True)
    await later(world, minutes=30)

    await world.until_time(lambda: len(reminders(world)) > 0, seconds=5)
    await world.house.look_for_copies()
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    assert len(reminders(world)) == 1


async def test_a_timer_of_a_newer_release_is_left_alone(world: World) -> None:
    """While replicas are replaced one by one, this one does not know every kind."""
    asked = await (await world.agent()).asks()

    def from_the_future(tx: Tx) -> None:
        row = {"escalation_id": asked.id, "kind": "later", "due_at": tx.now() - timedelta(hours=1)}
        tx.execute(insert(timer).values(row))

    await world.desk.ledger.run(from_the_future)

    assert await advance_what_is_due(world.desk) == 1
    assert (await asked.see())["status"] == "open"
    await asked.do("cancel")
    assert await advance_what_is_due(world.desk) == 0
