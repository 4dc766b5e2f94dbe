"""A run asks several times: what holds for the rest of it is said once, and is not forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.start import key_peppers
from bot.usecases.erase import erase
from bot.usecases.retention import remove_what_is_old
from bot.usecases.seal import seal_what_is_new
from tests.scenarios.test_guidance import paused

if TYPE_CHECKING:
    from tests.world import Agent, Asked, World


@pytest.fixture
async def agent(world: World) -> Agent:
    return await world.agent("claims-bot")


async def guided(world: World, agent: Agent, run: str) -> Asked:
    """Bob says what holds for the rest of the run."""
    asked = await paused(agent, group_key=run)
    card = await world.card_of(asked)
    await card.click("Answer…", by="bob")
    await world.submit("bob", response="Property damage <@U02BOB> first.", keep=["keep"])
    await asked.answer()
    await card.until(lambda shown: not shown.buttons)
    return asked


@pytest.mark.every_way
async def test_guidance_is_repeated_for_the_rest_of_the_run(world: World, agent: Agent) -> None:
    """On the next card of the same run and in its resource, also where a rule decides; no other
    run and no other agent hears of it.
    """
    first = await guided(world, agent, "run-77")

    second = await agent.asks(group_key="run-77")
    by_rule = await agent.asks_refund(20, group_key="run-77")
    elsewhere = await agent.asks(group_key="run-78")
    others = await (await world.agent("refund-bot")).asks(group_key="run-77")

    (said,) = (await second.see())["run_guidance"]
    assert (said["text"], said["escalation_id"]) == ("Property damage <@U02BOB> first.", first.id)
    assert said["from"]["display_name"] == "Bob"
    assert (await by_rule.see())["run_guidance"] == [said]
    assert (await first.see())["run_guidance"] == []
    card = await world.card_of(second)
    assert "Bob said, for the rest of this run:" in card.text
    assert "Property damage <@U02BOB> first." in card.text
    for other in (elsewhere, others):
        assert (await other.see())["run_guidance"] == []
        assert "this run" not in (await world.card_of(other)).text


async def test_a_card_shows_what_was_decided_earlier_in_the_run(world: World, agent: Agent) -> None:
    """The newest three, with links; that the agent was told to stop; nothing once it is settled."""
    earlier = [await agent.asks(action=f"Pay claim {n}", group_key="run-1") for n in range(4)]
    cards = [await world.card_of(one) for one in earlier]
    for card in cards[:3]:
        await card.click("Approve", by="alice")
    await cards[3].click("Reject…", by="alice")
    await world.submit("alice", reason="No", options=["stop_run"])
    for card in cards:
        await card.until(lambda shown: not shown.buttons)

    asked = await agent.asks(action="Pay claim 5", group_key="run-1")
    card = await world.card_of(asked)
    shown = card.text
    await card.click("Approve", by="bob")
    await card.until(lambda shown: not shown.buttons)

    assert "Earlier in this run" in shown
    assert "Pay claim 3: Rejected by Alice. The agent was told to stop this run." in shown
    assert "Pay claim 2: Approved by Alice." in shown
    assert shown.index("Pay claim 2") < shown.index("Pay claim 1")
    assert "Pay claim 0" not in shown
    assert "Earlier in this run" not in card.text


@pytest.mark.parametrize("way", ["http"], indirect=True)
async def test_who_said_it_can_be_forgotten(world: World, agent: Agent) -> None:
    """Their name, with their words if asked for; and it goes with its escalation."""
    first = await guided(world, agent, "run-77")
    second = await agent.asks(group_key="run-77")
    pepper = key_peppers(world.settings)[0]

    await erase(world.desk.ledger, pepper, "U02BOB", with_comments=True)
    third = await agent.asks(group_key="run-77")
    said = [(await one.see())["run_guidance"][0] for one in (second, third)]
    for one in (second, third):
        await one.do("cancel")
    await seal_what_is_new(world.desk)
    world.clock.forward(days=60)
    await remove_what_is_old(world.desk, timedelta(days=30))
    fourth = await agent.asks(group_key="run-77")

    assert [one["text"] for one in said] == ["(erased)"] * 2
    assert {one["from"]["display_name"] for one in said} == {None}
    assert (await fourth.see())["run_guidance"] == []
    assert (await agent.call("GET", f"/v1/escalations/{first.id}")).status == 404
