"""Who is paused, as each process knows it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.usecases.pauses import LASTS_SECONDS, Pauses, pause, resume
from tests.rules.making import human
from tests.world import REFUND

if TYPE_CHECKING:
    from tests.world import World


async def test_a_pause_elsewhere_acts_here_within_a_second(world: World) -> None:
    """Another replica's word needs no message to this one; neither does its taking back."""
    agent = await world.agent()
    elsewhere = replace(world.desk, pauses=Pauses())
    before = await agent.posts(**REFUND)

    await pause(elsewhere, "refund-bot", None, human("Bob"))
    world.stopwatch.forward(LASTS_SECONDS)
    during = await agent.posts(**REFUND)
    await resume(elsewhere, "refund-bot", human("Bob"))
    world.stopwatch.forward(LASTS_SECONDS)
    after = await agent.posts(**REFUND)

    assert LASTS_SECONDS <= 1
    assert [one.status for one in (before, during, after)] == [201, 409, 201]
