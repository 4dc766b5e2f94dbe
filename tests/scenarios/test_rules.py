"""What the policy answers by itself, and where it hands over to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.world import POLICY, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


async def test_a_small_refund_is_approved_by_rule(world: World) -> None:
    """No card, no person: the answer is there at once and names its rule."""
    asked = await (await world.agent()).asks_refund(12)

    seen = await asked.see()

    assert seen["status"] == "decided"
    assert seen["decision"]["provenance"] == "rule"
    assert seen["decision"]["rule"] == "tiny refunds"
    assert (await asked.do("redeem", redeem_id="r1")).status == 200
    assert world.cards() == []


async def test_a_rule_hands_over_to_people_beyond_its_limit(world: World) -> None:
    """Two a day are approved; the third goes to a person, and the card says why."""
    agent = await world.agent()
    for amount in (10, 11):
        assert (await (await agent.asks_refund(amount)).see())["status"] == "decided"

    third = await agent.asks_refund(12)

    assert (await third.see())["status"] == "open"
    assert "tiny refunds" in (await world.card_of(third)).text
    world.clock.forward(days=1, seconds=1)
    assert (await (await agent.asks_refund(13)).see())["status"] == "decided"


async def test_what_was_refused_lately_is_not_approved_by_rule(world: World) -> None:
    """The same action, cancelled or rejected within a day, goes to a person."""
    agent = await world.agent()
    risky = {"level": "high"}
    first = await agent.asks_refund(12, risk=risky)
    assert (await first.see())["status"] == "open"
    await first.do("cancel")

    again = await agent.asks_refund(12)

    assert (await again.see())["status"] == "open"
    world.clock.forward(hours=24, seconds=1)
    assert (await (await agent.asks_refund(12)).see())["status"] == "decided"


async def test_a_forbidden_tool_is_rejected_by_rule(world: World) -> None:
    """The agent gets the comment of the policy."""
    asked = await (await world.agent()).asks(tool={"name": "drop_database"})

    decision = (await asked.see())["decision"]

    assert decision["type"] == "reject"
    assert decision["comment"] == "Databases are not dropped here."
    assert decision["effective"] is None


WITH_WORDS = POLICY.replace(
    "rules:\n",
    """\
categories: {refund: {handoff: "Our refunds team has your case, with a summary."}}
rules:
""",
)


@pytest.fixture
async def with_words(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=WITH_WORDS)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def test_a_category_has_its_own_words_for_the_end_user(with_words: World) -> None:
    """The handoff of the policy, or the general one where the category has none."""
    agent = await with_words.agent()

    refund, other = await agent.asks(), await agent.asks(category="other")

    assert (await refund.see())["handoff"] == "Our refunds team has your case, with a summary."
    assert (await other.see())["handoff"].startswith("A specialist is looking at this")
