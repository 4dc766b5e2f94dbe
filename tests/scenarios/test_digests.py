"""What can wait comes together: in its slot, once, and cleared where it stands."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import ForbiddenError, NotFoundError
from bot.domain.people import Clicker
from bot.store import digests
from bot.usecases.approve_together import approve_together
from bot.usecases.audit_house import audit_house
from bot.usecases.authority import SlackVoter
from bot.usecases.make_digest import digest_now, digests_of, make_due_digests
from tests.world import POLICY, REFUND, World, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.world import Asked, Shown, Way

DIGESTS = POLICY.replace(
    "rules:\n",
    """\
digests:
  desk: {cron: "0 9,15 * * *", timezone: Etc/UTC, channel: C01REV}
rules:
  - {name: can wait, when: 'urgency == "low"', then: batch, digest: desk}
""",
)
SMALL = REFUND | {"urgency": "low", "risk": {"level": "low", "reversibility": "reversible"}}


@pytest.fixture
async def world(database_url: str, way: Way, tmp_path: Path) -> AsyncIterator[World]:
    """The desk's digest comes at nine and at three; it is noon."""
    made = World(database_url, tmp_path, policy=DIGESTS, way=way)
    noon = made.clock.now.replace(hour=12, minute=0, second=0, microsecond=0)
    made.clock.now = noon + timedelta(days=1)
    await made.open()
    await make_due_digests(made.desk)
    try:
        yield made
    finally:
        await made.close()


def refund(amount: float, **over: Any) -> dict[str, Any]:
    tool = REFUND["tool"] | {"arguments": REFUND["tool"]["arguments"] | {"amount": amount}}
    return SMALL | {"action": f"Refund ${amount:.2f}", "tool": tool} | over


async def until_three(world: World) -> None:
    """A tick of the bot at three o'clock sharp."""
    await until(world, world.clock.now.replace(hour=15, minute=0))


async def until(world: World, moment: datetime) -> None:
    """The bot has asked Slack again who is who, as it does every ten minutes, and ticks."""
    world.clock.now = moment
    await world.house._census.take()
    await make_due_digests(world.desk)


async def last_run(world: World) -> datetime:
    """The latest slot that was dealt with."""
    return (await world.desk.ledger.read(digests.last_runs, ["desk"]))["desk"]


async def digest_with(world: World, asked: Asked) -> Shown:
    await until_three(world)
    return await world.card_of(asked)


async def page_of(world: World, who: str) -> str:
    return "\n".join(words_in((await world.modal_of(who))["blocks"]))


async def press_in_modal(world: World, who: str, asked: Asked, action_id: str) -> None:
    """A button in the row of an escalation on a page that only this person sees."""
    view = await world.modal_of(who)
    (block,) = [one for one in view["blocks"] if one.get("block_id", "").startswith(asked.id)]
    status, answer = await world.control(
        "view/click", user={"alice": "U01ALICE", "bob": "U02BOB"}[who], action_id=action_id,
        block_id=block["block_id"], confirmed=True,
    )  # fmt: skip
    assert status == 200, answer


async def test_what_can_wait_comes_in_its_slot(world: World) -> None:
    """No card until three; then one message with every question, decided row by row."""
    agent = await world.agent()
    first = await agent.wants(refund(12))
    world.clock.forward(hours=2)
    second = await agent.wants(SMALL | {"action": "Answer the mail", "category": "mail",
                                        "reason": "x" * 2000})  # fmt: skip
    third = await agent.wants(refund(90, risk={"level": "high"}))
    alone = await agent.asks()
    await world.card_of(alone)
    assert [json.dumps(card.message.blocks).count(first.id) for card in world.cards()] == [0]
    three = world.clock.now.replace(hour=15)
    assert datetime.fromisoformat((await first.see())["expires_at"]) == three + timedelta(hours=4)

    card = await digest_with(world, first)
    assert f"Desk digest · 3 waiting · oldest 3 h · {three:%a} 15:00" in card.text
    assert f"Next digest {three + timedelta(days=1):%a} 09:00" in card.text
    assert card.row(first) == ["Approve", "Modify…", "Reject…"]
    assert card.row(second) == ["Details…", "Modify…", "Reject…"]
    assert card.row(third)[0] == "Details…"
    await card.click("Approve", by="alice", of=first)
    await card.click("Reject…", by="bob", of=third)
    await world.submit("bob", reason="Customer already paid back")
    await card.until(lambda card: "1 of 3 waiting" in card.text)

    assert (await first.answer())["decided_by"]["via"] == "digest"
    assert (await third.answer())["comment"] == "Customer already paid back"
    assert "Approved* by Alice" in card.text
    assert "Rejected* by Bob" in card.text
    assert card.row(first) == []
    assert "/archives/C01REV/p" in (await first.see())["permalink"]


