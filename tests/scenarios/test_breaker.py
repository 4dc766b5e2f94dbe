"""An agent that runs wild is stopped from Slack, and let go on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.store import away, pauses
from bot.usecases.erase import erase
from tests.world import PEOPLE, POLICY, REFUND, words_in

if TYPE_CHECKING:
    from tests.world import World

ADMINS = POLICY.replace("routes:\n", "admins: [seconds]\nroutes:\n", 1)


async def writes(world: World, who: str, text: str) -> str:
    """What this person reads after writing it behind `/pullcord`."""
    status, answer = await world.control(
        "command", user=PEOPLE[who], channel="C01REV", command="/pullcord", text=text
    )
    assert status == 200, answer
    return words_of(answered(world, who)[1])


def answered(world: World, who: str) -> tuple[str, Any]:
    """The newest message in the channel that only this person sees, and its ts."""
    messages = world.slack.channels["C01REV"].messages.items()
    return [one for one in messages if one[1].only_for == PEOPLE[who]][-1]


def words_of(message: Any) -> str:
    return "\n".join(words_in(message.blocks)) or str(message.text)


@pytest.fixture
async def guarded(world: World) -> World:
    world.policy = ADMINS
    await world.stop_bot()
    await world.start_bot()
    return world


async def test_a_paused_agent_asks_and_runs_nothing(guarded: World) -> None:
    """From the word of an admin until its time is over; nothing that was there before is lost."""
    agent = await guarded.agent()
    approved = await agent.asks()
    await (await guarded.card_of(approved)).click("Approve", by="alice")
    decision = await approved.answer()
    waiting = await agent.asks(action="Close the account")
    card = await guarded.card_of(waiting)
    taken = await agent.posts(key="before", **REFUND)

    said = await writes(guarded, "bob", "pause refund-bot 1h")
    refused = await agent.posts(key="during", **REFUND)
    replayed = await agent.posts(key="before", **REFUND)
    redeemed = await approved.do("redeem", redeem_id="r-1")
    wrong = await approved.do("redeem", redeem_id="r-1", digest="sha256:" + "0" * 64)

    assert "refund-bot is paused" in said
    assert "2 open questions stay open" in said
    assert (refused.status, refused.json["code"]) == (409, "agent_paused")
    assert refused.headers["Retry-After"] == "3600"
    assert (replayed.status, replayed.json["id"]) == (200, taken.json["id"])
    assert (redeemed.status, redeemed.json["code"]) == (409, "agent_paused")
    assert (wrong.status, wrong.json["code"]) == (409, "digest_mismatch")

    await card.until(lambda seen: "is paused" in seen.text)
    assert card.buttons == ["Reject…"]
    await card.click("Approve", by="alice", stale=True)
    (whisper,) = await guarded.whispered("alice")
    assert "this can only be rejected" in whisper
    await card.click("Modify…", by="alice", stale=True)
    assert len(await guarded.whispered("alice", 2)) == 2
    assert (await waiting.see())["status"] == "open"
    await card.click("Reject…", by="alice")
    await guarded.submit("alice", reason="Stop it")
    assert (await waiting.answer())["type"] == "reject"

    other = await guarded.card_of_id(taken.json["id"])
    guarded.clock.forward(hours=1)
    guarded.stopwatch.forward(2)
    again = await agent.posts(key="during", **REFUND)
    run = await approved.do("redeem", redeem_id="r-1")
    assert again.status == 201
    assert (run.status, run.json["effective"]) == (200, decision["effective"])
    await other.until(lambda seen: "Approve" in seen.buttons)


async def test_an_admin_lets_an_agent_go_on(guarded: World) -> None:
    """Without an end it stays paused; the operators and the numbers say so until it is resumed."""
    agent = await guarded.agent()
    key = await guarded.agent("watchdog", scopes=("decide",))
    asked = await agent.asks_refund(2000)

    forbidden = await writes(guarded, "alice", "pause refund-bot")
    unknown = await writes(guarded, "bob", "pause refund-bto")
    odd = [await writes(guarded, "bob", f"pause refund-bot {word}") for word in ("soon", "0s")]
    await writes(guarded, "bob", "pause refund-bot")
    refused = await agent.posts(**REFUND)
    vote: dict[str, Any] = {"type": "approve"}
    voted = await key.call("POST", f"/v1/escalations/{asked.id}/decision", vote)
    await guarded.house.measure()
    async with guarded.http.get(guarded.url + "/metrics") as answer:
        numbers = await answer.text()

    assert "Only" in forbidden
    assert "Bob" in forbidden
    assert "Did you mean “refund-bot”?" in unknown
    assert all("I do not understand" in said for said in odd)
    assert (refused.status, refused.headers["Retry-After"]) == (409, "60")
    assert (voted.status, voted.json["code"]) == (409, "agent_paused")
    assert "pullcord_paused_agents 1.0" in numbers

    resumed = await writes(guarded, "carol", "resume refund-bot")
    twice = await writes(guarded, "carol", "resume refund-bot")
    nobody = await writes(guarded, "carol", "resume nobody")
    assert "refund-bot goes on" in resumed
    assert "is not paused" in twice
    assert "There is no agent" in nobody
    assert (await agent.posts(**REFUND)).status == 201
    voted = await key.call("POST", f"/v1/escalations/{asked.id}/decision", vote)
    assert voted.status == 200
    told = guarded.slack.channels["C09ADMIN"].messages
    await guarded.until(lambda: len(told) >= 2)
    assert [message.text[:2] for message in told.values()] == ["⏸ ", "▶️"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_a_crowd_of_cards_is_told_in_steps(guarded: World) -> None:
    """More than are told at once: each row says so in the end, and gets its buttons back."""
    agent = await guarded.agent()
    asked = [await agent.asks(action=f"Refund number {at}") for at in range(60)]
    last = await guarded.card_of(asked[-1])
    await guarded.until(lambda: all(question.id in on_cards(guarded) for question in asked))

    await writes(guarded, "bob", "pause refund-bot 1h")
    await guarded.until(lambda: all(rows(one) <= {"reject"} for one in guarded.cards()), 30)
    said = last.text
    refused = await agent.posts(**REFUND)

    assert "paused" in said
    assert refused.status == 409
    await writes(guarded, "bob", "resume refund-bot")
    await last.until(lambda seen: "Approve" in seen.buttons)


def on_cards(world: World) -> str:
    return json.dumps([card.message.blocks for card in world.cards()])


def rows(card: Any) -> set[str]:
    """Which buttons its questions offer, by their names on the wire."""
    return {
        f"{element['action_id']}"
        for block in card.message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
        if element["action_id"] in {"approve", "modify", "reject"}
    }


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_erased_person_has_paused_nobody(guarded: World) -> None:
    """The agent stays stopped, under a pseudonym; what they said of themselves is gone."""
    await guarded.agent()
    await writes(guarded, "bob", "pause refund-bot")
    await writes(guarded, "bob", "away 2h")

    await erase(guarded.desk.ledger, b"pepper", "U02BOB", with_comments=False)

    (left,) = await guarded.desk.ledger.read(pauses.every)
    assert left.by.id.startswith("erased")
    assert left.by.display_name is None
    assert await guarded.desk.ledger.read(away.find, {"U02BOB"}) == {}
