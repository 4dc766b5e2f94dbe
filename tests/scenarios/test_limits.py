"""An agent asks no faster, and leaves no more questions open, than the policy lets it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.world import POLICY, REFUND

if TYPE_CHECKING:
    from tests.world import World

# How Slack delivers makes no difference here.
pytestmark = pytest.mark.parametrize("way", ["http"], indirect=True)

BOUNDS = POLICY + "agents:\n  refund-bot: {rate: 3/1m}\n  chatty-bot: {max_open: 2}\n"


@pytest.fixture
async def bounded(world: World) -> World:
    world.policy = BOUNDS
    await world.stop_bot()
    await world.start_bot()
    return world


async def test_a_rate_is_kept_and_told(bounded: World) -> None:
    """Three in a minute, all at once if it likes; the fourth is told when, and asks again then."""
    agent = await bounded.agent()

    answers = [await agent.posts(key=f"k{n}", **REFUND) for n in range(4)]
    early = answers[3]
    bounded.clock.forward(seconds=int(early.headers["Retry-After"]))
    later = await agent.posts(key="k3", **REFUND)

    assert [a.status for a in answers] == [201, 201, 201, 429]
    assert [a.headers["RateLimit"] for a in answers[:3]] == [
        '"rate";r=2;t=20',
        '"rate";r=1;t=40',
        '"rate";r=0;t=60',
    ]
    assert answers[0].headers["RateLimit-Policy"] == '"rate";q=3;w=60'
    assert early.json["code"] == "rate_limited"
    assert early.headers["RateLimit"] == '"rate";r=0;t=20'
    assert later.status == 201


async def test_one_rate_for_all_keys_of_a_name(bounded: World) -> None:
    """However many keys and however parallel: three, and nobody else is counted."""
    keys = [await bounded.agent() for _ in range(3)]
    other = await bounded.agent("other-bot")

    answers = await asyncio.gather(*(key.posts(**REFUND) for key in keys for _ in range(3)))
    unbounded = await other.posts(**REFUND)

    assert sorted(a.status for a in answers) == [201] * 3 + [429] * 6
    assert unbounded.status == 201
    assert "RateLimit" not in unbounded.headers


async def test_a_replay_costs_nothing(bounded: World) -> None:
    """What was asked before is answered however fast it is asked again."""
    agent = await bounded.agent()
    first = [await agent.posts(key=f"k{n}", **REFUND) for n in range(3)]

    again = [await agent.posts(key="k0", **REFUND) for _ in range(5)]

    assert {a.json["id"] for a in again} == {first[0].json["id"]}
    assert {a.status for a in again} == {200}


async def test_a_refused_question_uses_up_nothing(bounded: World) -> None:
    """Neither its key nor the rate: corrected, it may come at once."""
    agent = await bounded.agent()

    for _ in range(5):
        wrong = await agent.posts(key="k", **(REFUND | {"deadline": "2020-01-01T00:00:00Z"}))
        assert wrong.status == 422
    answers = [await agent.posts(key=f"k{n}", **REFUND) for n in range(3)]

    assert [a.status for a in answers] == [201] * 3


async def test_too_many_open_questions(bounded: World) -> None:
    """The third waits until one is gone; a rule's decision counts not, and operators hear once."""
    agent = await bounded.agent("chatty-bot")
    first = await agent.asks()
    await agent.asks()

    refused = [await agent.posts(key=f"r{n}", **REFUND) for n in range(3)]
    await agent.asks_refund(20)
    await first.do("cancel")
    taken = await agent.posts(key="r0", **REFUND)

    assert {a.status for a in refused} == {429}
    assert "2 open questions" in refused[0].json["detail"]
    assert refused[0].headers["Retry-After"] == "60"
    assert refused[0].headers["RateLimit-Policy"] == '"open";q=2'
    assert taken.status == 201
    await bounded.until(lambda: bool(told_admins(bounded)))
    assert len(told_admins(bounded)) == 1
    assert "chatty-bot has 2 open questions" in told_admins(bounded)[0]


async def test_the_queue_in_figures(world: World) -> None:
    """Each agent sees its own; a key that decides sees everything."""
    agent, other = await world.agent(), await world.agent("other-bot")
    watchdog = await world.agent("watchdog", scopes=("decide",))
    assert (await agent.call("GET", "/v1/queue")).json == {
        "open": 0, "oldest_seconds": 0.0, "by_urgency": {}, "by_route": {},
    }  # fmt: skip
    await agent.asks(urgency="low")
    world.clock.forward(minutes=2)
    await agent.asks_refund(2000)
    await other.asks()

    mine = (await agent.call("GET", "/v1/queue")).json
    everything = (await watchdog.call("GET", "/v1/queue")).json
    wrong = await agent.call("GET", "/v1/queue?route=money")

    assert mine == {
        "open": 2,
        "oldest_seconds": 120.0,
        "by_urgency": {"low": 1, "high": 1},
        "by_route": {"default": 1, "money": 1},
    }
    assert everything["open"] == 3
    assert everything["by_route"] == {"default": 2, "money": 1}
    assert wrong.status == 422


def told_admins(world: World) -> list[str]:
    return [m.text for m in world.slack.channels["C09ADMIN"].messages.values()]
