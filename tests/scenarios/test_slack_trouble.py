"""Slack refuses, stumbles, or is not there: the escalation lives on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.store import messages
from tests.world import words_in

if TYPE_CHECKING:
    from tests.world import Asked, World


def alerts(world: World) -> str:
    messages = world.slack.channels["C09ADMIN"].messages.values()
    return "\n".join(message.text for message in messages)


async def test_a_refused_card_goes_out_minimal(world: World) -> None:
    """Slack does not take the card: a minimal one goes out, and the operators are told."""
    await world.control("faults", method="chat.postMessage", error="invalid_blocks", times=1)
    asked = await (await world.agent()).asks()

    card = await world.card_of(asked)

    assert "Approve" not in card.buttons
    await card.click("Show everything", by="alice")
    assert "defective" in str(words_in((await world.modal_of("alice"))["blocks"]))
    await world.until(lambda: asked.id in alerts(world))
    assert "invalid_blocks" in alerts(world)
    assert (await asked.see())["status"] == "open"


async def test_approve_from_show_everything(world: World) -> None:
    """Where the card is minimal, the whole action and its Approve stand in the modal."""
    await world.control("faults", method="chat.postMessage", error="invalid_blocks", times=1)
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Show everything", by="alice")

    status, answer = await world.control(
        "view/click", user="U01ALICE", action_id="approve", confirmed=True
    )

    assert status == 200, answer
    assert (await asked.answer())["decided_by"]["via"] == "modal"
    assert "Approved" in str(words_in((await world.modal_of("alice"))["blocks"]))


async def test_even_the_minimal_card_is_refused(world: World) -> None:
    """Nobody sees it in Slack: the operators know, and it can still be cancelled or expire."""
    await world.control(
        "faults", method="chat.postMessage", error="invalid_blocks", times=2, match="C01REV"
    )
    asked = await (await world.agent()).asks()

    await world.until(lambda: alerts(world).count(asked.id) == 2)

    assert (await asked.see())["status"] == "open"
    assert world.cards() == []
    await world.until_time(lambda: bool(world.cards()), minutes=1)


async def test_an_archived_channel_is_told_once(world: World) -> None:
    """A channel that cannot take cards is tried again, and mended by a person."""
    await world.control(
        "faults", method="chat.postMessage", error="is_archived", times=1, match="pullcord_card"
    )
    asked = await (await world.agent()).asks()
    await world.until(lambda: asked.id in alerts(world))
    assert "is_archived" in alerts(world)

    await world.until_time(lambda: bool(world.cards()), minutes=1)

    await world.card_of(asked)
    assert alerts(world).count(asked.id) == 1


async def test_slack_asks_for_patience(world: World) -> None:
    """429: nothing is called before Retry-After, and then the card goes out."""
    await world.control("faults", method="chat.postMessage", status=429, retry_after=7, times=1)
    asked = await (await world.agent()).asks()
    before = world.clock.now

    await world.until_time(lambda: bool(world.cards()), seconds=1)

    await world.card_of(asked)
    assert (world.clock.now - before).total_seconds() >= 7


async def test_a_card_that_vanished_does_not_stop_the_decision(world: World) -> None:
    """Somebody deleted the message: the decision stands all the same."""
    agent = await world.agent(name="watchdog", scopes=("decide",))
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    del world.slack.channels["C03MONEY"].messages[card.ts]

    await agent.call(
        "POST", f"/v1/escalations/{asked.id}/decision", {"type": "reject", "comment": "No."}
    )

    assert (await asked.answer())["decided_by"]["type"] == "key"


async def test_a_deleted_card_is_put_up_again(world: World) -> None:
    """An open question stays in front of people; a settled one is left alone."""
    asked = await (await world.agent()).asks_refund(2000)
    first = await world.card_of(asked, "#money")
    await world.until_true(lambda: _permalink(asked))
    del world.slack.channels["C03MONEY"].messages[first.ts]

    await first_vote(world, asked)

    again = await world.card_of(asked, "#money")
    assert again.ts != first.ts
    await again.until(lambda c: "1 of 2" in c.text)
    del world.slack.channels["C03MONEY"].messages[again.ts]
    await asked.do("cancel")

    async def left_alone() -> bool:
        return await world.desk.ledger.read(messages.behind) == 0

    await world.until_true(left_alone)
    assert world.cards("#money") == []


async def _permalink(asked: Asked) -> bool:
    return (await asked.see())["permalink"] is not None


async def first_vote(world: World, asked: Asked) -> None:
    voter = await world.agent(name="watchdog", scopes=("decide",))
    path = f"/v1/escalations/{asked.id}/decision"
    assert (await voter.call("POST", path, {"type": "approve"})).status == 200


async def test_an_update_is_tried_again(world: World) -> None:
    """Slack stumbles over the update; the card is settled a little later."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="chat.update", status=500, times=1)

    await card.click("Approve", by="alice")

    await world.until_time(lambda: not card.buttons, seconds=1)


@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_a_signing_secret_is_rotated(world: World) -> None:
    """Signed with the old one, then the new one: no click is lost; a third one opens nothing."""
    await world.stop_bot()
    world.signing_secret = "the new secret,the old secret"
    await world.start_bot()
    agent = await world.agent()
    first, second, third = [await agent.asks(), await agent.asks(), await agent.asks()]
    cards = [await world.card_of(asked) for asked in (first, second, third)]

    await world.control("settings", signing_secret="the old secret")
    before = await cards[0].click("Approve", by="alice")
    await world.control("settings", signing_secret="the new secret")
    after = await cards[1].click("Approve", by="alice")
    await world.control("settings", signing_secret="the oldest secret")
    refused = await cards[2].click("Approve", by="alice")

    assert [before["status"], after["status"], refused["status"]] == [200, 200, 401]
    assert (await first.answer())["type"] == "approve"
    assert (await second.answer())["type"] == "approve"
    assert (await third.see())["status"] == "open"
