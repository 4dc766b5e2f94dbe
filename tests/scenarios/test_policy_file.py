"""The policy file changes while the bot runs: a good one is in force soon, a wrong one never."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.scenarios.test_crash import Survivor
from tests.world import POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.world import World

STRICTER = POLICY.replace("then: approve\n    limit: 2/1d\n", "then: reject\n    comment: No.\n")
WRONG = POLICY.replace("approvals: 2", "approvals: two")


def save(world: World, policy: str) -> None:
    """As an editor does it: a new file takes the place of the old one."""
    world.policy = policy
    file = world.folder / "policy.yml"
    fresh = file.with_suffix(".new")
    fresh.write_text(policy)
    fresh.replace(file)


async def until_policy(world: World, standing: Callable[[str], bool]) -> None:
    """Wait for what /readyz says of the policy; it stays ready all the time."""

    async def look() -> bool:
        async with world.http.get(world.url + "/readyz") as ready:
            assert ready.status == 200
            return standing((await ready.json())["policy"])

    await world.until_true(look)


async def is_stale(world: World) -> bool:
    async with world.http.get(world.url + "/metrics") as metrics:
        return "pullcord_policy_stale 1.0" in await metrics.text()


async def until_version_is_not(world: World, before: str) -> str:
    """Ask what a rule rejects until another policy has answered."""
    agent = await world.agent("prober")
    seen: list[str] = []

    async def look() -> bool:
        asked = await agent.asks(tool={"name": "drop_database", "arguments": {}})
        seen.append((await asked.see())["decision"]["policy_version"])
        return seen[-1] != before

    await world.until_true(look)
    return seen[-1]


def alerts(world: World) -> list[str]:
    return [message.text for message in world.slack.channels["C09ADMIN"].messages.values()]


async def test_a_changed_policy_is_in_force_soon(world: World) -> None:
    """Without a restart; each decision names the file it was made under."""
    agent = await world.agent()
    before = (await (await agent.asks_refund(12)).see())["decision"]

    save(world, STRICTER)
    version = await until_version_is_not(world, before["policy_version"])

    after = (await (await agent.asks_refund(13)).see())["decision"]
    assert (before["type"], after["type"]) == ("approve", "reject")
    assert after["policy_version"] == version
    assert alerts(world) == []


async def test_new_reviewers_may_decide_at_once(world: World) -> None:
    """Whom a new policy names is looked up in Slack when it comes into force."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    save(world, POLICY.replace("reviewers: {users: [", "reviewers: {users: [U04DAVE, "))

    async def dave_decides() -> bool:
        await card.click("Approve", by="dave")
        return (await asked.see())["status"] == "decided"

    await world.until_true(dave_decides)

    assert (await asked.answer())["decided_by"]["id"] == "U04DAVE"


async def test_a_wrong_policy_changes_nothing_but_is_told(world: World) -> None:
    """The last good one decides on; the operators hear of each wrong file once."""
    agent = await world.agent()

    save(world, WRONG)
    await until_policy(world, lambda said: said == "stale: line 8 is wrong")
    decided = (await (await agent.asks_refund(12)).see())["decision"]
    assert (decided["type"], await is_stale(world)) == ("approve", True)
    await world.until(lambda: len(alerts(world)) == 1)
    save(world, WRONG)  # the same once more
    save(world, "version: 2\n")
    await until_policy(world, lambda said: said == "stale: line 1 is wrong")
    await world.until(lambda: len(alerts(world)) == 2)
    save(world, POLICY)
    await until_policy(world, lambda said: said == "ok")

    first, second = alerts(world)
    assert "the policy from before stays in force" in first
    assert "policy.yml:8: routes.money.approvals: expected a whole number" in first
    assert "policy.yml:1: version: expected 1, the only version there is" in second
    assert "(and 1 more)" in second
    assert not await is_stale(world)


async def test_a_policy_being_written_is_no_news(world: World) -> None:
    """Written bit by bit for longer than a look takes: only the whole file is taken."""
    agent = await world.agent()
    before = (await (await agent.asks_refund(12)).see())["decision"]["policy_version"]
    file = world.folder / "policy.yml"

    ends = iter(range(0, len(STRICTER), 6))

    async def write_on() -> bool:
        end = next(ends, None)
        file.write_text(STRICTER[:end])
        return end is None

    await world.until_true(write_on)
    world.policy = STRICTER
    await until_version_is_not(world, before)

    after = (await (await agent.asks_refund(13)).see())["decision"]
    assert after["type"] == "reject"
    assert alerts(world) == []


def _vanish(file: Path) -> None:
    file.unlink()


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def _pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def _ring(file: Path) -> None:
    file.unlink()
    file.symlink_to(file)


def _flood(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


@pytest.mark.parametrize("harm", [_vanish, _folder, _pipe, _ring, _flood])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_file_that_cannot_be_read_is_a_wrong_one(
    world: World, harm: Callable[[Path], None]
) -> None:
    """Gone, a folder, a pipe, a ring of links, a device: the bot goes on, and says so."""
    agent = await world.agent()
    file = world.folder / "policy.yml"

    harm(file)
    await until_policy(world, lambda said: said.startswith("stale: it cannot be read ("))
    await world.until(lambda: len(alerts(world)) == 1)
    if file.is_dir():
        file.rmdir()
    save(world, POLICY)
    await until_policy(world, lambda said: said == "ok")

    assert "policy.yml: it cannot be read" in alerts(world)[0]
    assert (await (await agent.asks_refund(12)).see())["decision"]["type"] == "approve"


@pytest.fixture
async def survivor(tmp_path: Path) -> AsyncIterator[Survivor]:
    made = Survivor(f"sqlite:///{tmp_path}/pullcord.db", tmp_path)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def test_sighup_reloads(survivor: Survivor) -> None:
    """As operators are used to; a wrong file does not end the process either."""
    agent = await survivor.bot.agent(survivor)
    before = (await (await agent.asks_refund(12)).see())["decision"]

    save(survivor, WRONG)
    survivor.bot.process.send_signal(signal.SIGHUP)
    await until_policy(survivor, lambda said: said == "stale: line 8 is wrong")
    save(survivor, STRICTER)
    survivor.bot.process.send_signal(signal.SIGHUP)
    await until_policy(survivor, lambda said: said == "ok")

    after = (await (await agent.asks_refund(13)).see())["decision"]
    assert (before["type"], after["type"]) == ("approve", "reject")
    log = survivor.bot.log.read_text()
    assert "policy.wrong" in log
    assert "policy.reloaded" in log


async def test_the_log_says_what_is_not_acted_on(survivor: Survivor) -> None:
    """When such a policy comes into force, and again at each start."""
    save(survivor, POLICY.replace("C03MONEY, ", "C03MONEY, assign: suggest, "))
    survivor.bot.process.send_signal(signal.SIGHUP)

    async def said() -> bool:
        return "policy.not_acted_on" in survivor.bot.log.read_text()

    await survivor.until_true(said)
    await survivor.bot.stop()
    await survivor.bot.start()

    lines = [json.loads(line) for line in survivor.bot.log.read_text().splitlines()]
    told = [line for line in lines if line["event"] == "policy.not_acted_on"]
    assert len(told) == 2
    for one in told:
        assert (one["line"], one["key"], one["level"]) == (8, "routes.money.assign", "warning")
        assert one["instead"] == "nobody is named; all reviewers of the route are asked alike"
