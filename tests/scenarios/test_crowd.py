"""Many people at one card at the same moment."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.store import journal

if TYPE_CHECKING:
    from tests.world import World

APPROVERS = [f"U1APPROVER{n}" for n in range(10)]
REJECTERS = [f"U2REJECTER{n}" for n in range(10)]


async def test_two_hundred_clicks_make_one_decision(world: World) -> None:
    """Twenty people, approve against reject: one decision, and everybody else is told."""
    for person in APPROVERS + REJECTERS:
        await world.control(
            "users", id=person, username=person.lower(), display_name=person.title()
        )
    everybody = ", ".join(APPROVERS + REJECTERS)
    world.policy = world.policy.replace("[U01ALICE, U02BOB]", f"[{everybody}]")
    await world.stop_bot()
    await world.start_bot()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    for person in REJECTERS:
        await card.click("Reject…", by=person)

    answers = await asyncio.gather(
        *(card.click("Approve", by=person, stale=True) for person in APPROVERS * 10),
        *(
            world.control("view/submit", user=person, values={"reason": "Not like this."})
            for person in REJECTERS
        ),
        *(card.click("Reject…", by=person, stale=True) for person in REJECTERS * 8),
    )

    decision = await asked.answer()
    winner = decision["decided_by"]["id"]
    assert all(a["status"] == 200 for a in answers if isinstance(a, dict))
    assert all(status == 200 for status, _ in (a for a in answers if isinstance(a, tuple)))
    story = await world.desk.ledger.read(journal.of, asked.id)
    assert [event for event, _ in story].count("escalation.decided") == 1
    for person in APPROVERS:
        losing = 10 - (person == winner)
        told = await world.whispered(person, losing)
        assert len(told) == losing
        assert all("Nothing changed by your click." in sentence for sentence in told)
    closed = [body for a in answers if isinstance(a, tuple) for body in [a[1]]]
    won = [body for body in closed if body["response_action"] == "clear"]
    assert len(won) == (winner in REJECTERS)
    assert len([body for body in closed if body["response_action"] == "update"]) == 10 - len(won)


async def test_a_click_against_the_deadline_has_one_winner(world: World) -> None:
    """Clicks and the clock race: whoever wins, there is one end and both sides agree on it."""
    agent = await world.agent()
    asked = [await agent.asks(action=f"Refund number {n}") for n in range(5)]
    cards = [await world.card_of(one) for one in asked]
    world.clock.forward(hours=3, minutes=59, seconds=59, milliseconds=999)

    async def time_passes() -> None:
        world.clock.forward(milliseconds=1)

    await asyncio.gather(
        *(card.click("Approve", by="alice", stale=True) for card in cards), time_passes()
    )

    for one in asked:
        seen = await one.see(wait=5)
        story = [event for event, _ in await world.desk.ledger.read(journal.of, one.id)]
        assert seen["status"] in {"decided", "expired"}
        assert story.count("escalation.decided") + story.count("escalation.expired") == 1
