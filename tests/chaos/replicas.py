"""Three bots on one PostgreSQL, and one of them is killed every second or two."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from typing import TYPE_CHECKING

from tests.chaos.crashes import STORIES, story
from tests.chaos.result import Result
from tests.chaos.scene import scene
from tests.chaos.verdict import judge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.databases import Postgres

_SECONDS = 180


async def replicas(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Agents and people go on all the while."""
    if database == "sqlite":
        return
    result = Result(f"three replicas, kill -9 for {_SECONDS * scale} s", database)
    dice = random.Random(20260302)
    async with scene(database, server, bots=3, policy=STORIES) as stage:
        # One makes the tables; the others then find them.
        for bot in stage.bots:
            await stage.start(bot)
        over = asyncio.get_running_loop().time() + _SECONDS * scale

        async def killer() -> None:
            while asyncio.get_running_loop().time() < over:
                await asyncio.sleep(dice.uniform(1.0, 3.0))
                with suppress(ProcessLookupError):
                    dice.choice(stage.bots).process.kill()

        async def agent(number: int) -> None:
            turn = 0
            while asyncio.get_running_loop().time() < over:
                turn += 1
                await story(stage, f"{number}-{turn}")

        await asyncio.gather(killer(), *(agent(number) for number in range(3)))
        result.add(await judge(stage))
        result.trials = len(stage.questions)
        result.note = f"{len(stage.deaths)} deaths"
        if len(stage.deaths) < 10 * scale:
            result.missed(f"only {len(stage.deaths)} deaths")
    yield result
