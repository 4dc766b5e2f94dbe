"""Keys are made, used, rotated and revoked while agents work with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import InvalidError
from bot.start import key_peppers
from bot.usecases.keys import create_key, list_keys, revoke_key, rotate_key, write_down_uses
from tests.world import Agent

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.keys import StoredKey
    from tests.world import World


async def status(agent: Agent) -> int:
    return (await agent.call("GET", "/v1/queue")).status


async def stored(world: World, agent: Agent) -> StoredKey:
    keys, _ = await list_keys(world.desk.ledger)
    return next(key for key in keys if key.id == agent.key.split("_")[1])


async def rotated(world: World, agent: Agent, **overlap: float) -> Agent:
    pepper = key_peppers(world.settings)[0]
    key, new = await rotate_key(
        world.desk.ledger, pepper, agent.key.split("_")[1], overlap=timedelta(**overlap)
    )
    assert new.id == key.split("_")[1]
    return Agent(world, new.name, key)


async def test_a_revocation_acts_within_a_second(world: World) -> None:
    """However busy the agent is: a second after the commit its key opens nothing, here as at
    every other replica.
    """
    agent = await world.agent()
    other = await world.agent()
    assert await status(agent) == 200

    # As the command does it, in the database and nowhere else.
    await revoke_key(world.desk.ledger, agent.key.split("_")[1])
    world.stopwatch.forward(seconds=1)

    assert await status(agent) == 401
    assert await status(other) == 200


async def test_an_end_acts_within_a_second(world: World) -> None:
    """A key that was just used ends at its hour all the same."""
    pepper = key_peppers(world.settings)[0]
    key = await create_key(
        world.desk.ledger, pepper, "refund-bot",
        scopes=("escalate:read",), owners=(), expires_in=timedelta(days=90),
    )  # fmt: skip
    agent = Agent(world, "refund-bot", key)
    assert await status(agent) == 200

    world.clock.forward(days=90)
    world.stopwatch.forward(seconds=1)

    assert await status(agent) == 401


async def test_a_rotated_key_overlaps_with_its_successor(world: World) -> None:
    """Both are the same agent for a while; then only the new one is."""
    old = await world.agent(
        owners=("U01ALICE",), callback_secret=True, callback_hosts=("a.example",)
    )
    asked = await old.asks()

    new = await rotated(world, old, hours=24)
    during = [await status(old), await status(new)]
    world.clock.forward(hours=24)
    world.stopwatch.forward(seconds=1)
    after = [await status(old), await status(new)]

    assert (during, after) == ([200, 200], [401, 200])
    assert (await new.call("GET", f"/v1/escalations/{asked.id}")).status == 200
    before, now = await stored(world, old), await stored(world, new)
    assert before.successor == now.id
    assert (now.name, now.scopes, now.owners) == (before.name, before.scopes, before.owners)
    assert now.callback_secret
    assert now.callback_hosts == {"a.example"}
    assert now.expires_at is None


async def test_a_successor_lasts_as_long(world: World) -> None:
    """A key for 90 days is followed by one for 90 days, and never lives longer by its overlap."""
    pepper = key_peppers(world.settings)[0]
    key = await create_key(
        world.desk.ledger, pepper, "refund-bot",
        scopes=(), owners=(), expires_in=timedelta(days=90),
    )  # fmt: skip
    old = Agent(world, "refund-bot", key)
    end = (await stored(world, old)).expires_at
    world.clock.forward(days=89, hours=12)

    new = await rotated(world, old, hours=24)

    assert (await stored(world, old)).expires_at == end
    assert (await stored(world, new)).expires_at == world.clock.now + timedelta(days=90)


async def test_only_a_live_key_is_rotated_and_once(world: World) -> None:
    """Neither an unknown nor a revoked nor an ended one; and a second time, its successor is."""
    revoked, ended = await world.agent(), await world.agent()
    await revoke_key(world.desk.ledger, revoked.key.split("_")[1])
    new = await rotated(world, ended, hours=1)
    with pytest.raises(InvalidError, match=f"rotate its successor '{new.key.split('_')[1]}'"):
        await rotated(world, ended, hours=1)
    world.clock.forward(hours=2)

    for key in (revoked, ended, Agent(world, "x", "pc_nobody_x")):
        with pytest.raises(InvalidError, match="no live key"):
            await rotated(world, key, hours=1)
    assert await status(await rotated(world, new, hours=0)) == 200
    assert await status(new) == 401


async def test_the_last_use_is_written_once_a_minute(world: World) -> None:
    """Not with each request, and none is forgotten: what comes too early is written later."""
    agent, idle = await world.agent(), await world.agent()

    async def used_and_written(**later: float) -> datetime | None:
        world.clock.forward(**later)
        world.stopwatch.forward(seconds=1)
        assert await status(agent) == 200
        await write_down_uses(world.desk)
        return (await stored(world, agent)).last_used_at

    start = world.clock.now
    assert (await stored(world, agent)).last_used_at is None
    first = await used_and_written(seconds=0)
    too_early = await used_and_written(seconds=30)
    next_minute = await used_and_written(seconds=30)
    world.clock.forward(seconds=90)
    world.stopwatch.forward(seconds=1)
    assert await status(agent) == 200
    await world.stop_bot()
    await world.start_bot()

    assert (await stored(world, agent)).last_used_at == start + timedelta(seconds=150)
    assert first == too_early == start
    assert next_minute == start + timedelta(seconds=60)
    assert (await stored(world, idle)).last_used_at is None


async def test_what_is_written_by_another_replica_is_newer(world: World) -> None:
    """An older use never takes the place of a newer one, and is not kept either."""
    agent = await world.agent()
    assert await status(agent) == 200
    key = agent.key.split("_")[1]
    world.desk.ring.written(world.desk.ring.uses(), ())
    world.clock.forward(minutes=5)
    world.stopwatch.forward(seconds=1)
    assert await status(agent) == 200
    await write_down_uses(world.desk)
    newest = (await stored(world, agent)).last_used_at

    caller = world.desk.ring.find(agent.key)
    assert caller is not None
    world.desk.ring.keep(agent.key, caller, asked=0, at=world.clock.now - timedelta(minutes=4))
    await write_down_uses(world.desk)

    assert (await stored(world, agent)).last_used_at == newest == world.clock.now
    assert key not in world.desk.ring.uses()
