"""An answer got lost, and a card stands there twice: each can be used, and both are closed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.domain.outgoing import Sent
from bot.usecases.adopt import adopt
from bot.usecases.places import Places
from bot.usecases.send_card import send_card
from bot.usecases.turns import claim_cards

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import Asked, Shown, World


async def twice(world: World, asked: Asked, channel: str = "#reviews") -> list[Shown]:
    """The card as it stands there twice, the one that nobody knows of first."""
    await world.until_time(lambda: len(standing(world, asked, channel)) == 2, seconds=2)
    await world.until_true(lambda: has_a_link(asked))
    return standing(world, asked, channel)


def standing(world: World, asked: Asked, channel: str = "#reviews") -> list[Shown]:
    return [card for card in world.cards(channel) if asked.id in json.dumps(card.message.blocks)]


async def lose_an_answer(world: World, match: str = "C01REV") -> None:
    """Slack takes the post and its answer is lost; nor may the channel be read just then."""
    await world.control("faults", method="chat.postMessage", after=True, drop=True, match=match)
    await world.control("faults", method="conversations.history", error="missing_scope")


async def has_a_link(asked: Asked) -> bool:
    return (await asked.see())["permalink"] is not None


async def look_for_copies(world: World) -> None:
    world.clock.forward(minutes=2)
    await world.house.look_for_copies()


async def test_a_click_on_a_copy_counts(world: World) -> None:
    """It decides as on any card, and both are closed."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)

    await unknown.click("Approve", by="alice")

    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
    await unknown.until(lambda card: not card.buttons)
    await known.until(lambda card: not card.buttons)
    assert "Approved" in unknown.text


async def test_a_copy_becomes_known_by_any_click(world: World) -> None:
    """Somebody opens a form on it, and another one decides on the card: the copy is closed too."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)

    await unknown.click("Reject…", by="bob")
    await unknown.until(lambda card: not card.buttons)
    await known.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await unknown.until(lambda card: "Approved" in card.text)
    await known.until(lambda card: "Approved" in card.text)


async def test_a_late_click_on_a_copy_closes_it(world: World) -> None:
    """It was decided on the card: who still sees buttons is told, and then sees none."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)
    await known.click("Approve", by="alice")
    await known.until(lambda card: not card.buttons)

    await unknown.click("Approve", by="bob")

    assert "Alice" in (await world.whispered("bob"))[0]
    await unknown.until(lambda card: not card.buttons)


async def test_an_open_copy_leads_to_the_card(world: World) -> None:
    """One vote of two was given on the copy: it counts, and the other card is the one to use."""
    await lose_an_answer(world, "C03MONEY")
    asked = await (await world.agent()).asks_refund(2000)
    unknown, known = await twice(world, asked, "#money")

    await unknown.click("Approve", by="bob")

    await unknown.until(lambda card: not card.buttons)
    assert "twice" in unknown.text
    assert f"/archives/C03MONEY/p{known.ts.replace('.', '')}" in json.dumps(unknown.message.blocks)
    await known.until(lambda card: "1 of 2" in card.text)
    await known.click("Approve", by="carol")
    assert (await asked.answer())["type"] == "approve"
    await unknown.until(lambda card: "Approved" in card.text)


async def test_a_click_comes_before_the_look_into_the_channel(world: World) -> None:
    """The card that was clicked is the card, and no other one is put up."""
    await world.control(
        "faults", method="chat.postMessage", after=True, drop=True, match="C03MONEY"
    )
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")

    await card.click("Approve", by="bob")

    await card.until(lambda one: "1 of 2" in one.text)
    await world.until_true(lambda: has_a_link(asked))
    assert (await asked.see())["permalink"].endswith(card.ts.replace(".", ""))
    await look_for_copies(world)
    assert len(world.cards("#money")) == 1


async def test_a_copy_without_our_metadata(world: World) -> None:
    """Which card it is a copy of is told by the channel and the question."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)
    unknown.message.metadata = {"event_type": "other", "event_payload": {"id": "msg_of_another"}}

    await unknown.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await unknown.until(lambda card: not card.buttons)
    await known.until(lambda card: not card.buttons)


async def test_a_click_in_a_channel_that_has_no_card(world: World) -> None:
    """Nobody can tell which card it is: the click counts, and the message stays as it is."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    elsewhere = world.slack.channels["C02RND"]
    elsewhere.messages[card.ts] = replace(card.message, metadata=None)

    await replace(card, channel="C02RND").click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await card.until(lambda one: not one.buttons)
    assert replace(card, channel="C02RND").buttons


async def test_copies_are_looked_for(world: World) -> None:
    """A minute later the channel is read, and the copy leads to the card; then both are closed."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)

    await look_for_copies(world)

    await unknown.until(lambda card: not card.buttons)
    assert "Approve" in known.buttons
    looks = reads(world)
    await look_for_copies(world)
    assert reads(world) == looks
    await known.click("Approve", by="alice")
    await unknown.until(lambda card: "Approved" in card.text)


async def test_a_copy_of_what_is_settled_is_closed(world: World) -> None:
    """The decision was made on the card: after the look no button is left."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)
    await known.click("Approve", by="alice")
    await known.until(lambda card: not card.buttons)

    await look_for_copies(world)

    await unknown.until(lambda card: "Approved" in card.text)


