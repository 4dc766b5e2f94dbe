"""PostgreSQL goes away in the middle: nothing is lost, nothing is done twice, people are told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.databases import execute
from tests.wires import wire_to
from tests.world import REFUND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.databases import Postgres
    from tests.wires import When, Wire
    from tests.world import Asked

CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '{}'"
when = pytest.mark.parametrize("when", ["before", "after"])


@pytest.fixture
async def wire(postgres_server: Postgres) -> AsyncIterator[Wire]:
    await asyncio.to_thread(postgres_server.empty)
    async with wire_to(postgres_server.url) as made:
        yield made


@pytest.fixture
async def office(wire: Wire, tmp_path: Path) -> AsyncIterator[World]:
    """A bot whose wire to the database can be cut."""
    world = World(wire.url, tmp_path)
    await world.open()
    try:
        yield world
    finally:
        await world.close()


async def test_cut_connections_are_replaced(office: World) -> None:
    """After the server has thrown everybody out, the very first requests are answered."""
    agent = await office.agent()
    asked = [await agent.asks() for _ in range(3)]
    await asyncio.gather(*(one.see() for one in asked * 8))

    await execute(office.database_url, CUT.format("pullcord"))
    answers = await asyncio.gather(
        *(agent.posts(**REFUND) for _ in range(12)),
        *(agent.call("GET", f"/v1/escalations/{one.id}") for one in asked * 4),
    )

    assert {answer.status for answer in answers} == {200, 201}


@when
async def test_a_click_whose_commit_was_not_answered_counts_once(
    office: World, wire: Wire, when: When
) -> None:
    """The bot looks what became of it, and does it again only if nothing did."""
    asked = await (await office.agent()).asks()
    card = await office.card_of(asked)
    wire.cut_at_commit(of="dec_", when=when)

    answer = await card.click("Approve", by="alice")

    assert wire.cut == 1
    assert answer["status"] == 200
    decision = await asked.answer()
    assert decision["decided_by"]["display_name"] == "Alice"
    assert len(decision["votes"]) == 1
    assert office.whispers_to("alice") == []


@when
async def test_a_question_whose_commit_was_not_answered_is_taken_once(
    office: World, wire: Wire, when: When
) -> None:
    """503 says that nothing is known; the same key brings the same escalation."""
    agent = await office.agent()
    wire.cut_at_commit(of="the-key", when=when)

    lost = await agent.posts(key="the-key", **REFUND)
    again = await agent.posts(key="the-key", **REFUND)

    assert (lost.status, lost.json["code"]) == (503, "unavailable")
    assert "not known" in lost.json["detail"]
    assert lost.headers["Retry-After"]
    assert again.status == (201 if when == "before" else 200)
    await office.until(lambda: len(office.cards()) == 1)
    listed = await agent.call("GET", "/v1/escalations")
    assert len(listed.json["items"]) == 1


async def test_a_click_that_cannot_be_recorded_is_told_at_once(office: World, wire: Wire) -> None:
    """Whoever clicks while the database is away is asked to click again, and then it counts."""
    asked = await (await office.agent()).asks()
    card = await office.card_of(asked)
    wire.break_off()

    answer = await card.click("Approve", by="alice")
    told = office.whispers_to("alice")
    wire.mend()
    await card.click("Approve", by="alice")

    assert answer["status"] == 200
    assert ["not recorded" in words for words in told] == [True]
    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"


@when
async def test_a_click_of_which_nothing_is_known_says_so(
    office: World, wire: Wire, when: When
) -> None:
    """The commit was not answered and the database stays away; the second click finds out."""
    asked = await (await office.agent()).asks()
    card = await office.card_of(asked)
    wire.cut_at_commit(of="dec_", when=when, and_break_off=True)

    await card.click("Approve", by="alice")
    told = office.whispers_to("alice")
    wire.mend()
    await card.click("Approve", by="alice", stale=True)

    assert ["do not know whether" in words for words in told] == [True]
    assert len((await asked.answer())["votes"]) == 1


async def test_a_form_keeps_what_was_entered(office: World, wire: Wire) -> None:
    """Submitted while the database is away it stays open, and can be submitted again."""
    asked = await (await office.agent()).asks()
    card = await office.card_of(asked)
    await card.click("Reject…", by="alice")
    form = {"user": "U01ALICE", "values": {"reason": "Paid back already."}}
    wire.break_off()

    _, refused = await office.control("view/submit", **form)
    wire.mend()
    await office.control("view/submit", **form)

    assert "not recorded" in str(refused)
    assert (await asked.answer())["comment"] == "Paid back already."


async def test_a_waiting_agent_does_not_notice(office: World, wire: Wire) -> None:
    """Its open call outlives the outage; whoever comes meanwhile is told when to come again."""
    agent = await office.agent()
    asked = await agent.asks()
    card = await office.card_of(asked)
    waiting = asyncio.create_task(asked.see(wait=50))
    await parked(asked)
    wire.break_off()

    refused = await agent.posts(**REFUND)
    office.desk.waker.look_again()
    status, _ = await office.readiness()
    wire.mend()
    await card.click("Approve", by="alice")

    assert (refused.status, status) == (503, 503)
    assert refused.headers["Retry-After"]
    assert (await waiting)["status"] == "decided"


async def test_a_wait_that_ends_in_an_outage_is_unavailable(office: World, wire: Wire) -> None:
    """Nothing is said about an escalation that could not be read."""
    asked = await (await office.agent()).asks()
    await office.card_of(asked)
    waiting = asyncio.create_task(asked.see(wait=1.5))
    await parked(asked)

    wire.break_off()

    assert (await waiting)["code"] == "unavailable"


async def test_a_pooler_that_swallows_notifications_is_noticed(wire: Wire, tmp_path: Path) -> None:
    """/readyz says that others are not heard; everything goes on, only slower between replicas."""
    wire.deafen()
    office = World(wire.url, tmp_path)
    await office.open()
    try:
        asked = await (await office.agent()).asks()
        await (await office.card_of(asked)).click("Approve", by="alice")

        async with office.http.get(office.url + "/readyz") as ready:
            status, parts = ready.status, await ready.json()
        assert (status, parts["listener"]) == (200, "down")
        assert (await asked.answer())["type"] == "approve"
    finally:
        await office.close()


async def parked(asked: Asked) -> None:
    """Until its one waiting call has read, and sleeps."""
    office = asked.agent.world

    async def look() -> bool:
        async with office.http.get(office.url + "/metrics") as metrics:
            return "pullcord_waiting_agents 1.0" in await metrics.text()

    await office.until_true(look)
    await asked.see()  # it was in the queue behind that one
