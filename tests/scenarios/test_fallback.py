"""A channel takes no card: the question is shown elsewhere, and comes back when that is mended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.store import messages
from tests.scenarios.test_storm import storm
from tests.world import POLICY

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import Asked, Shown, World

DIRECT = {"alice": "D01ALICE", "bob": "D02BOB"}


def alerts(world: World) -> str:
    messages = world.slack.channels["C09ADMIN"].messages.values()
    return "\n".join(message.text for message in messages)


async def with_fallback(world: World, **more: str) -> None:
    """The default route falls back to the channel of another one."""
    world.policy = POLICY.replace(
        'quick_reasons: ["Customer already paid back"]}', "fallback: money}"
    )
    for old, new in more.items():
        world.policy = world.policy.replace(old, new)
    await world.stop_bot()
    await world.start_bot()


async def direct_card(world: World, asked: Asked, who: str) -> Shown:
    channel = DIRECT[who]
    await world.until(lambda: channel in world.slack.channels)
    return await world.card_of(asked, channel)


async def archive(world: World, channel: str, *, archived: bool = True) -> None:
    await world.control("channels", id=channel, is_archived=archived)


async def test_the_fallback_shows_it(world: World) -> None:
    """The channel is archived: its fallback has the card, with the same people to decide."""
    await with_fallback(world)
    await archive(world, "C01REV")
    asked = await (await world.agent()).asks()

    card = await world.card_of(asked, "#money")
    await card.click("Approve", by="carol")
    await card.click("Approve", by="alice")

    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
    assert "Nothing changed by your click" in (await world.whispered("carol"))[0]
    await world.until(lambda: asked.id in alerts(world))
    assert "C03MONEY instead" in alerts(world)
    assert "is_archived" in alerts(world)


async def test_without_a_fallback_reviewers_are_written_to(world: World) -> None:
    """Each known reviewer has the card in their direct messages, and it decides as any other."""
    await archive(world, "C01REV")
    asked = await (await world.agent()).asks()

    alices = await direct_card(world, asked, "alice")
    bobs = await direct_card(world, asked, "bob")
    await alices.click("Approve", by="alice")

    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
    await bobs.until(lambda card: not card.buttons)
    await alices.until(lambda card: not card.buttons)
    await world.until(lambda: "2 of its reviewers" in alerts(world))
    assert alerts(world).count(asked.id) == 1


async def test_when_the_fallback_is_gone_too(world: World) -> None:
    """The way goes on, and ends with the people who may decide."""
    await with_fallback(world)
    await archive(world, "C01REV")
    await archive(world, "C03MONEY")
    asked = await (await world.agent()).asks()

    card = await direct_card(world, asked, "bob")
    await card.click("Approve", by="bob")

    assert (await asked.answer())["decided_by"]["display_name"] == "Bob"


async def test_two_routes_with_one_channel(world: World) -> None:
    """A fallback into the same channel is no way out: the reviewers are written to."""
    await with_fallback(world, C03MONEY="C01REV")
    await archive(world, "C01REV")

    asked = await (await world.agent()).asks()

    await direct_card(world, asked, "alice")


async def test_the_channel_of_the_route_has_changed_since(world: World) -> None:
    """The policy names another channel by now: that one is the way out."""
    await archive(world, "C01REV")
    await world.control("faults", method="chat.postMessage", status=503, times=9, match="C01REV")
    asked = await (await world.agent()).asks()
    world.policy = POLICY.replace("C01REV", "C02RND")
    await world.stop_bot()
    world.slack.faults.clear()
    await world.start_bot()

    await world.until_time(lambda: bool(world.cards("C02RND")), seconds=5)

    card = await world.card_of(asked, "C02RND")
    await card.click("Approve", by="bob")
    assert (await asked.answer())["decided_by"]["display_name"] == "Bob"


async def test_it_is_told_and_shown_once(world: World) -> None:
    """However often the channel refuses it."""
    await archive(world, "C01REV")
    asked = await (await world.agent()).asks()
    await direct_card(world, asked, "alice")
    await direct_card(world, asked, "bob")

    async def refused_again() -> bool:
        world.clock.forward(minutes=1)
        return await world.desk.ledger.read(attempts) > 2

    await world.until_true(refused_again)

    assert alerts(world).count(asked.id) == 1
    await direct_card(world, asked, "alice")


async def test_several_questions_on_one_card(world: World) -> None:
    """The channel is gone under a storm card: those that are open are shown elsewhere."""
    asked = await storm(world)
    card = await world.card_of(asked[0])
    others = [one for one in asked[1:] if one.id in json.dumps(card.message.blocks)]
    await archive(world, "C01REV")
    await world.control("faults", method="response_url", status=500, times=99)

    await card.click("Approve", by="alice", of=asked[0])

    await world.let_time_run(lambda: "D02BOB" in world.slack.channels)
    direct = world.slack.channels["D02BOB"].messages
    await world.let_time_run(lambda: all(one.id in drawn(direct) for one in others))
    assert asked[0].id not in drawn(direct)
    assert (await asked[0].answer())["type"] == "approve"


def drawn(messages: dict[str, Any]) -> str:
    return "".join(json.dumps(message.blocks) for message in messages.values())


async def test_it_comes_back_when_the_channel_is_mended(world: World) -> None:
    """Tried again every five minutes: an open question gets its card in its own channel."""
    await archive(world, "C01REV")
    asked = await (await world.agent()).asks()
    direct = await direct_card(world, asked, "alice")
    await archive(world, "C01REV", archived=False)

    await world.until_time(lambda: bool(world.cards()), seconds=10)
    card = await world.card_of(asked)
    await card.click("Approve", by="bob")

    assert (await asked.answer())["decided_by"]["display_name"] == "Bob"
    await direct.until(lambda one: not one.buttons)


async def test_a_settled_question_is_not_put_up_late(world: World) -> None:
    """It was decided in the direct messages: a channel that was mended later has no use for it."""
    await archive(world, "C01REV")
    asked = await (await world.agent()).asks()
    direct = await direct_card(world, asked, "alice")
    await direct.click("Approve", by="alice")
    await direct.until(lambda card: not card.buttons)

    async def given_up() -> bool:
        world.clock.forward(minutes=1)
        return await world.desk.ledger.read(messages.behind) == 0

    await world.until_true(given_up)

    assert (await asked.answer())["type"] == "approve"


@pytest.mark.parametrize("reason", ["is_inactive", "not_in_channel"])
async def test_a_card_that_cannot_be_changed_any_more(world: World, reason: str) -> None:
    """It stands where nobody can use it: the open question is shown elsewhere too."""
    asked = await (await world.agent()).asks_refund(2000)
    await world.card_of(asked, "#money")
    await world.control("faults", method="chat.update", error=reason, times=9, match="C03MONEY")
    voter = await world.agent(name="watchdog", scopes=("decide",))

    path = f"/v1/escalations/{asked.id}/decision"
    assert (await voter.call("POST", path, {"type": "approve"})).status == 200

    card = await direct_card(world, asked, "bob")
    assert "1 of 2" in card.text
    await card.click("Approve", by="bob")
    assert (await asked.answer())["type"] == "approve"


async def test_a_settled_card_that_cannot_be_changed_is_left_in_the_end(world: World) -> None:
    """For a day it is tried; then the old buttons stay, and a click on them says what became."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="response_url", status=500, times=99)
    await world.control("faults", method="chat.update", error="is_inactive", times=999)

    await card.click("Approve", by="alice")

    async def refused() -> bool:
        world.clock.forward(seconds=1)
        return await world.desk.ledger.read(attempts) > 1

    await world.until_true(refused)

    async def given_up() -> bool:
        world.clock.forward(minutes=20)
        return await world.desk.ledger.read(messages.behind) == 0

    await world.until_true(given_up)
    assert card.buttons
    assert (await asked.answer())["type"] == "approve"