async def test_messages_of_others_are_left_alone(world: World) -> None:
    """Metadata can be read and copied by everybody in the workspace; and other bots have theirs."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)
    unknown.message.user = "U04DAVE"
    foreign = {"event_type": "pullcord_card", "event_payload": {"id": "msg_of_another_database"}}
    other = (await world.agent(), await (await world.agent()).asks(action="Another"))[1]
    stranger = await world.card_of(other)
    stranger.message.metadata = foreign

    await look_for_copies(world)
    await known.click("Approve", by="alice")
    await known.until(lambda card: not card.buttons)

    assert unknown.buttons
    assert stranger.buttons


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 429, "retry_after": 100}],
    ids=["503", "429"],
)
async def test_the_look_for_copies_may_fail(world: World, fault: dict[str, Any]) -> None:
    """Then the channel is read a little later."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, _ = await twice(world, asked)
    await world.control("faults", method="conversations.history", **fault)

    await look_for_copies(world)
    assert unknown.buttons
    if "retry_after" in fault:
        looks = reads(world)
        world.clock.forward(seconds=70)
        await world.house.look_for_copies()
        assert reads(world) == looks
    await look_for_copies(world)

    await unknown.until(lambda card: not card.buttons)


@pytest.mark.parametrize(("error", "days"), [("missing_scope", 0), ("internal_error", 2)])
async def test_where_nothing_can_be_read(world: World, error: str, days: int) -> None:
    """A channel without the right to read it is not asked again, one that fails for a day neither;
    a click on the copy closes it all the same.
    """
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)
    await world.control("faults", method="conversations.history", error=error, times=1)

    world.clock.forward(days=days)
    await look_for_copies(world)
    looks = reads(world)
    await look_for_copies(world)

    assert reads(world) == looks
    await unknown.click("Approve", by="alice")
    await unknown.until(lambda card: not card.buttons)
    await known.until(lambda card: not card.buttons)


def reads(world: World) -> int:
    calls = world.slack.log.last(1000)
    return sum(call["what"] == "conversations.history" for call in calls)


async def test_a_deleted_copy_is_not_put_up_again(world: World) -> None:
    """Somebody tidied up: the card itself is enough."""
    await lose_an_answer(world)
    asked = await (await world.agent()).asks()
    unknown, known = await twice(world, asked)
    del world.slack.channels["C01REV"].messages[unknown.ts]
    await adopt(world.desk, Sent(channel="C01REV", ts=unknown.ts, message_id=await card_id(world)))

    await known.click("Approve", by="alice")
    await known.until(lambda card: not card.buttons)

    assert standing(world, asked) == [known]


async def card_id(world: World) -> str:
    def first(tx: Tx) -> str:
        found: str = tx.execute(text("SELECT id FROM message WHERE copy_of IS NULL")).scalar_one()
        return found

    return await world.desk.ledger.read(first)


async def test_who_posts_after_the_lease_leaves_no_copy(world: World) -> None:
    """Slack took its time, and another one has posted the card meanwhile: both are closed."""
    await world.house._outbox.stop()
    asked = await (await world.agent()).asks()
    (slow,) = (await claim_cards(world.desk, "slow", 1)).claimed
    await world.control("faults", method="chat.postMessage", delay=0.7, match="C01REV")
    posting = asyncio.create_task(send_card(world.desk, world.house.sender, slow))
    await world.until_true(lambda: used_up(world))
    world.clock.forward(seconds=30)
    (quick,) = (await claim_cards(world.desk, "quick", 1)).claimed
    assert isinstance(await send_card(world.desk, world.house.sender, quick), Sent)
    assert isinstance(await posting, Sent)

    first, second = await twice(world, asked)
    await world.stop_bot()
    await world.start_bot()
    await first.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await first.until(lambda card: not card.buttons)
    await second.until(lambda card: not card.buttons)


async def test_who_lost_the_lease_has_put_up_the_card(world: World) -> None:
    """Nobody else has posted it yet: it stands there, and is not posted again."""
    await world.house._outbox.stop()
    asked = await (await world.agent()).asks()
    (slow,) = (await claim_cards(world.desk, "slow", 1)).claimed
    await world.control("faults", method="chat.postMessage", delay=0.5, match="C01REV")
    posting = asyncio.create_task(send_card(world.desk, world.house.sender, slow))
    await world.until_true(lambda: used_up(world))
    world.clock.forward(seconds=30)
    (quick,) = (await claim_cards(world.desk, "quick", 1)).claimed
    await posting

    late = await send_card(world.desk, world.house.sender, quick)

    assert isinstance(late, Sent)
    assert standing(world, asked) == [await world.card_of(asked)]


async def test_who_waits_long_for_an_answer(world: World) -> None:
    """Another one has found the card in the channel meanwhile: it is the same one."""
    await world.house._outbox.stop()
    asked = await (await world.agent()).asks()
    (slow,) = (await claim_cards(world.desk, "slow", 1)).claimed
    fault = {"after": True, "delay": 0.7, "match": "C01REV"}
    await world.control("faults", method="chat.postMessage", **fault)
    posting = asyncio.create_task(send_card(world.desk, world.house.sender, slow))
    await world.card_of(asked)
    world.clock.forward(seconds=30)
    (quick,) = (await claim_cards(world.desk, "quick", 1)).claimed

    found = await send_card(world.desk, world.house.sender, quick)

    assert isinstance(found, Sent)
    assert await posting == replace(found, message_id=None)
    assert standing(world, asked) == [await world.card_of(asked)]


async def used_up(world: World) -> bool:
    return not world.slack.faults.waiting


def test_places_are_forgotten_when_there_are_too_many() -> None:
    """Then they are asked for again."""
    places = Places(most=2)
    one, two, three = (Sent(channel="C1", ts=f"{n}.0") for n in (1, 2, 3))
    for place in (one, two, three):
        assert not places.remembers(place)
        places.remember(place)

    assert [places.remembers(place) for place in (one, two, three)] == [False, False, True]
