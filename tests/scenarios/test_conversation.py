"""People ask the agent before they decide, and its answer comes back into the card's thread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.people import Clicker
from bot.usecases.ask_agent import ask_agent
from bot.usecases.authority import SlackVoter
from tests.receiver import receiver
from tests.scenarios.test_hands import in_threads, standing
from tests.scenarios.test_storm import storm

if TYPE_CHECKING:
    from tests.world import Asked, Shown, World


async def replies(world: World, card: Shown, who: str, text: str, **more: Any) -> str:
    """Somebody writes below the card."""
    status, answer = await world.control(
        "message", user=who, channel=card.channel, text=text, thread_ts=card.ts, **more
    )
    assert (status, answer["status"]) == (200, 200), answer
    return str(answer["ts"])


async def says(asked: Asked, text: str) -> tuple[int, dict[str, Any]]:
    answer = await asked.do("messages", text=text)
    return answer.status, answer.json


@pytest.mark.every_way
async def test_a_question_goes_to_the_agent_and_its_answer_comes_back(world: World) -> None:
    """A reply below the card wakes the waiting agent; what it says stands in that thread, once."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    seen = await standing(world, asked)

    await replies(world, card, "U01ALICE", "When did it &lt;arrive&gt;, <@U02BOB> asks?")
    woken = await asked.agent.call(
        "GET", f"/v1/escalations/{asked.id}?wait=10",
        headers={"If-None-Match": f'"{seen["version"]}"'},
    )  # fmt: skip
    first = await says(asked, "On 27 February. See https://example.com/p & <!channel>")
    again = await says(asked, "On 27 February. See https://example.com/p & <!channel>")

    (question,) = woken.json["messages"]
    assert question["from"] == {"type": "human", "id": "U01ALICE", "display_name": "Alice"}
    assert question["text"] == "When did it <arrive>, Bob asks?"
    assert (first[0], again[0]) == (201, 200)
    assert [one["from"]["type"] for one in again[1]["messages"]] == ["human", "key"]
    await card.until(lambda c: "💬 refund-bot says: “On 27 February." in c.text)
    await world.until(lambda: len(in_threads(world)) == 3)
    told = await world.whispered("alice")
    assert "passed that on to refund-bot" in told[0]
    (answer,) = [text for text in in_threads(world) if text.startswith("💬")]
    assert answer.startswith("💬 refund-bot answers Alice: On 27 February.")
    assert "<!channel>" not in answer
    await card.click("Approve", by="bob")
    await asked.answer()
    assert (await says(asked, "One more thing"))[1]["code"] == "already_settled"


async def test_the_form_asks_too_where_everybody_can_see_it(world: World) -> None:
    """The question stands in the thread and on the card, and is called back to the agent."""
    agent = await world.agent(callback_secret=True)
    async with receiver() as hook:
        asked = await agent.asks(callback={"url": hook.url})
        card = await world.card_of(asked)

        await card.click("Ask the agent…", by="alice")
        empty = await world.submit("alice", question="\u200b")
        sent = await world.submit("alice", question="Is the parcel back?")
        await card.until(lambda c: "❓ Alice asks refund-bot: “Is the parcel back?”" in c.text)
        await world.until(lambda: bool(in_threads(world)))
        await world.until_time_true(lambda: bool(hook.arrived), seconds=1)

        assert "what you would like to know" in empty["errors"]["question"]
        assert sent["response_action"] == "clear"
        assert "waiting for its answer" in card.text
        assert in_threads(world) == ["❓ Alice asks refund-bot: Is the parcel back?"]
        told = json.loads(hook.arrived[0].body)
        assert told["type"] == "escalation.message"
        assert told["data"]["messages"][0]["text"] == "Is the parcel back?"
        assert told["data"]["status"] == "open"


