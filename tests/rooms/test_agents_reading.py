"""Reading: now, page by page, or as soon as there is an answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.start import TimeOrderedIds
from bot.store.open import open_ledger
from bot.usecases.cancel import cancel
from bot.usecases.keys import recognise
from bot.usecases.show import look_for_everybody
from tests.rooms.test_agents_door import Agent, Door, open_door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as made:
        yield made


@pytest.fixture
async def agent(door: Door) -> Agent:
    return await door.agent()


async def test_a_decision_ends_the_wait(door: Door, agent: Agent) -> None:
    """The parked agent has the decision as soon as it is durable."""
    path, watchdog = await agent.asks(), await door.watchdog()
    waiting = asyncio.create_task(agent.send("GET", f"{path}?wait=55"))
    await door.asleep.until(1)

    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    answer = await asyncio.wait_for(waiting, 5)
    assert answer.status == 200
    assert answer.json["status"] == "decided"
    assert answer.json["decision"]["decided_by"]["id"] == "watchdog"


async def test_a_vote_alone_does_not_end_the_wait(door: Door, agent: Agent) -> None:
    """Half an agreement is no answer, unless the agent waits for any change."""
    path, watchdog = await agent.asks(category="two"), await door.watchdog()
    plain = asyncio.create_task(agent.send("GET", f"{path}?wait=55"))
    curious = asyncio.create_task(agent.send("GET", f"{path}?wait=55", If_None_Match='"1"'))
    await door.asleep.until(2)

    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})
    seen = await asyncio.wait_for(curious, 5)
    sentry = await door.watchdog("sentry")
    await sentry.send("POST", f"{path}/decision", {"type": "approve"})

    assert (seen.status, seen.json["status"], seen.headers["ETag"]) == (200, "open", '"2"')
    assert (await asyncio.wait_for(plain, 5)).json["status"] == "decided"


async def test_a_lost_wake_up_call_is_made_up_for(door: Door, agent: Agent, tmp_path: Path) -> None:
    """Whoever waits for what has changed unheard is found by the sweep; the others sleep on."""
    path, other = await agent.asks(), await agent.asks()
    waiting = [asyncio.create_task(agent.send("GET", f"{p}?wait=55")) for p in (path, other)]
    await door.asleep.until(2)
    caller = await recognise(door.desk, agent.key)
    elsewhere = open_ledger(f"sqlite:///{tmp_path}/pullcord.db", door.clock, TimeOrderedIds())
    await cancel(replace(door.desk, ledger=elsewhere), caller, path.rpartition("/")[2])
    await elsewhere.close()

    missed = await look_for_everybody(door.desk)

    answer = await asyncio.wait_for(waiting[0], 5)
    assert (missed, answer.json["status"]) == (1, "cancelled")
    assert not waiting[1].done()
    door.desk.waker.wake_everybody()
    assert (await waiting[1]).json["status"] == "open"
    assert await look_for_everybody(door.desk) == 0


async def test_a_wait_that_is_over_says_still_open(agent: Agent) -> None:
    """Without an answer the wait ends with the escalation as it is."""
    path = await agent.asks()

    answer = await agent.send("GET", f"{path}?wait=0.05")

    assert (answer.status, answer.json["status"]) == (200, "open")


async def test_a_known_version_is_not_sent_again(agent: Agent) -> None:
    """304 with a hint when to come back: at once without a wait, else when it is over."""
    path = await agent.asks()

    answers = [
        await agent.send("GET", path, If_None_Match='"1"'),
        await agent.send("GET", path, If_None_Match='W/"7", W/"1"'),
        await agent.send("GET", f"{path}?wait=0.05", If_None_Match='"1"'),
        await agent.send("GET", path, If_None_Match="*"),
    ]

    assert [answer.status for answer in answers] == [304] * 4
    assert {answer.headers["Retry-After"] for answer in answers} == {"1"}
    assert {answer.headers["ETag"] for answer in answers} == {'"1"'}


async def test_another_version_is_sent_at_once(agent: Agent) -> None:
    """However long the client would have waited."""
    path = await agent.asks()

    answer = await agent.send("GET", f"{path}?wait=55", If_None_Match='"0"')

    assert (answer.status, answer.json["version"]) == (200, 1)


async def test_what_is_settled_and_known_is_304_at_once(agent: Agent) -> None:
    """Nothing more will come, so nobody waits for it."""
    path = await agent.asks()
    await agent.send("POST", f"{path}/cancel")

    answer = await agent.send("GET", f"{path}?wait=55", If_None_Match='"2"')

    assert answer.status == 304


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("wait=0", "wait=0"),
        ("respond-async, wait=0.01", "wait=0.01"),
        ('handling=lenient; x, Wait = "0"', "wait=0"),
        ("respond-async", None),
        ("no-wait=3", None),
    ],
)
async def test_a_preference_is_applied_and_echoed(
    agent: Agent, prefer: str, applied: str | None
) -> None:
    """`Prefer: wait=` does what `?wait=` does (RFC 7240)."""
    answer = await agent.send("GET", await agent.asks(), Prefer=prefer)

    assert (answer.status, answer.headers.get("Preference-Applied")) == (200, applied)


async def test_no_wait_is_longer_than_55_seconds(agent: Agent) -> None:
    """More counts as 55, and the answer says so."""
    path = await agent.asks(category="tiny")

    answer = await agent.send("GET", path, Prefer="wait=86400")

    assert answer.headers["Preference-Applied"] == "wait=55"


@pytest.mark.parametrize(
    "query",
    ["wait=-1", "wait=NaN", "wait=inf", "wait=", "wait=1e9", "wait=1&wait=2", "weit=1", "wait=%00"],
)
async def test_a_wait_that_is_no_number_is_refused(agent: Agent, query: str) -> None:
    """A typo in the address is not silently dropped either."""
    path = await agent.asks()

    assert (await agent.send("GET", f"{path}?{query}")).code == "invalid"


async def test_a_client_that_goes_is_not_waited_for(
    door: Door, agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the connection is gone the waiting ends, without an answer to anybody."""
    monkeypatch.setattr("bot.usecases.show.LOOK_UP_SECONDS", 0.05)
    path = await agent.asks()
    _, writer = await asyncio.open_connection("127.0.0.1", door.port)
    writer.write(
        f"GET {path}?wait=55 HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {agent.key}\r\n\r\n".encode()
    )
    await door.asleep.until(1)

    writer.close()

    await door.inside.until(0)