async def test_what_cannot_wait_has_a_card_of_its_own(world: World) -> None:
    """A deadline before the slot at once; one just after it above the digest, at its time."""
    agent = await world.agent()
    three = world.clock.now.replace(hour=15)
    before = await agent.wants(refund(10, deadline=(three - timedelta(hours=1)).isoformat()))
    after = await agent.wants(refund(11, deadline=(three + timedelta(minutes=40)).isoformat()))
    later = await agent.wants(refund(12, deadline=(three + timedelta(hours=9)).isoformat()))
    high = await agent.wants(refund(13, urgency="low", risk={"level": "critical"}))
    own = await world.card_of(before)
    # At three its time is over.
    assert own.buttons == ["Approve", "Modify…", "Reject…"]

    digest = await digest_with(world, later)
    above = await world.card_of(after)

    assert above.buttons == ["Approve", "Modify…", "Reject…"]
    assert [card.ts for card in world.cards()] == [own.ts, above.ts, digest.ts]
    assert "Due within the hour stand on their own above · next digest" in digest.text
    assert digest.row(high)[0] == "Details…"
    seen = [datetime.fromisoformat((await one.see())["expires_at"]) for one in (after, later)]
    assert seen == [three + timedelta(minutes=40), three + timedelta(hours=9)]


async def test_what_was_missed_comes_late_and_once(world: World) -> None:
    """Nobody was there at three and at nine: one digest, which says since when it is late."""
    agent = await world.agent()
    three = world.clock.now.replace(hour=15)
    asked = await agent.wants(refund(12, deadline=(three + timedelta(days=2)).isoformat()))
    await world.stop_bot()
    nine = world.clock.now = three + timedelta(hours=18)
    world.clock.forward(minutes=10)
    await world.start_bot()

    await asyncio.gather(*(make_due_digests(world.desk) for _ in range(3)))
    card = await world.card_of(asked)

    assert f"This digest is late: it was due at {three:%d %b} 15:00 UTC." in card.text
    assert f"1 waiting · oldest 21 h 10 min · {nine:%a} 09:10" in card.text
    assert await last_run(world) == nine
    assert len(world.cards()) == 1


async def test_what_is_answered_before_it_is_posted_drops_out(world: World) -> None:
    """Slack takes no message while one is withdrawn; when it does, only the other one is there."""
    agent = await world.agent()
    gone, stays = await agent.wants(refund(12)), await agent.wants(refund(13))
    await world.control("faults", method="chat.postMessage", status=429, retry_after=7, times=1)
    await until_three(world)
    await world.until(lambda: bool(world.refused()))
    await gone.do("cancel")

    await world.let_time_run(lambda: bool(world.cards()))
    (card,) = world.cards()
    assert "1 waiting" in card.text
    assert gone.id not in json.dumps(card.message.blocks)

    await card.click("Approve", by="alice", of=stays)
    await card.until(lambda card: "answered" in card.text and not card.buttons)


async def test_a_digest_of_which_nothing_is_left_is_not_posted(world: World) -> None:
    """Everything on it was withdrawn before Slack took it; an empty slot posts nothing either."""
    agent = await world.agent()
    asked = await agent.wants(refund(12))
    await world.control("faults", method="chat.postMessage", status=429, retry_after=7, times=1)
    await until_three(world)
    await world.until(lambda: bool(world.refused()))
    await asked.do("cancel")
    three = world.clock.now
    await until(world, three + timedelta(days=1))
    assert await last_run(world) == three + timedelta(days=1)

    await world.card_of(await agent.asks())
    assert len(world.cards()) == 1
    verdict = await audit_house(world.desk, "bot", lambda: world.clock.now, deaf=False, tables=True)
    assert verdict.found.keys() <= {"unsealed"}


async def test_a_digest_that_is_gone_leaves_nothing_behind(world: World) -> None:
    """The policy lost it: at their time its questions have cards of their own, in their channel."""
    asked = await (await world.agent()).wants(refund(12))
    world.policy = POLICY
    await world.stop_bot()
    await world.start_bot()
    assert world.cards() == []

    await until_three(world)
    await make_due_digests(world.desk)

    card = await world.card_of(asked)
    assert card.buttons == ["Approve", "Modify…", "Reject…"]


