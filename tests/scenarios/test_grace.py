"""A click can be taken back for a while, and counts exactly once when that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.start import key_peppers
from bot.store.tables import decision
from bot.usecases.advance import advance_what_is_due
from bot.usecases.erase import erase
from tests.scenarios.test_deadlines import under
from tests.scenarios.test_hands import told
from tests.scenarios.test_reminders import events, later, reminders
from tests.world import POLICY

if TYPE_CHECKING:
    from bot.store.tx import Tx
    from tests.world import Asked, Shown, World


async def pending(card: Shown) -> None:
    await card.until(lambda one: "It counts in" in one.text)


async def decisions(world: World, asked: Asked) -> int:
    def look(tx: Tx) -> int:
        mine = decision.c.escalation_id == asked.id
        return len(tx.execute(select(decision.c.id).where(mine)).all())

    return await world.desk.ledger.read(look)


async def test_a_click_counts_when_its_grace_is_over(world: World) -> None:
    """Until then the card says who has decided what, and with which button it is taken back; the
    agent's question is open, nothing may run, and nobody is reminded.
    """
    await under(world, "grace: 10s, remind_after: [5s]")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await card.click("Approve", by="alice")
    await pending(card)
    assert "Alice approves this" in card.text
    assert card.buttons == ["Undo", "Reject…"]
    await card.click("Approve", by="bob", stale=True)
    assert "Alice approves this: it counts in 10 s" in (await world.whispered("bob"))[0]
    await later(world, seconds=9)
    assert (await asked.see())["status"] == "open"
    assert (await asked.do("redeem", redeem_id="r1")).json["code"] == "nothing_to_run"
    await later(world, seconds=1)

    answer = await asked.answer()
    assert (answer["type"], answer["decided_by"]["display_name"]) == ("approve", "Alice")
    assert (await asked.do("redeem", redeem_id="r1")).status == 200
    await card.until(lambda one: "*Approved* by Alice" in one.text and not one.buttons)
    await card.click("Undo", by="alice", stale=True)
    assert "Alice approved this" in (await world.whispered("alice"))[0]
    assert (await decisions(world, asked), reminders(world)) == (1, [])
    assert "vote.intended" in await events(world, asked)
    assert await advance_what_is_due(world.desk) == 0


async def test_undo_opens_it_again(world: World) -> None:
    """For whoever clicked, and for admins; nobody else, and not for a later click."""
    await under(world, "grace: 10s")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Approve", by="alice")
    await pending(card)

    await card.click("Undo", by="bob")
    assert "Only Alice" in (await world.whispered("bob"))[0]
    await card.click("Undo", by="alice")
    await card.until(lambda one: "Approve" in one.buttons)
    world.clock.forward(seconds=3)
    await card.click("Approve", by="alice")
    await pending(card)
    first = next(b for b in card.message.earlier if "Undo" in str(b))
    old = next(e for b in first if b["type"] == "actions" for e in b["elements"])
    await card.click("Undo", by="alice", stale=True, value=old["value"])
    assert "nothing to take back" in (await world.whispered("alice"))[0]
    await later(world, seconds=10)

    assert (await asked.answer())["type"] == "approve"
    assert (await decisions(world, asked)) == 1
    assert (await events(world, asked)).count("vote.undone") == 1


async def test_an_admin_takes_it_back(world: World) -> None:
    """Also one who is no reviewer; and what is open again ends as any other."""
    await under(world, "grace: 1h, deadline: 2h")
    world.policy = world.policy.replace("routes:", "admins: [seconds]\nroutes:")
    await world.stop_bot()
    await world.start_bot()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Modify…", by="alice")
    await world.submit("alice", field_0=200)
    await pending(card)
    assert "Alice changes and approves this" in card.text
    await card.click("Show everything", by="alice")
    assert "Undo" in str(await world.modal_of("alice"))

    await card.click("Undo", by="carol")
    await card.until(lambda one: "Approve" in one.buttons)
    await later(world, hours=2)

    assert (await asked.see())["status"] == "expired"
    assert (await decisions(world, asked)) == 0


async def test_a_rejection_comes_before_an_approval(world: World) -> None:
    """While an approval can be taken back, another reviewer's rejection takes its place; nothing
    takes the place of that one, and the deadline is the last moment for both.
    """
    await under(world, "grace: 30m, deadline: 40m")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Approve", by="alice")
    await pending(card)
    await later(world, minutes=15)

    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="Not this one.")
    await card.until(lambda one: "Bob rejects this" in one.text)
    assert "Then the word of Alice does not count" in card.text
    assert "Not this one." in card.text
    assert card.buttons == ["Undo"]
    await world.until(lambda: bool(told(world, "U01ALICE")))
    assert told(world, "U01ALICE")[0].startswith(
        "❌ Your approval does not count, because Bob rejects this: Send refund"
    )
    assert "“Not this one.” <" in told(world, "U01ALICE")[0]
    await card.click("Approve", by="alice", stale=True)
    assert "Bob rejects this" in (await world.whispered("alice"))[0]
    await later(world, minutes=25)

    answer = await asked.answer()
    assert (answer["type"], answer["comment"]) == ("reject", "Not this one.")
    assert [vote["type"] for vote in answer["votes"]] == ["approve", "reject"]


async def test_who_thinks_again_is_told_nothing(world: World) -> None:
    """One's own rejection takes the place of one's approval, and one knows that already."""
    await under(world, "grace: 10s")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Approve", by="alice")
    await pending(card)

    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="I had read it wrongly.")
    await later(world, seconds=10)

    assert (await asked.answer())["type"] == "reject"
    assert told(world, "U01ALICE") == []


async def test_a_program_decides_at_once(world: World) -> None:
    """It has nothing to take back with; and meanwhile it learns what is in its way."""
    world.policy = POLICY.replace("approvals: 2, keys", "approvals: 1, grace: 30s, keys")
    await world.stop_bot()
    await world.start_bot()
    agent = await world.agent()
    watchdog = await world.agent("watchdog", scopes=("decide",))
    one, two = await agent.asks_refund(2000), await agent.asks_refund(3000)
    card = await world.card_of(one, "#money")
    await card.click("Approve", by="bob")
    await pending(card)

    late = await watchdog.call("POST", f"/v1/escalations/{one.id}/decision", {"type": "approve"})
    done = await watchdog.call("POST", f"/v1/escalations/{two.id}/decision", {"type": "approve"})

    assert (late.status, late.json["code"]) == (409, "decision_pending")
    assert done.json["status"] == "decided"
    assert (await one.do("cancel")).json["status"] == "cancelled"
    assert (await decisions(world, one)) == 0


async def test_a_stop_loses_no_click(world: World) -> None:
    """What was clicked before the bot went away counts when it is back, once; also the click of
    somebody who was forgotten meanwhile, under their pseudonym.
    """
    await under(world, "grace: 10s")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Approve", by="alice")
    await pending(card)

    await erase(world.desk.ledger, key_peppers(world.settings)[0], "U01ALICE", with_comments=True)
    await world.stop_bot()
    world.clock.forward(minutes=5)
    await world.start_bot()

    assert (await asked.answer())["decided_by"]["id"].startswith("erased-")
    assert (await decisions(world, asked)) == 1
