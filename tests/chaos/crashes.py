"""The process dies, or sleeps past its lease, at each named step of one busy minute."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos.result import Result
from tests.chaos.scene import scene
from tests.chaos.steps import STEPS
from tests.chaos.verdict import judge
from tests.world import POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.chaos.scene import Scene
    from tests.chaos.steps import Step
    from tests.databases import Postgres

#: What `story` needs: a route that reminds, asks others besides, and lets a click be undone.
STORIES = POLICY.replace(
    "rules:\n",
    """\
  patient: {channel: C01REV, reviewers: [reviewers], grace: 1s, remind_after: [1s],
            tiers: [{after: 2s, urgency: high}]}
rules:
  - {name: patient, when: 'category == "patient"', then: escalate, route: patient}
""",
)
#: Longer than any lease.
_PAST_THE_LEASE = 20.0
#: Where a sender that oversleeps must notice it before it posts.
_SLEEPY = {"a card is claimed and committed", "a card is drawn"}


async def story(scene: Scene, prefix: str) -> None:
    """Five questions at once: one is approved and run, one refused, one expires, one withdrawn, and
    one waits for long before somebody's click counts.
    """
    await asyncio.gather(
        _approved(scene, f"{prefix}-approved"),
        _refused(scene, f"{prefix}-refused"),
        _expired(scene, f"{prefix}-expired"),
        _withdrawn(scene, f"{prefix}-withdrawn"),
        _waited_for(scene, f"{prefix}-waited-for"),
    )


async def _approved(scene: Scene, key: str) -> None:
    question = await scene.ask(key, ends="decided")
    await scene.press(question, "Approve", by="alice")
    await scene.settled(question)
    await asyncio.gather(*(scene.redeem(question, f"{key}-{n}") for n in range(2)))
    await scene.call("POST", f"/v1/escalations/{question.id}/outcome", {"status": "succeeded"})


async def _refused(scene: Scene, key: str) -> None:
    """Bob is too late and is told so."""
    question = await scene.ask(key, ends="decided")
    await scene.press(question, "Approve", by="alice")
    await scene.settled(question)
    before = len(scene.whispers_to("bob"))
    await scene.press(question, "Approve", by="bob")

    async def told() -> bool:
        return len(scene.whispers_to("bob")) > before

    assert await scene.calm(told), "Bob was never told who was faster"


async def _expired(scene: Scene, key: str) -> None:
    question = await scene.ask(key, ends="expired", within=6)
    await scene.settled(question)


async def _withdrawn(scene: Scene, key: str) -> None:
    question = await scene.ask(key, ends="cancelled")
    await scene.call("POST", f"/v1/escalations/{question.id}/cancel", {})
    await scene.settled(question)


async def _waited_for(scene: Scene, key: str) -> None:
    """There is a reminder, a tier, and a grace."""
    question = await scene.ask(key, ends="decided", category="patient")

    async def raised() -> bool:
        return bool((await scene.see(question))["urgency"] == "high")

    assert await scene.calm(raised), "The tier was never reached"
    await scene.press(question, "Approve", by="alice")
    await scene.settled(question)


async def kills(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """Kill -9 at each step; each trial at another passing of it."""
    result = Result("kill -9 at each named step", database)
    steps = [step for step in STEPS if step.database in {None, database}]
    lanes = asyncio.Semaphore(2)

    async def trial(step: Step, nth: int) -> None:
        async with lanes, scene(database, server, policy=STORIES) as stage:
            await stage.start(stage.bots[0], "SIGKILL", str(nth), step.name)
            await story(stage, f"{step.name} {nth}")
            result.add(await judge(stage), f"{step.name}, {nth}")
            if -signal.SIGKILL not in stage.deaths:
                result.missed(f"{step.name}, {nth}: was never reached")
            _keep_log(result, stage, step.name)

    await asyncio.gather(
        *(trial(step, nth) for step in steps for nth in range(1, 1 + min(scale, 4)))
    )
    yield result


async def sleepers(database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """SIGSTOP past the lease: who wakes up late must not send what another one has sent."""
    result = Result("asleep past the lease (SIGSTOP)", database)
    bots = 1 if database == "sqlite" else 2

    async def trial(step: Step) -> None:
        async with scene(database, server, bots=bots, policy=STORIES) as stage:
            await stage.start(stage.bots[0], "SIGSTOP", "1", step.name)
            if bots > 1:
                await stage.start(stage.bots[1])
            work = asyncio.create_task(story(stage, step.name))
            sleeper = stage.bots[0].process
            async with asyncio.timeout(60):
                while not _asleep(sleeper.pid):  # noqa: ASYNC110 - only the system knows
                    await asyncio.sleep(0.05)
            await asyncio.sleep(_PAST_THE_LEASE)
            sleeper.send_signal(signal.SIGCONT)
            await work
            result.add(await judge(stage), step.name)
            _keep_log(result, stage, step.name)

    for step in STEPS:
        if step.name in _SLEEPY:
            await asyncio.gather(*(trial(step) for _ in range(min(scale, 3))))
    yield result


def _asleep(pid: int) -> bool:
    state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    return state == "T"


def _keep_log(result: Result, stage: Scene, name: str) -> None:
    """The bots' own words, for whoever has to find out."""
    if result.problems and result.problems[-1].startswith(name):
        target = Path("build") / "chaos"
        target.mkdir(parents=True, exist_ok=True)
        for number, bot in enumerate(stage.bots):
            if bot.log.exists():
                slug = "".join(c if c.isalnum() else "-" for c in name)
                (target / f"{result.database}-{slug}-{number}.log").write_bytes(
                    bot.log.read_bytes()
                )
