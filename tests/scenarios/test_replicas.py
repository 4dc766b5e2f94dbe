"""Several processes on one PostgreSQL: any of them may hear, say, wait or die."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.databases import execute, postgres
from tests.fleet import Fleet
from tests.processes import BotProcess
from tests.world import REFUND

if TYPE_CHECKING:
    from pathlib import Path


# Each story starts several processes, on a machine that may have other things to do.
pytestmark = pytest.mark.timeout(300)

#: Whoever waits looks again by itself after this long; earlier only because it was told.
SWEEP = 5.0
LISTENER = "application_name = 'pullcord listener'"


async def test_a_click_here_wakes_the_agent_there(fleet: Fleet) -> None:
    """Slack delivers to one replica; the agent's open call at another one is answered at once."""
    here, there = await fleet.start(2)
    asked = await (await here.agent(fleet)).asks()
    card = await fleet.card_of(asked)
    waiting = await fleet.parked_at(there, asked)
    parked = asyncio.get_running_loop().time()
    await fleet.turn_to(here)

    await card.click("Approve", by="alice")
    seen = await waiting

    assert seen["status"] == "decided"
    assert asyncio.get_running_loop().time() - parked < SWEEP


async def test_a_listener_that_was_cut_off_comes_back(fleet: Fleet) -> None:
    """It listens again within moments, everybody looks again, and the replica stays ready."""
    here, there = await fleet.start(2)
    asked = await (await here.agent(fleet)).asks()
    card = await fleet.card_of(asked)
    waiting = await fleet.parked_at(there, asked)
    parked = asyncio.get_running_loop().time()

    await execute(
        fleet.database_url,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {LISTENER}",
    )
    await fleet.turn_to(here)
    await card.click("Approve", by="alice")
    seen = await waiting

    assert seen["status"] == "decided"
    assert asyncio.get_running_loop().time() - parked < SWEEP
    await fleet.until_true(lambda: fleet.says(there, "pullcord_listener_up 1.0"))
    status, parts = await fleet.ready(there)
    assert (status, parts["listener"]) == (200, "ok")


async def test_three_start_at_once_on_an_empty_database(fleet: Fleet) -> None:
    """One makes the tables, the others wait for it, and all of them work."""
    bots = await fleet.start(3)

    agent = await bots[0].agent(fleet)
    for bot in bots:
        fleet.url = bot.url
        await fleet.card_of(await agent.asks())

    (version,) = await execute(fleet.database_url, "SELECT count(*) FROM alembic_version")
    assert version["count"] == 1


async def test_a_timer_fires_once(fleet: Fleet) -> None:
    """Three tickers see the same deadlines pass: each escalation expires once."""
    bots = await fleet.start(3)
    agent = await bots[0].agent(fleet)
    soon = (datetime.now(UTC) + timedelta(seconds=10)).isoformat()
    asked = await asyncio.gather(*(agent.asks(deadline=soon) for _ in range(30)))

    seen = await asyncio.gather(*(one.see(wait=30) for one in asked))

    assert {one["status"] for one in seen} == {"expired"}
    fired = await execute(
        fleet.database_url,
        "SELECT escalation_id FROM journal WHERE event = 'escalation.expired'",
    )
    assert sorted(row["escalation_id"] for row in fired) == sorted(one.id for one in asked)
    await fleet.until(lambda: all(not card.buttons for card in fleet.cards()))
    assert len(fleet.cards()) == 30


async def test_another_replica_sends_what_a_dead_one_had_claimed(fleet: Fleet) -> None:
    """Killed while Slack was answering: its card is shown all the same, and once."""
    (first,) = await fleet.start(1)
    await fleet.control("faults", method="chat.postMessage", delay=30, times=1)
    asked = await (await first.agent(fleet)).asks()
    await fleet.until_true(lambda: _claimed(fleet))
    second = fleet.add()
    await second.start()

    await first.kill()
    await fleet.turn_to(second)
    card = await fleet.card_of(asked)
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await card.until(lambda c: not c.buttons)
    assert len(fleet.cards()) == 1


async def _claimed(fleet: Fleet) -> bool:
    rows = await execute(fleet.database_url, "SELECT 1 FROM message WHERE owner IS NOT NULL")
    return bool(rows)


