"""Nobody answers in time: the route says whether it expires, is rejected, or is approved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.receiver import receiver
from tests.world import POLICY

if TYPE_CHECKING:
    from tests.world import World

_REASONS = 'quick_reasons: ["Customer already paid back"]}'


async def under(world: World, route: str) -> None:
    """The default route has these keys besides."""
    world.policy = POLICY.replace(_REASONS, f"{route}}}")
    await world.stop_bot()
    await world.start_bot()


async def test_the_clock_rejects(world: World) -> None:
    """The agent is told that it is decided, with words; whoever clicks then is told so too."""
    await under(world, "on_timeout: reject")
    async with receiver() as hook:
        agent = await world.agent(callback_secret=True)
        asked = await agent.asks(callback={"url": hook.url})
        card = await world.card_of(asked)
        assert "else it is rejected" in card.text

        world.clock.forward(hours=4)
        await card.click("Approve", by="alice")
        await hook.until(1)

        told = json.loads(hook.arrived[0].body)
    decision = (await asked.see())["decision"]
    assert told["type"] == "escalation.decided"
    assert told["data"]["decision"] == decision
    assert (decision["type"], decision["provenance"]) == ("reject", "timeout")
    assert decision["effective"] is None
    assert decision["comment"].startswith("Nobody answered by ")
    assert (await asked.do("redeem", redeem_id="r1")).json["code"] == "nothing_to_run"
    assert "so it was rejected" in (await asked.do("redeem", redeem_id="r1")).json["detail"]
    await card.until(lambda one: "so it was *rejected*" in one.text and not one.buttons)
    assert "Time ran out" in (await world.whispered("alice"))[0]


async def test_the_clock_approves(world: World) -> None:
    """Whatever door finds it overdue: the redeemer is handed what was asked, and nobody else."""
    await under(world, "on_timeout: approve, valid_for: 1h")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    assert "else it is approved" in card.text

    world.clock.forward(hours=4)
    redeemed = await asked.do("redeem", redeem_id="r1")

    seen = await asked.see()
    decision = seen["decision"]
    assert (decision["type"], decision["provenance"]) == ("approve", "timeout")
    assert decision["effective_digest"] == seen["action_digest"]
    assert redeemed.json["effective"] == decision["effective"]
    assert (await asked.do("redeem", redeem_id="r2")).json["code"] == "already_redeemed"
    assert "so it was approved" in (await asked.do("cancel")).json["detail"]
    await card.until(lambda one: "so it was *approved*" in one.text)


async def test_the_clock_does_not_approve_what_people_refused(world: World) -> None:
    """Neither what was refused lately nor what is risky: the card says that it expires, and so it
    does.
    """
    await under(world, "on_timeout: approve")
    agent = await world.agent()
    first = await agent.asks()
    risky = await agent.asks_refund(77, risk={"level": "high"})
    card = await world.card_of(first)
    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="Not this one.")
    again = await agent.asks()
    cards = [await world.card_of(one) for one in (again, risky)]

    world.clock.forward(hours=4)

    async def ended() -> list[Any]:
        return [(await one.see())["status"] for one in (again, risky)]

    await world.until_true(lambda: _are(ended, ["expired", "expired"]))
    for one in cards:
        await one.until(lambda shown: "Nobody answered" in shown.text)
        said = [blocks for blocks in one.message.earlier if "else it expires" in str(blocks)]
        assert said


async def _are(ended: Any, wanted: list[str]) -> bool:
    return bool(await ended() == wanted)