async def test_slack_stumbles_for_two_minutes(world: World) -> None:
    """Nobody has seen the question all that time: it goes to the fallback."""
    await with_fallback(world)
    await world.control("faults", method="chat.postMessage", status=503, times=999, match="C01REV")
    asked = await (await world.agent()).asks()
    before = world.clock.now

    await world.until_time(lambda: bool(world.cards("#money")), seconds=5)

    await world.card_of(asked, "#money")
    assert (world.clock.now - before).total_seconds() >= 120


async def test_what_somebody_sees_is_not_shown_twice(world: World) -> None:
    """Slack stumbles over the changes of a card that stands: no other one is put up."""
    await with_fallback(world)
    asked = await (await world.agent()).asks()
    await world.card_of(asked)
    await world.control("faults", method="chat.update", status=503, times=999)
    await world.desk.ledger.run(touched, asked.id)

    async def failing_for_long() -> bool:
        world.clock.forward(seconds=30)
        return await world.desk.ledger.read(attempts) > 8

    await world.until_true(failing_for_long)

    assert world.cards("#money") == []
    assert not {*DIRECT.values()} & {*world.slack.channels}


def touched(tx: Tx, escalation_id: str) -> None:
    messages.touch(tx, escalation_id)


def attempts(tx: Tx) -> int:
    most: int = tx.execute(text("SELECT max(attempts) FROM message")).scalar_one()
    return most


async def test_a_revoked_token(world: World) -> None:
    """Nothing goes anywhere, so nothing is tried elsewhere; all is shown once Slack answers."""
    await world.control("settings", token_state="revoked")
    asked = await (await world.agent()).asks()
    assert not await world.house.ask_slack()

    async def refused() -> bool:
        return await world.desk.ledger.read(attempts) > 0

    await world.until_true(refused)
    await world.control("settings", token_state="ok")
    assert await world.house.ask_slack()

    card = await world.card_of(asked)
    await card.click("Approve", by="alice")
    assert (await asked.answer())["type"] == "approve"
    assert DIRECT["alice"] not in world.slack.channels


async def test_a_reviewer_who_takes_no_messages(world: World) -> None:
    """The operators hear of it, and the others have the card."""
    await archive(world, "C01REV")
    await world.control("faults", method="conversations.open", error="cannot_dm_bot", times=1)
    asked = await (await world.agent()).asks()

    await world.until(lambda: "cannot_dm_bot" in alerts(world))

    await world.until(lambda: len({*DIRECT.values()} & {*world.slack.channels}) == 1)
    assert "direct messages of U0" in alerts(world)
    assert asked.id in alerts(world)


async def test_a_lost_answer_in_direct_messages(world: World) -> None:
    """They are looked into as a channel is: still one card."""
    await archive(world, "C01REV")
    fault: dict[str, Any] = {"after": True, "drop": True, "match": "D01ALICE"}
    await world.control("faults", method="chat.postMessage", **fault)
    asked = await (await world.agent()).asks()
    card = await direct_card(world, asked, "alice")

    await asked.do("cancel")
    await world.until_time(lambda: not card.buttons, seconds=2)

    await direct_card(world, asked, "alice")
