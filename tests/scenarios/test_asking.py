"""What an agent may ask for, and how long an answer is good."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.world import REFUND

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("ahead", "says"), [({"seconds": -1}, "past"), ({"days": 31}, "too far ahead")]
)
async def test_a_deadline_out_of_bounds(world: World, ahead: dict[str, Any], says: str) -> None:
    """422 with its pointer, and the key is not used up."""
    agent = await world.agent()
    deadline = (world.clock.now + timedelta(**ahead)).isoformat()

    refused = await agent.posts(key="k1", **(REFUND | {"deadline": deadline}))
    again = await agent.posts(key="k1", **REFUND)

    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/deadline"
    assert says in refused.json["detail"]
    assert again.status == 201


async def test_an_earlier_deadline_tightens(world: World) -> None:
    """The request's, when it comes before the route's."""
    soon = (world.clock.now + timedelta(minutes=5)).isoformat()

    asked = await (await world.agent()).asks(deadline=soon)
    world.clock.forward(minutes=5)

    assert (await asked.see(wait=5))["status"] == "expired"


async def test_an_approval_is_good_for_a_while(world: World) -> None:
    """After `valid_for` it can no longer be redeemed; the one who had it keeps it."""
    agent = await world.agent()
    late, early = await agent.asks_refund(10, valid_for="60s"), await agent.asks_refund(11)
    assert (await early.do("redeem", redeem_id="r1")).status == 200

    world.clock.forward(seconds=61)

    answer = await late.do("redeem", redeem_id="r1")
    assert (answer.status, answer.json["code"]) == (410, "approval_expired")
    world.clock.forward(days=2)
    assert (await early.do("redeem", redeem_id="r1")).status == 200
    assert (await early.do("redeem", redeem_id="r2")).json["code"] == "already_redeemed"


async def test_outcomes_in_order(world: World) -> None:
    """Only what may run can succeed; the same report twice is one, another one is refused."""
    agent = await world.agent()
    waiting = await agent.asks()
    assert (await waiting.do("outcome", status="succeeded")).json["code"] == "nothing_to_run"
    await waiting.do("cancel")
    assert (await waiting.do("outcome", status="failed")).json["code"] == "nothing_to_run"
    assert (await waiting.do("outcome", status="not_run")).status == 200

    approved = await agent.asks_refund(10)
    first = await approved.do("outcome", status="succeeded", note="paid")
    again = await approved.do("outcome", status="succeeded", note="paid")
    other = await approved.do("outcome", status="failed")

    assert (first.status, again.status) == (200, 200)
    assert first.json["version"] == again.json["version"]
    assert other.json["code"] == "outcome_recorded"


async def test_settled_things_stay_settled(world: World) -> None:
    """Cancelling a decided escalation and deciding a cancelled one are both too late."""
    agent = await world.agent()
    decided = await agent.asks_refund(10)
    cancelled = await agent.asks_refund(2000)
    await cancelled.do("cancel")
    voter = await world.agent("watchdog", scopes=("decide",))

    late = await decided.do("cancel")
    later = await voter.call(
        "POST", f"/v1/escalations/{cancelled.id}/decision", {"type": "approve"}
    )

    assert (late.status, late.json["code"]) == (409, "already_settled")
    assert (later.status, later.json["code"]) == (409, "already_settled")


async def test_nothing_runs_before_a_decision(world: World) -> None:
    """Redeeming an open or an expired escalation says why not."""
    asked = await (await world.agent()).asks()

    early = await asked.do("redeem", redeem_id="r1")
    world.clock.forward(hours=5)
    late = await asked.do("redeem", redeem_id="r1")

    assert "Nobody has decided yet" in early.json["detail"]
    assert late.json["code"] == "nothing_to_run"


async def test_a_wrong_digest_uses_nothing_up(world: World) -> None:
    """The agent holds another action than the one decided; the right one still works."""
    asked = await (await world.agent()).asks_refund(10)
    digest = (await asked.see())["decision"]["effective_digest"]

    wrong = await asked.do("redeem", redeem_id="r1", digest="sha256:" + "0" * 64)
    right = await asked.do("redeem", redeem_id="r1", digest=digest)

    assert (wrong.status, wrong.json["code"]) == (409, "digest_mismatch")
    assert right.status == 200
