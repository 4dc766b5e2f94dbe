"""What the bot stands on goes away for a while: PostgreSQL, its connections, Slack itself."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.chaos.crashes import STORIES, story
from tests.chaos.result import Result
from tests.chaos.scene import scene
from tests.chaos.verdict import judge
from tests.databases import postgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.databases import Postgres


async def restarts(database: str, _: Postgres, scale: int) -> AsyncIterator[Result]:
    """PostgreSQL is restarted, again and again, under two bots at work."""
    if database == "sqlite":
        return
    result = Result("PostgreSQL restarts under two bots", database)
    with postgres() as server:
        for number in range(scale):
            async with scene(database, server, bots=2, policy=STORIES) as stage:
                await asyncio.gather(*(stage.start(bot) for bot in stage.bots))
                work = [asyncio.create_task(story(stage, f"{number}-{n}")) for n in range(3)]
                for _ in range(3):
                    await asyncio.sleep(1.5)
                    await asyncio.to_thread(server.restart)
                await asyncio.gather(*work)
                result.add(await judge(stage), f"restart {number}")
                if stage.deaths:
                    result.missed(f"a bot ended with {stage.deaths}")
    yield result


async def cuts(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Every connection to PostgreSQL is cut, ten times, under two bots at work."""
    if database == "sqlite":
        return
    result = Result("connections to PostgreSQL are cut", database)
    for number in range(scale):
        async with scene(database, server, bots=2, policy=STORIES) as stage:
            await asyncio.gather(*(stage.start(bot) for bot in stage.bots))
            work = [asyncio.create_task(story(stage, f"{number}-{n}")) for n in range(3)]
            for _ in range(10):
                await asyncio.sleep(0.7)
                await asyncio.to_thread(server.cut)
            await asyncio.gather(*work)
            result.add(await judge(stage), f"cut {number}")
            if stage.deaths:
                result.missed(f"a bot ended with {stage.deaths}")
    yield result


async def slack_down(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Slack answers with 503 only: programs decide all the same, and every card comes later."""
    result = Result("decisions by program while Slack is down", database)
    async with scene(database, server, policy=_BY_PROGRAM) as stage:
        await stage.start(stage.bots[0])
        watchdog = await stage.key_of("watchdog", "--scope", "decide")
        await stage.control("faults", method="*", status=503, times=1_000_000)
        questions = [await stage.ask(f"down-{n}", ends="decided") for n in range(20 * scale)]
        for question in questions:
            status, answer = await stage.call(
                "POST",
                f"/v1/escalations/{question.id}/decision",
                {"type": "approve"},
                Authorization=f"Bearer {watchdog}",
            )
            if status != 200:
                result.missed(f"{question.key}: {answer}")
        async with stage.http.delete(f"{stage.sandbox_url}control/faults"):
            pass
        result.add(await judge(stage))
        result.trials = len(questions)
    yield result


_BY_PROGRAM = """\
version: 1
groups:
  reviewers: {users: [U01ALICE, U02BOB]}
routes:
  default: {channel: C01REV, reviewers: [reviewers], keys: [watchdog]}
rules:
  - {name: all, when: 'true', then: escalate}
"""
