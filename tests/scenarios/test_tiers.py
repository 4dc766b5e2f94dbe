"""Nobody answers for long: others are asked besides, elsewhere, and more urgently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scenarios.test_deadlines import under
from tests.scenarios.test_reminders import events, later, reminders
from tests.world import POLICY

if TYPE_CHECKING:
    from tests.world import World

_TIERS = (
    "tiers: [{after: 10m, channel: C03MONEY, reviewers: [seconds], urgency: high}, "
    "{after: 20m, urgency: critical}]"
)


async def test_a_tier_asks_others_besides(world: World) -> None:
    """It adds a channel and people, raises the urgency, and keeps votes and deadline; the card says
    so in words.
    """
    await under(world, f"approvals: 2, {_TIERS}")
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    before = await asked.see()
    await card.click("Approve", by="alice")
    await card.click("Approve", by="carol")
    assert "Only Alice and Bob can decide this" in (await world.whispered("carol"))[0]

    await later(world, minutes=10)
    second = await world.card_of(asked, "#money")
    await card.until(lambda one: "Nobody had answered after 10 min" in one.text)
    assert "“seconds” may answer as well and it is urgent now" in second.text
    assert "Approvals 1 of 2: Alice" in second.text
    await second.click("Approve", by="dave")
    await second.click("Approve", by="carol")

    after = await asked.see(wait=5)
    assert (after["urgency"], after["expires_at"]) == ("high", before["expires_at"])
    assert [vote["actor"]["display_name"] for vote in after["decision"]["votes"]] == [
        "Alice", "Carol",
    ]  # fmt: skip
    assert "Only Alice, Bob and Carol can decide this" in (await world.whispered("dave"))[0]
    for one in (card, second):
        await one.until(lambda shown: "by Carol" in shown.text and not shown.buttons)
    assert (await events(world, asked)).count("escalation.raised") == 1


async def test_a_tier_without_a_channel_reminds(world: World) -> None:
    """A change of a card that stands is seen by nobody: there is a word beside it. The policy loses
    a tier meanwhile, and nothing breaks.
    """
    await under(world, _TIERS.replace("channel: C03MONEY, ", ""))
    asked = await (await world.agent()).asks()
    await world.card_of(asked)

    await later(world, minutes=25)
    await world.until(lambda: len(reminders(world)) == 1)
    (one,) = reminders(world)
    assert "most urgent now" in one.text
    assert (await asked.see())["urgency"] == "critical"
    world.policy = POLICY
    await world.stop_bot()
    await world.start_bot()
    await later(world, minutes=10)

    card = await world.card_of(asked)
    await card.click("Approve", by="carol")
    assert "Only Alice and Bob can decide this" in (await world.whispered("carol"))[0]
    await card.click("Approve", by="bob")
    assert (await asked.answer())["decided_by"]["display_name"] == "Bob"


async def test_a_policy_with_fewer_steps_breaks_nothing(world: World) -> None:
    """What a question was waiting for is gone: its timers go, and it stays as it is."""
    await under(world, f"remind_after: [10m], {_TIERS}")
    asked = await (await world.agent()).asks()
    await world.card_of(asked)
    world.policy = POLICY
    await world.stop_bot()
    await world.start_bot()

    await later(world, minutes=10)
    await later(world, minutes=30)

    seen = await asked.see()
    assert (seen["status"], seen["urgency"]) == ("open", "normal")
    assert not {"escalation.reminded", "escalation.raised"} & {*await events(world, asked)}