async def test_the_auditor_lets_wait_what_waits(world: World) -> None:
    """Without a card until its slot it is in order; after that it is found."""
    await (await world.agent()).wants(refund(12))

    async def found() -> set[str]:
        verdict = await audit_house(
            world.desk, "bot", lambda: world.clock.now, deaf=False, tables=True
        )
        return set(verdict.found)

    world.clock.forward(hours=3)
    assert "no_card" not in await found()
    world.clock.forward(minutes=2)
    assert "no_card" in await found()


async def test_many_are_read_page_by_page(world: World) -> None:
    """Ten in the channel; the others in a window of one's own, decided there, which stays open."""
    agent = await world.agent()
    asked = [await agent.wants(refund(10 + n)) for n in range(23)]
    card = await digest_with(world, asked[0])
    assert "23 waiting" in card.text
    assert "13 more on 2 further pages" in card.text
    assert card.row(asked[10]) == []

    await card.click("Next page", by="alice")
    assert "Page 2 of 3" in await page_of(world, "alice")
    await press_in_modal(world, "alice", asked[10], "approve")
    assert "Approved* by Alice" in await page_of(world, "alice")
    await press_in_modal(world, "alice", asked[11], "reject")
    await world.submit("alice", reason="Not this one")
    assert "Rejected* by Alice" in await page_of(world, "alice")
    await press_in_modal(world, "alice", asked[12], "modify")
    await world.submit("alice", field_0="9")
    assert "Modified and approved* by Alice" in await page_of(world, "alice")
    await world.control("view/click", user="U01ALICE", action_id="digest_next")
    assert "Page 3 of 3" in await page_of(world, "alice")
    await world.control("view/click", user="U01ALICE", action_id="digest_prev")

    assert (await asked[10].answer())["decided_by"]["via"] == "digest"
    assert [(await one.answer())["type"] for one in asked[11:13]] == ["reject", "modify"]
    await card.until(lambda card: "20 of 23 waiting" in card.text)


async def test_identical_ones_are_approved_together(world: World) -> None:
    """After a list of all of them; who was faster at one of them is said privately."""
    agent = await world.agent()
    asked = [await agent.wants(refund(10 + n)) for n in range(4)]
    other = await agent.wants(refund(99, risk={"level": "high"}))
    card = await digest_with(world, other)
    labels = [block["accessory"]["text"]["text"] for block in card.message.blocks
              if "accessory" in block]  # fmt: skip
    assert labels == ["Approve these 4 identical…"]

    pressed = {"user": "U01ALICE", "channel": card.channel, "ts": card.ts}
    await world.control("click", action_id="together", **pressed)
    form = await world.modal_of("alice")
    assert form["submit"]["text"] == "Approve 4"
    assert [f"{n}. Refund ${9 + n}.00" in "\n".join(words_in(form)) for n in (1, 2, 3, 4)]
    await card.click("Reject…", by="bob", of=asked[3])
    await world.submit("bob", reason="Paid already")
    await world.submit("alice")

    told = await page_of(world, "alice")
    assert told.startswith("3 of 4 approved.")
    assert "• “Refund $13.00”: Bob rejected this" in told
    assert "Nothing changed" not in told
    types = [(await one.answer())["type"] for one in asked]
    assert types == ["approve", "approve", "approve", "reject"]
    assert (await other.see())["status"] == "open"
    await card.until(lambda card: "1 of 5 waiting" in card.text)


async def test_a_digest_can_be_asked_for(world: World) -> None:
    """By who is asked what it collects: at once, and the next slot comes as if nothing had been."""
    agent = await world.agent()
    asked = await agent.wants(refund(12))
    alice, carol = (
        Clicker(id=who, name=who, team_id="T01SANDBOX") for who in ("U01ALICE", "U03CAROL")
    )
    with pytest.raises(NotFoundError, match="Did you mean 'desk'"):
        await digest_now(world.desk, "dsk", alice)
    with pytest.raises(ForbiddenError, match="can ask for this digest"):
        await digest_now(world.desk, "desk", carol)

    made = await asyncio.gather(*(digest_now(world.desk, "desk", alice) for _ in range(2)))
    card = await world.card_of(asked)
    second = await agent.wants(refund(13))
    await until_three(world)

    assert sorted(one.items for one in made) == [0, 1]
    assert "late" not in card.text
    assert (await world.card_of(second)).ts != card.ts
    assert digests_of(world.desk, "C01REV", "#reviews") == ["desk"]