async def test_pages_lead_through_everything_once(agent: Agent) -> None:
    """Oldest first, and the cursor goes on where the page ended."""
    paths = [await agent.asks() for _ in range(5)]

    found, query = [], "?limit=2"
    while query:
        page = await agent.sees(f"/v1/escalations{query}")
        found += [f"/v1/escalations/{item['id']}" for item in page["items"]]
        query = f"?limit=2&after={page['next']}" if page["next"] else ""

    assert found == paths


async def test_a_list_can_be_narrowed(door: Door, agent: Agent) -> None:
    """By state, category and group; other agents' are never in it, unless the key reads all."""
    stranger, watchdog = await door.agent("other-bot"), await door.watchdog()
    for more in ({"category": "tiny"}, {"group_key": "g"}, {}):
        await agent.asks(**more)
    await stranger.asks()

    async def count(who: Agent, query: str) -> int:
        return len((await who.sees(f"/v1/escalations{query}"))["items"])

    assert await count(agent, "") == 3
    assert await count(agent, "?status=decided") == 1
    assert await count(agent, "?category=tiny") == 1
    assert await count(agent, "?group_key=g") == 1
    assert await count(stranger, "") == 1
    assert await count(watchdog, "") == 4


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("status=openn", "?status"),
        ("limit=0", "?limit"),
        ("limit=201", "?limit"),
        ("limit=ten", "?limit"),
        ("limit=٣", "?limit"),
        ("limit=1&limit=2", "?limit"),
        ("after=junk", "?after"),
        ("after=%00", "?after"),
        ("after=é", "?after"),
        ("category=%00", "?category"),
        ("category=", "?category"),
        ("group_key=" + "x" * 257, "?group_key"),
        ("offset=3", "?offset"),
    ],
)
async def test_a_wrong_parameter_is_named(agent: Agent, query: str, pointer: str) -> None:
    """422 with the parameter's name in the place of a pointer."""
    answer = await agent.send("GET", f"/v1/escalations?{query}")

    assert (answer.status, answer.pointers) == (422, [pointer])
