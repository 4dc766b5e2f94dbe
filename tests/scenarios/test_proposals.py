"""What people always approve is proposed as a rule; admins accept it, and take it back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.errors import ForbiddenError
from bot.domain.people import Clicker
from bot.usecases.overlays import answer_proposal, propose_rules
from tests.world import POLICY, Shown, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.world import Agent

WATCHED = POLICY.replace("reviewers: [reviewers],", "reviewers: [reviewers], keys: [watchdog],")
WATCHED = WATCHED.replace("rules:\n", "admins: [seconds]\nrules:\n", 1)
LOW: dict[str, Any] = {"risk": {"level": "low", "reversibility": "reversible"}}


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=WATCHED)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def approved(agent: Agent, judge: Agent, count: int, **over: Any) -> None:
    """So many refunds that people looked at and approved as they were."""

    async def one(at: int) -> None:
        asked = await agent.asks_refund(60 + at, **(LOW | over))
        path = f"/v1/escalations/{asked.id}/decision"
        assert (await judge.call("POST", path, {"type": "approve"})).status == 200

    await asyncio.gather(*(one(at) for at in range(count)))


def proposals(world: World) -> list[Shown]:
    return [one for one in world.cards("#admin") if "Make it a rule?" in one.text]


async def test_forty_of_forty_become_a_rule(world: World) -> None:
    """Proposed once, accepted by an admin, tried before its rule, and taken back at once."""
    agent, judge = await world.agent(), await world.agent(name="watchdog", scopes=("decide",))
    await approved(agent, judge, 39)
    assert await propose_rules(world.desk) == 0
    await approved(agent, judge, 1)
    assert await propose_rules(world.desk) == 1
    assert await propose_rules(world.desk) == 0
    await world.until(lambda: bool(proposals(world)))
    (card,) = proposals(world)

    await card.click("Make it a rule", by="carol")
    await card.until(lambda c: "Carol has made this a rule" in c.text)
    inside = await (await agent.asks_refund(70, **LOW)).see()
    outside = [
        await (await agent.asks_refund(500, **LOW)).see(),
        await (await agent.asks_refund(70)).see(),
        await (await agent.asks_refund(70, risk={"level": "high"})).see(),
    ]
    await card.click("Revoke", by="bob")
    await card.until(lambda c: "Bob has revoked this rule" in c.text)
    after = await (await agent.asks_refund(71, **LOW)).see()

    assert inside["decision"]["provenance"] == "rule"
    assert inside["decision"]["rule"].startswith("learned rul_")
    assert [one["decision"] for one in outside] == [None, None, None]
    assert after["decision"] is None
    assert card.buttons == []


async def test_one_that_was_refused_is_no_rule(world: World) -> None:
    """Nor what somebody edited, nor what was refused lately, whatever was accepted before."""
    agent, judge = await world.agent(), await world.agent(name="watchdog", scopes=("decide",))
    refused = await agent.asks_refund(60, **LOW)
    await (await world.card_of(refused)).click("Reject…", by="alice")
    await world.submit("alice", reason="Not this one")
    await approved(agent, judge, 39)
    assert await propose_rules(world.desk) == 0
    await approved(agent, judge, 1)
    assert await propose_rules(world.desk) == 1
    await world.until(lambda: bool(proposals(world)))
    await proposals(world)[0].click("Make it a rule", by="bob")

    again = await (await agent.asks_refund(60, **LOW)).see()

    assert again["decision"] is None
    assert "was not approved in the last 24 h" in (await world.card_of_id(again["id"])).text


async def test_only_admins_answer_and_only_once(world: World) -> None:
    """And a proposal about a rule that has changed since is void."""
    agent, judge = await world.agent(), await world.agent(name="watchdog", scopes=("decide",))
    await approved(agent, judge, 40)
    await approved(agent, judge, 40, category="other")
    assert await propose_rules(world.desk) == 2
    await world.until(lambda: len(proposals(world)) == 2)
    one, two = proposals(world)

    alice = Clicker(id="U01ALICE", name="alice", team_id=None)
    with pytest.raises(ForbiddenError, match="can accept or revoke learned rules"):
        await answer_proposal(world.desk, "rul_1", alice, "accepted")
    await one.click("No", by="carol")
    await one.until(lambda c: "Carol has declined this" in c.text)
    await one.click("No", by="bob", stale=True)
    world.policy = world.policy.replace("when: 'true'", "when: 'true || false'")
    await world.stop_bot()
    await world.start_bot()
    await two.click("Make it a rule", by="bob")

    told = await world.whispered("bob", 2)
    assert "Carol has answered this before: it is declined" in told[0]
    assert "The policy's rule has changed since" in told[1]
