"""People say who looks at it, name somebody, let it rest, and hurry: nobody decides by that."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from bot.domain.errors import ForbiddenError, InvalidError
from bot.domain.outgoing import Later
from bot.domain.people import Caller, Clicker
from bot.store import escalations, tables
from bot.usecases.assign import assign
from bot.usecases.authority import KeyVoter, SlackVoter
from bot.usecases.escalate_now import escalate_now
from bot.usecases.say import say
from bot.usecases.snooze import snooze, wake
from bot.usecases.take import release, release_in_time, take
from bot.usecases.turns import claim_words
from bot.usecases.waiting_steps import remind

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import Asked, World


def told(world: World, who: str) -> list[str]:
    """What the bot wrote to somebody directly."""
    for channel in world.slack.channels.values():
        if channel.partner == who:
            return [message.text for message in channel.messages.values()]
    return []


def in_threads(world: World, channel: str = "C01REV") -> list[str]:
    return [m.text for m in world.slack.channels[channel].messages.values() if m.thread_ts]


async def standing(world: World, asked: Asked) -> dict[str, Any]:
    """The resource, once the bot knows where its card stands."""
    seen: dict[str, Any] = {}

    async def has_a_link() -> bool:
        seen.update(await asked.see())
        return seen["permalink"] is not None

    await world.until_true(has_a_link)
    return seen


@pytest.mark.every_way
async def test_who_looks_at_it_is_seen_by_all(world: World) -> None:
    """Looking is no decision: others take it over or decide, and after half an hour it is free."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("I'm looking", by="alice")
    await card.until(lambda c: "👀 Alice is looking at it" in c.text)
    await card.click("Take over, or let go", by="bob")
    await card.until(lambda c: "👀 Bob is looking at it" in c.text)
    await world.until(lambda: bool(told(world, "U01ALICE")))

    assert "Bob has taken this over from you" in told(world, "U01ALICE")[0]
    assert "|Open the card>" in told(world, "U01ALICE")[0]
    assert (await asked.see())["status"] == "open"
    world.clock.forward(minutes=31)
    await card.until(lambda c: "is looking" not in c.text)
    await card.click("Approve", by="alice")
    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"


async def test_whoever_looked_may_let_go(world: World) -> None:
    """The same entry of the menu frees it; a stranger is refused in words, and changes nothing."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("I'm looking", by="carol")
    assert "Only Alice and Bob can decide this" in (await world.whispered("carol"))[0]
    await card.click("I'm looking", by="alice")
    await card.until(lambda c: "Alice is looking" in c.text)
    await card.click("Take over, or let go", by="alice")
    await card.until(lambda c: "is looking" not in c.text)

    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="Paid already")
    await asked.answer()
    await card.click("I'm looking", by="bob", stale=True)
    assert "rejected this" in (await world.whispered("bob"))[0]


async def test_a_colleague_is_named_and_told(world: World) -> None:
    """The card names them, a message leads there, and who may not decide cannot be chosen."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Snooze or assign…", by="alice")
    form = await world.modal_of("alice")
    people = form["blocks"][-1]["element"]["options"]
    await world.submit("alice", person="U02BOB")

    assert [one["text"]["text"] for one in people] == ["Alice", "Bob"]
    await card.until(lambda c: "👉 Assigned to Bob by Alice" in c.text)
    await card.click("Snooze or assign…", by="carol")
    refused = await world.submit("carol", until="15m")
    assert refused["response_action"] == "update"
    assert "Only Alice and Bob" in str(await world.modal_of("carol"))
    await world.until(lambda: bool(told(world, "U02BOB")))
    assert "Alice would like you to decide: Send refund" in told(world, "U02BOB")[0]
    await card.click("Approve", by="alice")
    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"


