"""A bot in a workspace that keeps Slack's rate limits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.world import World


async def test_a_burst_of_questions_gets_through(world: World) -> None:
    """Six agents ask at once: Slack takes a card a second, and each stands there exactly once."""
    await world.control("settings", pacing=True)
    agent = await world.agent()

    asked = await asyncio.gather(*(agent.asks() for _ in range(6)))
    await world.until_time(lambda: len(world.cards()) == 6, seconds=1)

    cards = [await world.card_of(one) for one in asked]
    assert len({card.ts for card in cards}) == 6
    # Slack's own clock goes on as usual: three at once, and then a second for each.
    stamps = sorted(float(card.ts) for card in cards)
    assert stamps[-1] - stamps[0] > 2
