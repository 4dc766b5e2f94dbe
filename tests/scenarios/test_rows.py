"""A question in a row among others says all that its own card would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.people import Clicker
from bot.usecases.make_digest import digest_now
from tests.scenarios.test_breaker import writes
from tests.scenarios.test_digests import DIGESTS, refund

if TYPE_CHECKING:
    from tests.world import World


async def test_a_row_says_who_has_it_in_hand(world: World) -> None:
    """Who looks at it, who was named, until when it rests, and what the agent says: as soon as it
    is so, and no longer.
    """
    world.policy = DIGESTS
    await world.stop_bot()
    await world.start_bot()
    agent = await world.agent()
    one, two = [await agent.wants(refund(10 + n)) for n in range(2)]
    await digest_now(world.desk, "desk", Clicker(id="U01ALICE", name="alice", team_id=None))
    digest = await world.card_of(one)

    await writes(world, "alice", f"take {one.id}")
    await digest.until(lambda card: "👀 Alice is looking at it (until" in card.text)
    await writes(world, "alice", f"assign {one.id} <@U02BOB>")
    await one.do("messages", text="The parcel is back")
    await digest.until(lambda card: "💬 refund-bot says: “The parcel is back”" in card.text)
    assert " · 👉 Assigned to Bob by Alice · " in digest.text
    await writes(world, "bob", f"snooze {two.id} 20m")
    await digest.until(lambda card: "💤 Snoozed until" in card.text)

    world.clock.forward(minutes=31)
    await digest.until(lambda card: "is looking" not in card.text and "Snoozed" not in card.text)
    assert "👉 Assigned to Bob by Alice" in digest.text
    await digest.click("Approve", by="alice", of=one)
    assert (await one.answer())["type"] == "approve"
    await digest.until(lambda card: "Assigned" not in card.text)
