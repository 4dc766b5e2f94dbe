"""What ticks: some of it as soon as the bot is there."""

from __future__ import annotations

import asyncio

from bot.workers.ticker import Ticker


async def test_what_may_not_wait_for_its_first_tick_does_not() -> None:
    """The hour that one job has between its ticks is not over, nor the other one's."""
    ticker, came = Ticker(), asyncio.Event()
    later: list[str] = []

    async def at_once() -> None:
        came.set()

    async def in_an_hour() -> None:
        later.append("came")

    ticker.every(3600, "later", in_an_hour)
    ticker.every(3600, "now", at_once, at_once=True)
    ticker.start()
    async with asyncio.timeout(10):
        await came.wait()
    await ticker.stop()

    assert later == []
