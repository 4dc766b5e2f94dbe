"""Each minute somebody looks whether all is as it should be, and says so once."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from prometheus_client import REGISTRY
from sqlalchemy import text

from bot.domain.findings import KINDS
from bot.usecases.seal import seal_what_is_new
from bot.workers.auditor import Auditor
from sandbox.testing import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world import World

FAR = 9_000_000_000_000_000


@dataclass
class Watch:
    """Somebody outside who worries when he hears nothing."""

    beats: int = 0
    status: int = 200

    async def take(self, _request: web.Request) -> web.Response:
        self.beats += 1
        return web.Response(status=self.status)


@pytest.fixture
async def watch(world: World) -> AsyncIterator[Watch]:
    made = Watch()
    app = web.Application()
    app.router.add_get("/watch", made.take)
    async with serving(app) as url:
        world.heartbeat_url = f"{url}watch"
        await world.stop_bot()
        await world.start_bot()
        yield made


async def sql(world: World, *statements: str) -> None:
    def work(connection: Any) -> None:
        for statement in statements:
            connection.execute(text(statement))

    await world.desk.ledger.on_connection(work)


async def told(world: World) -> list[str]:
    """What the operators are told, oldest first."""

    def ask(connection: Any) -> list[str]:
        rows = connection.execute(
            text("SELECT payload FROM outbox WHERE kind = 'alert' ORDER BY id")
        )
        return [row.payload for row in rows if "auditor" in row.payload]

    return await world.desk.ledger.on_connection(ask)


def gauge(kind: str) -> float | None:
    return REGISTRY.get_sample_value("pullcord_findings", {"kind": kind})


def beats(outcome: str) -> float:
    name = "pullcord_heartbeats_total"
    return REGISTRY.get_sample_value(name, {"outcome": outcome}) or 0.0


#: kind → what happens to the rows, what mends them, and what is said.
DAMAGE = {
    "no_timer": (
        ["DELETE FROM timer WHERE escalation_id = '{open}'"],
        ["INSERT INTO timer (escalation_id, kind, due_at) SELECT id, 'expire', expires_at "
         "FROM escalation WHERE id = '{open}'"],
        "1 open question will not end at its deadline ({open})",
    ),
    "no_card": (
        ["DELETE FROM message_item WHERE escalation_id = '{open}'"],
        ["INSERT INTO message_item (message_id, escalation_id) SELECT id, '{open}' FROM message "
         "WHERE id NOT IN (SELECT message_id FROM message_item)"],
        "1 open question has no card in Slack ({open})",
    ),
    "card_late": (
        [f"UPDATE message SET wanted_rev = wanted_rev + 1, due_at = {FAR}"],
        ["UPDATE message SET wanted_rev = posted_rev"],
        "2 cards have been behind for more than two minutes (such as msg_",
    ),
    "no_callback": (
        ["UPDATE relay SET escalation_id = '{open}'"],
        ["UPDATE relay SET escalation_id = '{cancelled}'"],
        "1 settled question lacks the callback that its agent asked for ({cancelled})",
    ),
    "lease_overdue": (
        [f"UPDATE message SET owner = 'bot_x', lease_until = 1, wanted_rev = wanted_rev + 1, "
         f"due_at = {FAR}, behind_since = {FAR}"],
        ["UPDATE message SET owner = NULL, lease_until = NULL, wanted_rev = posted_rev"],
        "2 sendings were begun and left, and nobody takes them over (such as msg_",
    ),
    "pace_far": (
        [f"INSERT INTO pace (lane, next_at) VALUES ('post:C99FAR', {FAR})"],
        ["DELETE FROM pace WHERE lane = 'post:C99FAR'"],
        "will not be called there for more than ten minutes (post:C99FAR)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(DAMAGE))
async def test_damage_is_found_and_told_once(world: World, watch: Watch, kind: str) -> None:
    """A row that is wrong is told once; no sign of life until it is mended, and that is told."""
    agent = await world.agent(callback_secret=True)
    cancelled = await agent.asks(callback={"url": "http://127.0.0.1:1/hook"})
    asked = await agent.asks()
    await cancelled.do("cancel")
    await world.until(lambda: len(world.cards()) == 2)
    await settled(world)
    await seal_what_is_new(world.desk)
    world.clock.forward(minutes=3)
    await world.house.auditor.look()
    assert (await told(world), watch.beats) == ([], 1)
    damage, mending, says = DAMAGE[kind]
    ids = {"open": asked.id, "cancelled": cancelled.id}

    await sql(world, *(one.format(**ids) for one in damage))
    await asyncio.gather(world.house.auditor.look(), another(world).look())
    await world.house.auditor.look()
    found, heard = await told(world), gauge(kind)
    await sql(world, *(one.format(**ids) for one in mending))
    world.clock.forward(minutes=2)
    await world.house.auditor.look()
    await another(world).look()

    assert len(found) == 1
    assert says.format(**ids) in found[0]
    assert heard == (2 if says.startswith("2") else 1)
    assert watch.beats == 2
    assert gauge(kind) == 0
    (_, over) = await told(world)
    assert "The auditor finds no more" in over
    assert "for 2 min" in over


async def settled(world: World) -> None:
    """Until every card stands as it should, and the callback was tried once."""

    async def quiet() -> bool:
        def ask(connection: Any) -> int:
            return int(
                connection.execute(
                    text("SELECT count(*) FROM message WHERE posted_rev < wanted_rev "
                         "OR owner IS NOT NULL")
                ).scalar()
            )  # fmt: skip

        return await world.desk.ledger.on_connection(ask) == 0

    await world.until_true(quiet)


def another(world: World, *, ahead: timedelta = timedelta(0)) -> Auditor:
    """A replica on the same database; its own clock may be off."""
    return Auditor(
        world.desk, instance="bot_other", machine_now=lambda: world.clock.now + ahead, beat=None
    )


async def test_a_card_that_changes_again_is_not_younger(world: World) -> None:
    """It is behind since the first change that nobody sees, whatever has come since."""
    asked = await (await world.agent()).asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await settled(world)
    await world.control("faults", method="response_url", status=500, times=99)
    await world.control("faults", method="chat.update", status=500, times=1000)

    await card.click("Approve", by="carol")
    world.clock.forward(seconds=100)
    await world.house.auditor.look()
    early = await told(world)
    await asked.do("cancel")
    world.clock.forward(seconds=21)
    await world.house.auditor.look()

    assert early == []
    (found,) = await told(world)
    assert "1 card has been behind for more than two minutes" in found


async def test_what_is_not_sealed_is_found(world: World, watch: Watch) -> None:
    """A journal that nobody seals for more than five minutes."""
    await (await world.agent()).asks()
    await world.until(lambda: len(world.cards()) == 1)
    await world.house._ticker.stop()
    await seal_what_is_new(world.desk)
    await (await world.agent()).asks()
    await world.until(lambda: len(world.cards()) == 2)
    await settled(world)
    world.clock.forward(minutes=6)

    await world.house.auditor.look()
    await seal_what_is_new(world.desk)
    await world.house.auditor.look()

    found, over = await told(world)
    assert "not been sealed" in found
    assert "a journal that is not sealed" in over
    assert watch.beats == 1


async def test_two_clocks_are_compared(world: World) -> None:
    """This machine's with the database's; told once a process, and over when it is over."""
    world.machine_ahead = timedelta(seconds=3)
    await world.house.auditor.look()
    await world.house.auditor.look()
    world.machine_ahead = timedelta(seconds=-2)
    await world.house.auditor.look()

    found, over = await told(world)

    assert "is 3 s away from the database's" in found
    assert "a clock that is off" in over


async def test_a_process_that_is_gone_finds_nothing(world: World) -> None:
    """What only it saw is over some minutes after it was last heard of."""
    world.machine_ahead = timedelta(hours=-1)
    await world.house.auditor.look()
    world.machine_ahead = timedelta(0)

    for _ in range(5):
        await another(world).look()
        world.clock.forward(minutes=1)
    still = await told(world)
    world.clock.forward(seconds=1)
    await another(world).look()

    assert len(still) == 1
    assert len(await told(world)) == 2


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_one_replica_looks_for_all(world: World, watch: Watch) -> None:
    """The others look when it has not come back, or has stopped; none of them says it again."""
    asked = await (await world.agent()).asks()
    await world.until(lambda: len(world.cards()) == 1)
    await settled(world)
    first, second = world.house.auditor, another(world)
    await first.look()
    damage, _, says = DAMAGE["no_timer"]
    await sql(world, *(one.format(open=asked.id) for one in damage))

    await second.look()
    unseen = await told(world)
    await first.look()
    world.clock.forward(seconds=89)
    await second.look()
    at_rest = gauge("no_timer")
    world.clock.forward(seconds=1)
    await second.look()
    taken_over = gauge("no_timer")
    await second.stop()
    await first.look()

    assert unseen == []
    assert (at_rest, taken_over, gauge("no_timer")) == (0, 1, 1)
    assert watch.beats == 1
    (found,) = await told(world)
    assert says.format(open=asked.id) in found


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_whoever_looks_only_at_itself_ends_nothing_else(world: World) -> None:
    """What the tables show is over when somebody who looked at them says so."""
    asked = await (await world.agent()).asks()
    await world.until(lambda: len(world.cards()) == 1)
    await settled(world)
    await world.house.auditor.look()
    damage, _, _ = DAMAGE["no_timer"]
    await sql(world, *(one.format(open=asked.id) for one in damage))
    await world.house.auditor.look()

    await another(world, ahead=timedelta(seconds=30)).look()
    await another(world).look()

    timer, clock, over = await told(world)
    assert "will not end at its deadline" in timer
    assert "is 30 s away" in clock
    assert "no more: a clock that is off" in over


async def test_no_sign_of_life_while_any_process_is_in_trouble(world: World, watch: Watch) -> None:
    """Whoever gives it asks what the others see of themselves."""
    await world.house.auditor.look()

    await another(world, ahead=timedelta(seconds=30)).look()
    await world.house.auditor.look()
    withheld = watch.beats
    await another(world).look()
    await world.house.auditor.look()

    assert (withheld, watch.beats) == (1, 2)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_process_that_hears_nobody(world: World) -> None:
    """A line that is down twice in a row is told; a cut that heals at once is not."""
    await world.desk.ledger._line.close()  # type: ignore[attr-defined]
    await world.house.auditor.look()
    once = await told(world)

    await world.house.auditor.look()

    assert once == []
    assert "has not heard the other replicas" in (await told(world))[0]


async def test_a_watch_that_does_not_answer(world: World, watch: Watch) -> None:
    """It is tried again next minute; nothing else suffers."""
    watch.status = 500
    failed = beats("failed")

    await world.house.auditor.look()
    await world.house.auditor.look()
    watch.status = 200
    taken = beats("taken")
    await world.house.auditor.look()

    assert watch.beats == 3
    assert (beats("failed") - failed, beats("taken") - taken) == (2, 1)
    assert await told(world) == []


async def test_every_kind_has_its_figure(world: World) -> None:
    """0 where nothing is wrong, so that an alert rule has something to look at."""
    await world.house.auditor.look()

    assert {kind: gauge(kind) for kind in KINDS} == dict.fromkeys(KINDS, 0)
