"""Answers get lost on the way: nothing is sent twice, nothing is forgotten."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.outgoing import Later
from bot.store import timers
from bot.usecases.advance import advance_what_is_due
from bot.usecases.send_card import send_card
from bot.usecases.turns import claim_cards

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import World


async def test_a_card_whose_answer_was_lost_is_adopted(world: World) -> None:
    """After the settle time the channel is read, and the card found there is the card."""
    await world.control("faults", method="chat.postMessage", after=True, drop=True, match="C01REV")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")
    await world.until_time(lambda: not card.buttons, seconds=2)

    assert len(world.cards()) == 1
    assert (await asked.see())["permalink"].endswith(card.ts.replace(".", ""))


async def test_a_card_that_never_arrived_is_posted_again(world: World) -> None:
    """Not in the history, so it goes out, once."""
    await world.control("faults", method="chat.postMessage", drop=True, match="C01REV")
    asked = await (await world.agent()).asks()

    await world.until_time(lambda: bool(world.cards()), seconds=2)

    await world.card_of(asked)


async def test_the_look_into_the_channel_may_fail_too(world: World) -> None:
    """Then it is looked for again later, and still not posted twice."""
    await world.control("faults", method="chat.postMessage", after=True, drop=True, match="C01REV")
    await world.control("faults", method="conversations.history", status=503, times=2)
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    async def adopted() -> bool:
        world.clock.forward(seconds=3)
        return (await asked.see())["permalink"] is not None

    await world.until_true(adopted)
    await card.click("Approve", by="alice")
    await card.until(lambda one: not one.buttons)

    assert len(world.cards()) == 1


async def test_a_channel_by_name_is_looked_into_by_id(world: World) -> None:
    """The promise that was broken once: a named channel got the card a second time."""
    world.policy = world.policy.replace("channel: C01REV", 'channel: "#reviews"')
    await world.stop_bot()
    await world.start_bot()
    await world.control("faults", method="chat.postMessage", after=True, drop=True, match="reviews")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")
    await world.until_time(lambda: not card.buttons, seconds=2)

    assert len(world.cards()) == 1


async def test_a_whisper_is_tried_again(world: World) -> None:
    """The click's own address is dead and Slack stumbles: the person is told a little later."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="response_url", status=500, times=9)
    await world.control("faults", method="chat.postEphemeral", status=500, times=2)

    await card.click("Approve", by="dave")
    await world.until_time(lambda: bool(world.whispers_to("dave")), seconds=2)

    assert len(world.whispers_to("dave")) == 1


async def test_a_whisper_is_given_up_in_the_end(world: World) -> None:
    """What nobody can be told within some tries is stale; an alert is tried much longer."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="response_url", status=500, times=99)
    await world.control("faults", method="chat.postEphemeral", status=500, times=5)

    await card.click("Approve", by="dave")
    await world.until_time(lambda: not _order(world, "chat.postEphemeral"), seconds=40)

    async def settled() -> bool:
        return await world.desk.ledger.read(_owed) == 0

    await world.until_true(settled)
    assert world.whispers_to("dave") == []


def _order(world: World, method: str) -> list[object]:
    return [fault for fault in world.slack.faults.waiting if fault.method == method]


def _owed(tx: Tx) -> int:
    found: int = tx.execute(text("SELECT count(*) FROM outbox WHERE done_at IS NULL")).scalar_one()
    return found


async def test_an_alert_waits_for_its_channel(world: World) -> None:
    """Slack asks for patience on the alert: it is said afterwards."""
    await world.control(
        "faults", method="chat.postMessage", error="invalid_blocks", match="C01REV", times=1
    )
    await world.control(
        "faults", method="chat.postMessage", status=429, retry_after=3, match="C09ADMIN", times=1
    )
    asked = await (await world.agent()).asks()
    await world.card_of(asked)

    admin = world.slack.channels["C09ADMIN"].messages
    await world.until_time(lambda: bool(admin), seconds=1)

    assert asked.id in next(iter(admin.values())).text


async def test_a_row_that_cannot_be_drawn_does_not_stop_the_others(world: World) -> None:
    """Somebody damaged the database: the operators are told, the next card goes out."""

    def damage(tx: Tx, escalation_id: str) -> None:
        tx.execute(
            text("UPDATE escalation SET request = '[]' WHERE id = :id").bindparams(id=escalation_id)
        )

    await world.control("faults", method="chat.postMessage", status=429, retry_after=2, times=1)
    agent = await world.agent()
    broken = await agent.asks(urgency="critical")
    await world.until(lambda: not world.slack.faults.waiting)
    await world.desk.ledger.run(damage, broken.id)
    fine = await agent.asks(action="Another refund")

    await world.until_time(lambda: bool(world.cards()), seconds=1)
    await world.card_of(fine)
    admin = world.slack.channels["C09ADMIN"].messages
    await world.until_time(lambda: bool(admin), seconds=1)

    assert broken.id in next(iter(admin.values())).text

    async def tried_again() -> bool:
        world.clock.forward(minutes=1)
        return await world.desk.ledger.read(_attempts) > 3

    await world.until_true(tried_again)
    assert len(admin) == 1


def _attempts(tx: Tx) -> int:
    most: int = tx.execute(text("SELECT max(attempts) FROM message")).scalar_one()
    return most


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_timer_that_rings_early_changes_nothing(world: World) -> None:
    """Only the deadline itself ends an escalation."""
    asked = await (await world.agent()).asks()

    def ring(tx: Tx) -> None:
        tx.execute(text("UPDATE timer SET due_at = 0"))

    await world.desk.ledger.run(ring)
    assert await advance_what_is_due(world.desk) == 1

    assert (await asked.see())["status"] == "open"
    assert await world.desk.ledger.read(timers.due, 10)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_damaged_row_keeps_nothing_else_open(world: World) -> None:
    """One escalation that cannot be read does not stop the others from expiring."""
    agent = await world.agent()
    broken, fine = await agent.asks(), await agent.asks(action="Another refund")

    def damage(tx: Tx) -> None:
        tx.execute(text("UPDATE escalation SET votes = '5' WHERE id = :i").bindparams(i=broken.id))

    await world.desk.ledger.run(damage)
    world.clock.forward(hours=5)
    await advance_what_is_due(world.desk)

    assert (await fine.see())["status"] == "expired"


async def test_who_overslept_posts_nothing(world: World) -> None:
    """A sender that wakes up after its lease leaves the card to whoever has it now."""
    await world.house._outbox.stop()
    agent = await world.agent()
    await agent.asks()
    await agent.asks_refund(2000)
    (claimed,) = (await claim_cards(world.desk, "sleeper", 1)).claimed

    late = await send_card(world.desk, world.house.sender, replace(claimed, deadline=0.0))
    world.clock.forward(seconds=30)
    (again,) = (await claim_cards(world.desk, "sleeper", 1)).claimed
    await world.control("faults", method="conversations.history", delay=0.3)
    soon = asyncio.get_running_loop().time() + 0.1
    later = await send_card(world.desk, world.house.sender, replace(again, deadline=soon))

    assert late == later == Later(reason="overslept")
    assert world.cards() == []