async def test_a_stop_drains(fleet: Fleet) -> None:
    """/readyz turns everybody away at once; who is there is served to the end, and exit is 0."""
    (bot,) = await fleet.start(1, PULLCORD_DRAIN_SECONDS="2")
    agent = await bot.agent(fleet)
    asked = await agent.asks()
    waiting = await fleet.parked_at(bot, asked)

    bot.process.send_signal(signal.SIGTERM)
    await fleet.until_true(lambda: _not_ready(fleet, bot))
    status, parts = await fleet.ready(bot)
    late = await agent.posts(**REFUND)

    assert (status, parts["process"]) == (503, "stopping")
    assert late.status == 201
    assert late.headers["Connection"] == "close"
    assert not waiting.done()
    assert await asyncio.wait_for(bot.process.wait(), 20) == 0
    assert (await waiting)["status"] == "open"


async def test_a_second_signal_is_in_a_hurry(fleet: Fleet) -> None:
    """Whoever asks twice does not wait for the drain."""
    (bot,) = await fleet.start(1, PULLCORD_DRAIN_SECONDS="300")

    bot.process.send_signal(signal.SIGTERM)
    await fleet.until_true(lambda: _not_ready(fleet, bot))

    assert await bot.stop() == 0


async def _not_ready(fleet: Fleet, bot: BotProcess) -> bool:
    return (await fleet.ready(bot))[0] == 503


async def test_the_database_restarts_under_waiting_agents(tmp_path: Path) -> None:
    """Doors say 503 meanwhile, people are asked to click again, and then everybody is answered."""
    server = postgres()
    database = await asyncio.to_thread(server.__enter__)
    fleet = Fleet(database.url, tmp_path)
    await fleet.open()
    try:
        here, there = await fleet.start(2)
        agent = await here.agent(fleet)
        asked = [await agent.asks() for _ in range(5)]
        cards = [await fleet.card_of(one) for one in asked]
        waiting = [
            await fleet.parked_at(bot, one, number)
            for number, one in enumerate(asked, 1)
            for bot in (here, there)
        ]
        await fleet.turn_to(here)

        await asyncio.to_thread(database.halt)
        refused = await agent.posts(**REFUND)
        clicked = await cards[0].click("Approve", by="alice")
        told = fleet.whispers_to("alice")
        await asyncio.to_thread(database.resume)
        await fleet.until_true(lambda: _ready(fleet, here))
        taken = await agent.posts(**REFUND)
        for card in cards:
            await card.click("Approve", by="alice")

        assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
        assert clicked["status"] == 200
        assert "not recorded" in told[0]
        assert taken.status == 201
        answered = await asyncio.wait_for(asyncio.gather(*waiting), 2 * SWEEP)
        assert {one["status"] for one in answered} == {"decided"}
        await fleet.until_true(lambda: _ready(fleet, there))
    finally:
        await fleet.close()
        await asyncio.to_thread(server.__exit__, None, None, None)


async def _ready(fleet: Fleet, bot: BotProcess) -> bool:
    return (await fleet.ready(bot))[0] == 200


async def test_one_replica_asks_slack_who_people_are(fleet: Fleet) -> None:
    """Somebody's account changes: Slack is asked once, and all replicas know."""
    bots = await fleet.start(3)
    await fleet.until_true(lambda: _asks_nothing(fleet))
    before = fleet.slack.log.last()[-1]["n"]

    await fleet.control("users", id="U01ALICE", display_name="Alicia")
    asked = await (await bots[0].agent(fleet)).asks()
    card = await fleet.card_of(asked)
    await fleet.until_true(lambda: _is_known_as(fleet, "Alicia"))
    await fleet.turn_to(bots[2])
    await card.click("Approve", by="alice")

    assert (await asked.answer())["decided_by"]["display_name"] == "Alicia"
    calls = [one for one in fleet.slack.log.last() if one["n"] > before]
    assert len([one for one in calls if one["what"] == "users.info"]) == 1


async def _asks_nothing(fleet: Fleet) -> bool:
    """Whether all that each start wants to know anew has been answered."""
    rows = await execute(
        fleet.database_url, "SELECT 1 FROM person WHERE wanted_rev > known_rev LIMIT 1"
    )
    return not rows


async def _is_known_as(fleet: Fleet, name: str) -> bool:
    rows = await execute(fleet.database_url, "SELECT display_name FROM person")
    return name in {row["display_name"] for row in rows}
