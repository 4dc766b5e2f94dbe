"""A bot in a workspace that keeps Slack's rate limits."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.outgoing import Later
from bot.store import pace
from bot.usecases.send_card import send_card
from bot.usecases.turns import claim_cards

if TYPE_CHECKING:
    from tests.world import World


async def test_a_burst_of_questions_gets_through(world: World) -> None:
    """Six agents ask at once: a card a second stands there, and Slack never has to refuse."""
    world.keep_pace()
    agent = await world.agent()

    asked = await asyncio.gather(*(agent.asks() for _ in range(6)))
    began = world.clock.now
    await world.let_time_run(lambda: len(world.cards()) == 6)

    cards = [await world.card_of(one) for one in asked]
    assert len({card.ts for card in cards}) == 6
    assert world.clock.now - began >= timedelta(seconds=5)
    assert world.refused() == []


async def test_channels_do_not_wait_for_each_other(world: World) -> None:
    """Two channels take a card each in the same second; within a channel, urgent ones go first."""
    world.keep_pace()
    agent = await world.agent()
    early = [await agent.asks() for _ in range(4)]
    await world.let_time_run(lambda: len(world.cards()) == 1, step=0.1)

    urgent = await agent.asks(urgency="high")
    other = await agent.asks_refund(2000)
    began = world.clock.now
    await world.card_of(other, "#money")
    assert world.clock.now == began
    await world.let_time_run(lambda: len(world.cards()) == 2, step=0.1)

    second = world.cards()[1]
    assert second.ts == (await world.card_of(urgent)).ts
    await world.let_time_run(lambda: len(world.cards()) == 5)
    assert all([await world.card_of(one) for one in early])
    assert world.refused() == []


async def test_a_slow_call_holds_up_nobody_else(world: World) -> None:
    """Slack takes its time over one card; the next one in another channel stands meanwhile."""
    agent = await world.agent()
    await world.control("faults", method="chat.postMessage", match="C03MONEY", delay=4)
    slow = await agent.asks_refund(2000)
    await world.until_true(lambda: nothing_ordered(world))

    quick = await agent.asks(urgency="critical")

    await world.card_of(quick)
    assert world.cards("#money") == []
    await world.card_of(slow, "#money")


async def nothing_ordered(world: World) -> bool:
    return not world.slack.faults.waiting


async def test_many_decisions_at_once_keep_the_pace_of_updates(world: World) -> None:
    """Sixty cards settle at the same moment: all show it in time, and none is refused."""
    agent = await world.agent()
    asked = await asyncio.gather(*(agent.asks() for _ in range(60)))
    await world.until(lambda: len(world.cards()) == 60)
    world.keep_pace()

    began = world.clock.now
    await asyncio.gather(*(one.do("cancel") for one in asked))
    await world.let_time_run(lambda: not any(card.buttons for card in world.cards()), step=0.8)

    assert world.clock.now - began >= timedelta(seconds=70)
    assert world.refused() == []


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 30},
        {"error": "rate_limited", "retry_after": 30},
        {"status": 429},
        {"error": "ratelimited"},
    ],
)
async def test_a_refusal_is_kept_to_by_everybody(world: World, fault: dict[str, object]) -> None:
    """Slack asks for a rest: nobody posts there before its end, and nothing counts as a try."""
    world.keep_pace()
    agent = await world.agent()
    await world.control("faults", method="chat.postMessage", match="C01REV", times=1, **fault)
    first = await agent.asks()
    await world.until(lambda: posts(world) == 1)
    second = await agent.asks(urgency="critical")
    seconds = 30 if "retry_after" in fault else 10

    began = world.clock.now
    other = await agent.asks_refund(2000)
    await world.card_of(other, "#money")
    await world.let_time_run(
        lambda: world.clock.now - began >= timedelta(seconds=seconds - 1), step=1
    )
    assert world.cards() == []
    assert posts(world) == 2
    await world.let_time_run(lambda: len(world.cards()) == 2)

    assert await world.card_of(first)
    assert world.cards()[0].ts == (await world.card_of(second)).ts
    assert posts(world) == 4


async def test_a_refused_update_holds_all_updates_back(world: World) -> None:
    """Nothing is redrawn before Retry-After; then the card shows what it has become."""
    world.keep_pace()
    agent = await world.agent()
    asked = [await agent.asks() for _ in range(3)]
    await world.let_time_run(lambda: len(world.cards()) == 3)
    await world.control("faults", method="chat.update", times=1, status=429, retry_after=20)

    await asked[0].do("cancel")
    await world.until(lambda: updates(world) == 1)
    began = world.clock.now
    for one in asked[1:]:
        await one.do("cancel")
    await world.let_time_run(lambda: world.clock.now - began >= timedelta(seconds=19), step=1)
    assert updates(world) == 1
    await world.let_time_run(lambda: not any(card.buttons for card in world.cards()))

    assert updates(world) == 4


async def test_alerts_keep_the_pace_of_posts(world: World) -> None:
    """The operators' channel takes a word a second like any other, and is not refused."""
    world.keep_pace()
    agent = await world.agent()
    await world.control(
        "faults", method="chat.postMessage", match="defective", times=3, error="invalid_blocks"
    )
    for _ in range(3):
        await agent.asks()

    await world.let_time_run(lambda: len(world.slack.channels["C09ADMIN"].messages) >= 3, step=0.5)

    assert world.refused() == []


async def test_a_refused_word_is_said_after_the_rest(world: World) -> None:
    """A private word that Slack refused for now is not lost, and not tried before."""
    world.keep_pace()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="chat.postEphemeral", status=429, retry_after=20)
    await world.control("faults", method="response_url", status=500, times=9)

    await card.click("Approve", by="dave")
    await world.until(lambda: calls(world, "chat.postEphemeral") == 1)
    began = world.clock.now
    await world.let_time_run(lambda: world.clock.now - began >= timedelta(seconds=19), step=1)
    assert world.whispers_to("dave") == []
    await world.let_time_run(lambda: bool(world.whispers_to("dave")))

    assert calls(world, "chat.postEphemeral") == 2


def calls(world: World, method: str) -> int:
    return sum(one["what"] == method for one in world.slack.log.last())


def posts(world: World) -> int:
    return calls(world, "chat.postMessage")


def updates(world: World) -> int:
    return calls(world, "chat.update")


@pytest.mark.parametrize("held", ["post", "history"])
async def test_a_rest_that_begins_after_the_claim(world: World, held: str) -> None:
    """What was claimed before Slack asked for a rest is not sent either."""
    await world.house._outbox.stop()
    asked = await (await world.agent()).asks()
    if held == "history":
        await claim_cards(world.desk, "who dies", 1)
        world.clock.forward(seconds=30)
    (claimed,) = (await claim_cards(world.desk, "who waits", 1)).claimed
    await world.desk.ledger.run(pace.hold, held, timedelta(seconds=30))

    at_once = await send_card(world.desk, world.house.sender, claimed)
    world.clock.forward(seconds=31)
    (again,) = (await claim_cards(world.desk, "who waits", 1)).claimed
    await send_card(world.desk, world.house.sender, again)

    assert at_once == Later(reason="held", after=0, limit=held)
    assert again.attempts == claimed.attempts
    await world.card_of(asked)