async def test_it_can_rest_until_the_morning_but_not_longer(world: World) -> None:
    """Tomorrow at nine is the reviewer's own; what would be too late is said at its field."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Snooze or assign…", by="alice")
    nothing = await world.submit("alice")
    too_long = await world.submit("alice", until="morning")
    at = int(world.clock.now.timestamp()) + 3600
    both = await world.submit("alice", until="1h", until_at=str(at))

    assert "whom to assign" in nothing["errors"]["until"]
    assert "It has to be answered by" in too_long["errors"]["until"]
    assert "one of the two" in both["errors"]["until_at"]
    await world.submit("alice", until="1h", until_at="")
    await card.until(lambda c: "💤 Snoozed until" in c.text)
    assert "by Alice" in card.text
    world.clock.forward(minutes=61)
    await card.until(lambda c: "Snoozed" not in c.text)
    await world.until(lambda: bool(told(world, "U01ALICE")))
    assert "You wanted to look at this again now" in told(world, "U01ALICE")[0]


async def test_what_cannot_wait_calls_everybody_once(world: World) -> None:
    """The card becomes urgent, the others are called into its thread, and not twice."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Escalate now", by="alice")
    await card.until(lambda c: "Urgent" in c.text)
    await world.until(lambda: bool(in_threads(world)))
    await card.click("Escalate now", by="bob")
    answer = await world.whispered("bob")

    assert in_threads(world) == [
        "🔔 Alice says that this cannot wait. <@U02BOB> Please look at it now."
    ]
    assert "urgent already" in answer[0]
    assert (await asked.see())["urgency"] == "high"


