"""Cancel, redeem and outcome, in the order of answers that agents rely on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from handlers.agents.examples import REQUEST
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


@pytest.fixture
async def watchdog(door: Door) -> Agent:
    return await door.watchdog()


async def redeemed(agent: Agent, path: str, redeem_id: str = "r1", **more: Any) -> tuple[int, str]:
    answer = await agent.send("POST", f"{path}/redeem", {"redeem_id": redeem_id} | more)
    return answer.status, "" if answer.status == 200 else answer.code


async def test_cancelling_twice_is_cancelling_once(agent: Agent) -> None:
    """The second time changes nothing, not even the version; a body may be left out."""
    path = await agent.asks()

    first = await agent.send("POST", f"{path}/cancel")
    second = await agent.send("POST", f"{path}/cancel", {})

    assert (first.status, second.status) == (200, 200)
    assert first.json == second.json
    assert first.json["status"] == "cancelled"


async def test_what_is_settled_cannot_be_cancelled(agent: Agent, watchdog: Agent) -> None:
    """The answer stands, and the agent is told who gave it."""
    path = await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    answer = await agent.send("POST", f"{path}/cancel")

    assert (answer.status, answer.code) == (409, "already_settled")
    assert "watchdog" in answer.json["detail"]


async def test_a_cancel_takes_no_fields(agent: Agent) -> None:
    """A field that would do nothing is refused."""
    path = await agent.asks()

    answer = await agent.send("POST", f"{path}/cancel", {"reason": "?"})

    assert answer.pointers == ["/reason"]


async def test_an_approval_is_handed_to_one_redeemer_for_ever(
    door: Door, agent: Agent, watchdog: Agent
) -> None:
    """The winner may ask again, even long after the approval has expired for everybody else."""
    path = await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    first = await agent.send("POST", f"{path}/redeem", {"redeem_id": "r1"})
    door.clock.forward(days=30)
    again = await agent.send("POST", f"{path}/redeem", {"redeem_id": "r1"})

    assert again.json == first.json
    tool = REQUEST["tool"]
    assert first.json["effective"] == {"tool": tool["name"], "arguments": tool["arguments"]}
    seen = await agent.sees(path)
    assert seen["redeemed"] == first.json["redeemed"]
    assert first.json["decision_id"] == seen["decision"]["id"]
    assert first.json["effective_digest"] == seen["action_digest"]


async def test_the_order_of_refusals_when_redeeming(
    door: Door, agent: Agent, watchdog: Agent
) -> None:
    """Nothing to run, wrong digest, another redeemer, too late: the first that holds is said."""
    path, late = await agent.asks(), await agent.asks(valid_for="90s")
    answers = [await redeemed(agent, path, digest="sha256:wrong")]
    for one in (path, late):
        await watchdog.send("POST", f"{one}/decision", {"type": "approve"})
    answers.append(await redeemed(agent, path, digest="sha256:wrong"))
    answers.append(await redeemed(agent, path))
    answers.append(await redeemed(agent, path, "r2", digest="sha256:wrong"))
    door.clock.forward(days=2)
    answers.append(await redeemed(agent, path, "r2"))
    answers.append(await redeemed(agent, late, digest="sha256:wrong"))
    answers.append(await redeemed(agent, late))

    assert answers == [
        (409, "nothing_to_run"),
        (409, "digest_mismatch"),
        (200, ""),
        (409, "digest_mismatch"),
        (409, "already_redeemed"),
        (409, "digest_mismatch"),
        (410, "approval_expired"),
    ]


async def test_of_parallel_redeemers_one_wins(agent: Agent, watchdog: Agent) -> None:
    """Ten hands reach for one approval: one holds it."""
    path = await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    answers = await asyncio.gather(*(redeemed(agent, path, f"r{n}") for n in range(10)))

    assert sorted(answers) == [(200, "")] + [(409, "already_redeemed")] * 9


async def test_a_rejection_hands_out_nothing(agent: Agent, watchdog: Agent) -> None:
    """The comment is there for the agent, and nothing may run."""
    path = await agent.asks()
    answer = await watchdog.send(
        "POST", f"{path}/decision", {"type": "reject", "comment": "Another product."}
    )

    assert answer.json["decision"]["comment"] == "Another product."
    assert answer.json["decision"]["effective"] is None
    assert await redeemed(agent, path) == (409, "nothing_to_run")


async def test_an_outcome_is_reported_once(agent: Agent, watchdog: Agent) -> None:
    """The same report again is the same; another one is refused."""
    path, early = await agent.asks(), await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "approve"})

    first = await agent.send("POST", f"{path}/outcome", {"status": "succeeded", "note": "R-1"})
    again = await agent.send("POST", f"{path}/outcome", {"status": "succeeded", "note": "R-1"})
    other = await agent.send("POST", f"{path}/outcome", {"status": "failed"})
    too_early = await agent.send("POST", f"{early}/outcome", {"status": "not_run"})

    assert first.json["outcome"]["status"] == "succeeded"
    assert again.json == first.json
    assert (other.status, other.code) == (409, "outcome_recorded")
    assert too_early.status == 409


async def test_a_rejection_can_be_acknowledged(agent: Agent, watchdog: Agent) -> None:
    """`not_run` is always true; `succeeded` is not, where nothing could run."""
    path = await agent.asks()
    await watchdog.send("POST", f"{path}/decision", {"type": "reject", "comment": "No."})

    claimed = await agent.send("POST", f"{path}/outcome", {"status": "succeeded"})
    honest = await agent.send("POST", f"{path}/outcome", {"status": "not_run"})

    assert claimed.code == "nothing_to_run"
    assert honest.json["outcome"]["status"] == "not_run"


async def test_other_agents_verbs_find_nothing(door: Door, agent: Agent) -> None:
    """Whoever holds another name cannot even learn that the escalation exists."""
    path, stranger = await agent.asks(), await door.agent("other-bot")

    answers = [
        await stranger.send("POST", f"{path}/cancel"),
        await stranger.send("POST", f"{path}/redeem", {"redeem_id": "r"}),
        await stranger.send("POST", f"{path}/outcome", {"status": "not_run"}),
    ]

    assert [answer.code for answer in answers] == ["not_found"] * 3


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("redeem", {}, "/redeem_id"),
        ("redeem", {"redeem_id": ""}, "/redeem_id"),
        ("redeem", {"redeem_id": 1}, "/redeem_id"),
        ("redeem", {"redeem_id": "r", "digets": "d"}, "/digets"),
        ("outcome", {"status": "done"}, "/status"),
        ("outcome", {"status": "failed", "note": "x" * 3001}, "/note"),
    ],
)
async def test_small_bodies_are_checked_like_large_ones(
    agent: Agent, verb: str, body: dict[str, Any], pointer: str
) -> None:
    """Verbs refuse typos too."""
    path = await agent.asks()

    answer = await agent.send("POST", f"{path}/{verb}", body)

    assert (answer.status, answer.pointers) == (422, [pointer])