async def test_whom_the_agent_is_not_asked_by(world: World) -> None:
    """Strangers are told so once; what is between people, or from programs, is left alone."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await standing(world, asked)
    await replies(world, card, "U03CAROL", "Why?")
    await replies(world, card, "U03CAROL", "Why??")
    await replies(world, card, "U01ALICE", "<@U02BOB> what do you think?")
    await replies(world, card, "U05GUEST", "Hm")
    await says(asked, "Nobody asked, and still.")
    await world.whispered("carol")
    await world.whispered("gus")

    (guest,) = world.whispers_to("gus")
    (carol,) = world.whispers_to("carol")
    assert "Only Alice and Bob can decide this" in carol
    assert "The agent was not asked." in guest
    seen = await asked.see()
    assert [one["text"] for one in seen["messages"]] == ["Nobody asked, and still."]
    await world.until(lambda: any(t.startswith("💬 refund-bot says:") for t in in_threads(world)))


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "socket")], indirect=True)
async def test_a_delivery_that_comes_again_asks_once(world: World) -> None:
    """Slack repeats events; what is too long, or too late, is told to its writer only."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await standing(world, asked)

    async def hears(ts: str, **more: Any) -> None:
        event = {
            "type": "message", "user": "U01ALICE", "text": "Why?", "channel": card.channel,
            "ts": ts, "thread_ts": card.ts, "channel_type": "channel",
        }  # fmt: skip
        payload = {"type": "event_callback", "event": event | more}
        status, answer = await world.control("socket/deliver", type="events_api", payload=payload)
        assert (status, answer["status"]) == (200, 200), answer

    await hears("1700000000.000100")
    await hears("1700000000.000100")
    await hears("1700000000.000200", text="x" * 3001)
    await hears("1700000000.000300", subtype="message_changed")
    await hears("1700000000.000400", thread_ts="1600000000.000100")

    assert [one["text"] for one in (await asked.see())["messages"]] == ["Why?"]
    assert "too long" in " ".join(await world.whispered("alice", 2))
    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="No")
    await asked.answer()
    await hears("1700000000.000500")
    assert "settled already" in " ".join(await world.whispered("alice", 3))


async def test_of_several_on_one_card_somebody_has_to_say_which(world: World) -> None:
    """Below a crowd's card a reply belongs to none; asked for one, the answer says about which."""
    asked = await storm(world)
    card = await world.card_of(asked[0])
    await standing(world, asked[0])

    await replies(world, card, "U01ALICE", "Why?")
    told = await world.whispered("alice")
    await card.click("Show everything", by="alice", of=asked[0])
    await world.control("view/click", user="U01ALICE", action_id="more", value="ask")
    await world.submit("alice", question="Why this one?")
    await says(asked[0], "Because.")
    await world.let_time_run(lambda: any("Because." in text for text in in_threads(world)))

    assert "several questions" in told[0]
    (answer,) = [
        m for m in world.slack.channels["C01REV"].messages.values() if "Because." in m.text
    ]
    assert "About: " in answer.blocks[0]["text"]["text"]


@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_a_reply_below_a_card_that_is_just_posted_is_told_again(world: World) -> None:
    """Until Slack's lost answer is made good nobody knows whose thread it is; Slack asks again."""
    await world.control("faults", method="chat.postMessage", after=True, drop=True)
    await world.control("settings", retry_waits=[0.2, 3, 9])
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    status, first = await world.control(
        "message", user="U01ALICE", channel=card.channel, text="Why?", thread_ts=card.ts
    )
    world.clock.forward(seconds=11)

    async def heard() -> bool:
        return bool((await asked.see())["messages"])

    assert (status, first["status"] // 100) != (200, 2)
    await world.until_true(heard)


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_there_is_an_end_to_asking(world: World) -> None:
    """Fifty messages a side; the one that is too many says what to do, and changes nothing."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    for number in range(50):
        await says(asked, f"Note {number}")
    status, problem = await says(asked, "Note 50")
    blank, _ = await says(asked, "  ")

    assert (status, blank) == (422, 422)
    assert problem["errors"][0]["pointer"] == "/text"
    assert "decision" in problem["detail"]
    await standing(world, asked)
    await replies(world, card, "U01ALICE", "Enough!")
    assert (await asked.see())["messages"][-1]["text"] == "Enough!"
    alice = SlackVoter(Clicker(id="U01ALICE", name="alice", team_id=None), "thread")
    for number in range(49):
        await ask_agent(world.desk, asked.id, alice, "?", source=str(number))
    await replies(world, card, "U01ALICE", "One more")
    assert "all 50 messages" in (await world.whispered("alice", 2))[-1]
    await card.click("Ask the agent…", by="alice")
    told = await world.submit("alice", question="And one more")
    assert "all 50 messages" in told["errors"]["question"]