async def test_the_menu_of_everything_does_the_same(world: World) -> None:
    """Where a card has no room, as in a crowd's, the modal has the menu, and answers there."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    async def chooses(value: str) -> str:
        await card.click("Show everything", by="alice")
        status, answer = await world.control(
            "view/click", user="U01ALICE", action_id="more", value=value
        )
        assert status == 200, answer
        return str(await world.modal_of("alice"))

    assert "You are looking at it now" in await chooses("take")
    assert "You no longer look at it" in await chooses("take")
    assert "people are called" in await chooses("hurry")
    assert "urgent already" in await chooses("hurry")
    assert "Snooze or assign" in await chooses("later")


async def test_a_lost_answer_of_slacks_doubles_no_message(world: World) -> None:
    """Whether somebody was told is looked up before they are told again."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="chat.postMessage", after=True, drop=True)

    await card.click("Escalate now", by="alice")
    await world.until(lambda: bool(in_threads(world)))
    await world.control("faults", method="chat.postMessage", error="internal_error")
    await card.click("Snooze or assign…", by="alice")
    await world.submit("alice", person="U02BOB")
    await world.until_time(lambda: bool(told(world, "U02BOB")), seconds=8)

    assert len(in_threads(world)) == 1
    assert len(told(world, "U02BOB")) == 1


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_slack_may_ask_for_a_rest_while_a_word_is_looked_for(world: World) -> None:
    """What was perhaps said is looked for when Slack allows it, and nothing is said twice."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await standing(world, asked)
    await world.control("faults", method="chat.postMessage", after=True, drop=True)
    await world.control("faults", method="conversations.replies", retry_after=5)

    await card.click("Escalate now", by="alice")
    await world.until(lambda: len(in_threads(world)) == 1)

    async def nothing_is_owed() -> bool:
        world.clock.forward(seconds=1)
        world.waker.committed({"outbox": None})
        return await world.desk.ledger.read(_owed) == 0

    await world.until_true(nothing_is_owed)
    assert len(in_threads(world)) == 1


def _owed(tx: Tx) -> int:
    return len(tx.execute(select(tables.outbox).where(tables.outbox.c.done_at.is_(None))).all())


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_who_overslept_says_nothing(world: World) -> None:
    """A process that was stopped does not say what another one says meanwhile."""
    asked = await (await world.agent()).asks()
    await standing(world, asked)
    await world.house._outbox.stop()
    bob = SlackVoter(Clicker(id="U02BOB", name="bob", team_id=None), "button")
    await assign(world.desk, asked.id, bob, "U01ALICE")

    (claimed,) = (await claim_words(world.desk, "bot_2", 8, {})).claimed
    late = await say(
        world.desk, world.house.sender, replace(claimed, deadline=0.0),
        admin_channel=None, audit_channel=None,
    )  # fmt: skip

    assert late == Later(reason="overslept")
    assert told(world, "U01ALICE") == []


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_what_is_said_before_the_card_stands_waits_for_it(world: World) -> None:
    """A call into a thread that is not there yet comes when it is; where none will be, never."""
    await world.control("faults", method="chat.postMessage", error="internal_error")
    asked = await (await world.agent()).asks()
    await world.until(lambda: world.slack.faults.waiting == [])
    alice = SlackVoter(Clicker(id="U01ALICE", name="alice", team_id=None), "button")

    await escalate_now(world.desk, asked.id, alice)
    answer = await asked.do("messages", text="Before anybody saw it")
    await world.until_time(lambda: len(in_threads(world)) == 2, seconds=3)
    await world.desk.ledger.run(_without_card)
    nowhere = await asked.do("messages", text="Nobody sees this in a thread")

    assert (answer.status, nowhere.status) == (201, 201)
    assert len((await asked.see())["messages"]) == 2
    assert await world.desk.ledger.read(_owed) == 0


def _without_card(tx: Tx) -> None:
    """As a question that waits for its digest has none."""
    tx.execute(delete(tables.message_item))
    tx.execute(delete(tables.message))


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_the_verbs_know_who_calls_them(world: World) -> None:
    """As commands call them: refusals in words, repetitions that change nothing."""
    agent = await world.agent()
    asked = await agent.asks()
    desk = world.desk
    alice, bob = (
        SlackVoter(Clicker(id=one, name=one, team_id=None), "button")
        for one in ("U01ALICE", "U02BOB")
    )

    first = await take(desk, asked.id, alice)
    again = await take(desk, asked.id, alice)
    anothers = await release(desk, asked.id, bob)
    free = await release(desk, asked.id, alice)
    nothing = await release(desk, asked.id, alice)
    assert first.hands.taken is not None
    assert again.hands == anothers.hands == first.hands
    assert free.hands == nothing.hands

    named = await assign(desk, asked.id, alice, "U01ALICE")
    same = await assign(desk, asked.id, bob, "U01ALICE")
    assert (named.hands, told(world, "U01ALICE")) == (same.hands, [])
    with pytest.raises(InvalidError, match="Carol cannot be asked: Only"):
        await assign(desk, asked.id, alice, "U03CAROL")

    with pytest.raises(InvalidError, match="over already"):
        await snooze(desk, asked.id, alice, world.clock.now)
    later = world.clock.now + timedelta(minutes=45)
    await take(desk, asked.id, bob)
    asleep = await snooze(desk, asked.id, alice, later)
    assert (asleep.snoozed_until, asleep.hands.taken is None) == (later, False)

    early = await desk.ledger.read(escalations.find, asked.id)
    for step in (release_in_time, wake):
        await desk.ledger.run(step, desk.book, early)
    early = await desk.ledger.read(escalations.find, asked.id)
    assert early.hands == asleep.hands
    await take(desk, asked.id, alice)
    early = await desk.ledger.read(escalations.find, asked.id)
    await desk.ledger.run(wake, desk.book, early)

    program = Caller(key_id="key_1", agent="watchdog", scopes=frozenset({"decide"}))
    with pytest.raises(ForbiddenError, match="does not list"):
        await take(desk, asked.id, KeyVoter(program))


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_escalating_now_asks_the_next_tier(world: World) -> None:
    """Who would be asked in an hour is asked at once, and not once more when the hour comes."""
    await world.stop_bot()
    tier = "tiers: [{after: 1h, channel: C03MONEY, reviewers: [seconds], urgency: high}]"
    world.policy = world.policy.replace(
        "reviewers: [reviewers],", f"reviewers: [reviewers], remind_after: [30m], {tier},"
    )
    await world.start_bot()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Escalate now", by="alice")
    further = await world.card_of(asked, "#money")
    await card.click("Escalate now", by="alice")
    told = await world.whispered("alice")
    await further.click("I'm looking", by="carol")
    await card.until(lambda c: "Carol is looking at it" in c.text)

    assert "urgent already" in told[0]
    assert (await asked.see())["urgency"] == "high"
    bob = SlackVoter(Clicker(id="U02BOB", name="bob", team_id=None), "button")
    later = world.clock.now + timedelta(minutes=45)
    await snooze(world.desk, asked.id, bob, later)
    world.clock.forward(minutes=40)
    found = await world.desk.ledger.read(escalations.find, asked.id)
    await world.desk.ledger.run(remind, world.desk.book, found)
    assert (await world.desk.ledger.read(escalations.find, asked.id)).reminded == 0
