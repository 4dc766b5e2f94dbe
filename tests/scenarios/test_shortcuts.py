"""The card that was clicked is redrawn through the click's own address, others in their turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.outgoing import Sent
from bot.usecases.shortcuts import Shortcuts

if TYPE_CHECKING:
    from tests.world import World


def calls(world: World, method: str) -> int:
    return sum(call["what"] == method for call in world.slack.log.last())


async def test_the_clicked_card_is_redrawn_at_once(world: World) -> None:
    """Through the address that came with the click: no limit of Slack's is used up."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")

    await card.until(lambda one: not one.buttons)
    assert (await asked.answer())["type"] == "approve"
    assert (calls(world, "response_url"), calls(world, "chat.update")) == (1, 0)


async def test_what_a_form_decides_is_redrawn_at_once(world: World) -> None:
    """The address of the click that opened the form serves for what was entered there."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Reject…", by="alice")

    await world.submit("alice", reason="Not this one.")

    await card.until(lambda one: not one.buttons)
    assert (await asked.answer())["type"] == "reject"
    assert calls(world, "chat.update") == 0


async def test_many_are_redrawn_before_their_turn(world: World) -> None:
    """More cards are decided than may be updated now: each of them is closed all the same."""
    agent = await world.agent()
    asked = [await agent.asks() for _ in range(15)]
    cards = [await world.card_of(one) for one in asked]
    world.keep_pace()

    for card in cards:
        await card.click("Approve", by="alice")

    for card in cards:
        await card.until(lambda one: not one.buttons)
    assert world.refused() == []


async def test_another_card_of_the_same_follows(world: World) -> None:
    """It stands with a reviewer each: one was clicked, the other one is updated."""
    await world.control("channels", id="C01REV", is_archived=True)
    asked = await (await world.agent()).asks()
    await world.until(lambda: {"D01ALICE", "D02BOB"} <= {*world.slack.channels})
    alices = await world.card_of(asked, "D01ALICE")
    bobs = await world.card_of(asked, "D02BOB")

    await alices.click("Approve", by="alice")

    await alices.until(lambda one: not one.buttons)
    await bobs.until(lambda one: not one.buttons)
    assert (calls(world, "response_url"), calls(world, "chat.update")) == (1, 1)


@pytest.mark.parametrize("status", [404, 500])
async def test_the_address_is_dead(world: World, status: int) -> None:
    """Then the card is updated in the ordinary way."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="response_url", status=status, times=9)

    await card.click("Approve", by="alice")

    await world.until_time(lambda: not card.buttons, seconds=1)
    assert calls(world, "chat.update") == 1


async def test_the_bot_was_started_again(world: World) -> None:
    """The address is forgotten: the card is updated in the ordinary way."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await card.click("Approve", by="bob")
    await card.until(lambda one: "1 of 2" in one.text)
    await world.stop_bot()
    await world.start_bot()

    await asked.do("cancel")

    await card.until(lambda one: not one.buttons)
    assert calls(world, "chat.update") > 0


def test_an_address_is_used_once_and_soon() -> None:
    """Slack's are good for half an hour; ours are forgotten before."""
    shortcuts = Shortcuts(most=2)
    one, two, three = (Sent(channel="C1", ts=f"{n}.0") for n in (1, 2, 3))
    for second, place in enumerate((one, two, one, three)):
        shortcuts.offer(place, f"https://slack.test/{second}", second)

    assert shortcuts.places(4) == [("C1", "1.0"), ("C1", "3.0")]
    assert shortcuts.take("C1", "1.0", 4) == "https://slack.test/2"
    assert shortcuts.take("C1", "1.0", 4) is None
    assert shortcuts.take(None, None, 4) is None
    assert shortcuts.take("C1", "3.0", 1300) is None
    shortcuts.offer(one, "https://slack.test/4", 5)
    assert shortcuts.places(1300) == []