async def test_together_counts_like_one_by_one(world: World) -> None:
    """Two must agree: voices are counted; what was changed meanwhile has to be looked at again."""
    world.policy = DIGESTS.replace(
        "reviewers: [reviewers],", "reviewers: [reviewers], approvals: 2,"
    )
    await world.stop_bot()
    await world.start_bot()
    agent = await world.agent()
    asked = [await agent.wants(refund(10 + n)) for n in range(12)]
    risky = await agent.wants(refund(99, category="other", risk={"level": "high"}))
    card = await digest_with(world, asked[0])
    await card.click("Next page", by="alice")

    view = await world.modal_of("alice")
    assert [one["accessory"]["text"]["text"] for one in view["blocks"] if "accessory" in one] == [
        "Approve these 2 identical…"
    ]
    await world.control("view/click", user="U01ALICE", action_id="together")
    await card.click("Next page", by="bob")
    await press_in_modal(world, "bob", asked[10], "modify")
    await world.submit("bob", field_0="9")
    await world.submit("alice")

    told = await page_of(world, "alice")
    assert told.startswith("0 of 2 approved.\n1 have your approval and wait for others.")
    assert "• “Refund $20.00”: Bob changed the action" in told
    await world.control("view/close", user="U01ALICE")
    await card.click("Next page", by="bob")
    await press_in_modal(world, "bob", asked[11], "approve")
    assert (await asked[11].answer())["type"] == "approve"

    seen = await risky.see()
    alice = SlackVoter(Clicker(id="U01ALICE", name="alice", team_id="T01SANDBOX"), "digest")
    ((_, refused),) = await approve_together(world.desk, [(risky.id, seen["action_digest"])], alice)
    assert "on its own card only" in str(refused)


async def test_all_of_a_page_at_once_leads_back_to_it(world: World) -> None:
    """Two identical ones behind the first ten: approved, and struck through where they stood."""
    agent = await world.agent()
    asked = [await agent.wants(refund(10 + n)) for n in range(12)]
    card = await digest_with(world, asked[0])
    await card.click("Next page", by="alice")
    await world.control("view/click", user="U01ALICE", action_id="together")

    await world.submit("alice")

    assert (await page_of(world, "alice")).count("*Approved* by Alice") == 2
    await card.until(lambda card: "10 of 12 waiting" in card.text)
    pressed = {"user": "U01ALICE", "channel": card.channel, "ts": card.ts}
    await world.control("click", action_id="together", **pressed)
    await world.submit("alice")
    await card.until(lambda card: "all 12 settled" in card.text)
    assert await world.modal_of("alice") == {}


async def test_who_comes_after_their_slot_was_dealt_with(world: World) -> None:
    """Committed a moment too late for it: the next tick makes a digest for them."""
    asked = await (await world.agent()).wants(refund(12))
    three = world.clock.now.replace(hour=15)
    await world.desk.ledger.run(digests.run_once, "desk", three)
    await until(world, three)
    assert world.cards() == []

    await until(world, three + timedelta(seconds=5))

    card = await world.card_of(asked)
    assert "late" not in card.text


async def test_a_digest_when_the_database_is_silent(world: World) -> None:
    """Whoever presses is told that nothing happened, and nobody that it is gone."""
    agent = await world.agent()
    asked = [await agent.wants(refund(10 + n)) for n in range(12)]
    card = await digest_with(world, asked[0])
    await world.desk.ledger.close()

    pressed = {"user": "U01ALICE", "channel": card.channel, "ts": card.ts}
    await world.control("click", action_id="together", **pressed)
    await world.control("click", action_id="digest_next", **pressed)

    told = await world.whispered("alice", 2)
    assert all("this was not recorded" in one for one in told)


@pytest.mark.parametrize("way", ["http"], indirect=True)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_several_clicks_can_be_taken_back(world: World) -> None:
    """With a grace of the route: each of them counts when it is over, and its row has Undo."""
    world.policy = DIGESTS.replace("reviewers: [reviewers],", "reviewers: [reviewers], grace: 30s,")
    await world.stop_bot()
    await world.start_bot()
    agent = await world.agent()
    asked = [await agent.wants(refund(10 + n)) for n in range(3)]
    card = await digest_with(world, asked[0])
    pressed = {"user": "U01ALICE", "channel": card.channel, "ts": card.ts}
    await world.control("click", action_id="together", **pressed)
    await asked[2].do("cancel")

    await world.submit("alice")

    told = await page_of(world, "alice")
    assert told.startswith("0 of 3 approved.\n2 count in a moment. Until then, Undo stands")
    await card.until(lambda card: "Undo" in card.row(asked[0]) and "Undo" in card.row(asked[1]))
    await card.click("Undo", by="alice", of=asked[0])
    await card.until(lambda card: "Approve" in card.row(asked[0]))
    world.clock.forward(seconds=31)
    assert (await asked[1].answer())["type"] == "approve"
    assert (await asked[0].see())["status"] == "open"
