"""Bots are killed over and over while digests come, every four seconds."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from tests.chaos.hurried import SECONDS
from tests.chaos.result import Result
from tests.chaos.scene import scene
from tests.chaos.verdict import Verdict, judge
from tests.world import POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.chaos.scene import Scene
    from tests.databases import Postgres
    from tests.processes import BotProcess

_DIGESTS = POLICY.replace(
    "rules:\n",
    """\
digests:
  desk: {cron: "* * * * *", timezone: Etc/UTC, channel: C01REV}
rules:
  - {name: can wait, when: 'urgency == "low"', then: batch, digest: desk}
""",
)
_SMALL = {"urgency": "low", "risk": {"level": "low", "reversibility": "reversible"}}
#: How often each bot is killed: however slow the machine is, so much is tried.
_DEATHS = 10
#: Who asks again only when they were answered; so all that waits has room on one page.
_AGENTS = 5
#: How long a bot that came up is left alone at most: some are in the middle of a slot by then.
_LONGEST_LIFE = 2.0 * SECONDS
#: Slots without which nothing was tried.
_FEWEST = 5


async def slots(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Agents ask all the while what can wait, and people decide it in its row."""
    bots = 1 if database == "sqlite" else 3
    result = Result(f"digest slots, kill -9 {_DEATHS * scale} times a bot", database)
    dice = random.Random(20260303)
    async with scene(database, server, bots=bots, policy=_DIGESTS) as stage:
        for bot in stage.bots:
            await stage.start(bot, serve=("-m", "tests.chaos.hurried"))
        over = asyncio.Event()

        async def killer(bot: BotProcess) -> None:
            deaths = 0
            while deaths < _DEATHS * scale:
                # One that never came up would have done nothing, and nobody would have lost it.
                if await bot.is_up():
                    await asyncio.sleep(dice.uniform(0.0, _LONGEST_LIFE))
                    await bot.kill()
                    deaths += 1
                await asyncio.sleep(0.1)

        async def killers() -> None:
            await asyncio.gather(*map(killer, stage.bots))
            over.set()

        async def agent(number: int) -> None:
            turn = 0
            while not over.is_set():
                turn += 1
                question = await stage.ask(f"{number}-{turn}", ends="decided", **_SMALL)
                await stage.press(question, "Approve", by="alice")
                await stage.settled(question)

        await asyncio.gather(killers(), *map(agent, range(_AGENTS)))
        verdict = await judge(stage)
        made = await _judge_slots(stage, verdict)
        result.add(verdict)
        result.trials = len(stage.questions)
        result.note = f"{made} slots, {len(stage.deaths)} deaths"
        if made < _FEWEST:
            result.missed(f"only {made} slots")
    yield result


async def _judge_slots(stage: Scene, verdict: Verdict) -> int:
    """Each question is in exactly one digest, of the slot it was promised or of a later one that
    took its place; and each slot was dealt with once.
    """
    waiting = await stage.rows(
        "SELECT id FROM escalation WHERE digest_slot IS NULL OR digest_slot < digest_due"
    )
    verdict.lost += [f"{row[0]}: the slot that it was promised was missed" for row in waiting]
    digests = dict(
        await stage.rows(
            "SELECT escalation_id, count(*) FROM message_item "
            "JOIN message ON message.id = message_id AND kind = 'digest' GROUP BY escalation_id"
        )
    )
    asked = {question.id for question in stage.questions}
    verdict.lost += [f"{one}: in no digest" for one in asked - digests.keys()]
    verdict.doubled += [f"{one}: in {count} digests" for one, count in digests.items() if count > 1]
    runs = await stage.rows("SELECT slot FROM digest_run WHERE items > 0")
    noted = await stage.rows("SELECT id FROM journal WHERE event = 'digest.made'")
    if len(noted) != len(runs):
        verdict.doubled.append(f"{len(noted)} digests for {len(runs)} slots")
    return len(runs)
