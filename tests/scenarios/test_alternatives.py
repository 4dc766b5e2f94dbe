"""Sent back for another way: the agent comes back, and both cards lead to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.world import REFUND

if TYPE_CHECKING:
    from tests.world import Asked, World


async def sent_back(world: World) -> Asked:
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await card.click("Reject…", by="alice")
    await world.submit("alice", reason="Try a voucher first.", options=["revise"])
    assert (await asked.answer())["type"] == "revise"
    return asked


async def test_an_alternative_is_told_as_one(world: World) -> None:
    """The new card quotes what was asked for and shows the difference; links lead both ways."""
    first = await sent_back(world)
    before = await world.card_of(first)

    second = await first.agent.asks_refund(50.0, supersedes=first.id)

    card = await world.card_of(second)
    assert "Try a voucher first." in card.text
    assert "247.5\n → \n50" in card.text
    assert before.ts.replace(".", "") in str(card.message.blocks)
    link = card.ts.replace(".", "")
    await before.until(lambda c: link in str(c.message.blocks))
    assert "came back with" in before.text


async def test_the_agent_acknowledges_that_it_was_sent_back(world: World) -> None:
    """The outcome `not_run` shows on the first card as acknowledged."""
    asked = await sent_back(world)
    card = await world.card_of(asked)

    assert (await asked.do("outcome", status="not_run")).status == 200

    await card.until(lambda c: "acknowledged" in c.text)


async def test_only_what_was_sent_back_can_be_superseded(world: World) -> None:
    """Open, approved, unknown and other agents' escalations are refused alike."""
    first = await sent_back(world)
    agent, other = first.agent, await world.agent("other-bot")
    still_open = await agent.asks()
    by_rule = await agent.asks_refund(10.0)

    refused = [
        await one.posts(**REFUND, supersedes=which)
        for one, which in (
            (agent, still_open.id), (agent, by_rule.id), (agent, "esc_unknown"), (other, first.id),
        )
    ]  # fmt: skip

    assert [one.status for one in refused] == [422] * 4
    assert len({one.json["detail"] for one in refused}) == 1
    assert {one.json["errors"][0]["pointer"] for one in refused} == {"/supersedes"}
