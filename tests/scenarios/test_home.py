"""The Home tab of people who look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.world import PEOPLE, words_in

if TYPE_CHECKING:
    from tests.world import World


def home(world: World, who: str) -> str:
    found = world.slack.homes.get(PEOPLE[who])
    return "\n".join(words_in(found.view["blocks"])) if found else ""


async def opens(world: World, who: str, tab: str = "home") -> None:
    status, answer = await world.control("home", user=PEOPLE[who], tab=tab)
    assert (status, answer["status"]) == (200, 200), answer


async def presses(world: World, who: str, asked_id: str, action: str, **more: Any) -> None:
    blocks = world.slack.homes[PEOPLE[who]].view["blocks"]
    row = next(b["block_id"] for b in blocks if asked_id in b.get("block_id", ""))
    status, answer = await world.control(
        "home/click", user=PEOPLE[who], action_id=action, block_id=row, confirmed=True, **more
    )
    assert (status, answer["status"]) == (200, 200), answer


async def test_what_waits_for_somebody_is_decided_on_their_home_tab(world: World) -> None:
    """Urgent first, decided in place, and fresh a moment later; others' routes are not theirs."""
    agent = await world.agent()
    first = await agent.asks(action="The older one")
    urgent = await agent.asks(action="The urgent one", urgency="high")
    await agent.asks_refund(2000, action="Only for Carol and Bob")
    card = await world.card_of(first)
    await card.click("I'm looking", by="bob")

    await opens(world, "alice")
    await world.until(lambda: "The older one" in home(world, "alice"))
    seen = home(world, "alice")
    await opens(world, "bob")
    await world.until(lambda: "Only for Carol" in home(world, "bob"))
    assert home(world, "bob").startswith("You took\n")
    await presses(world, "alice", urgent.id, "reject")
    await world.submit("alice", reason="No")
    await presses(world, "alice", first.id, "approve")
    await world.until(lambda: "Nothing waits for you." in home(world, "alice"))

    assert seen.index("The urgent one") < seen.index("The older one")
    assert "Only for Carol" not in seen
    assert "Bob is looking at it" in seen
    decision = await first.answer()
    assert (decision["decided_by"]["via"], (await urgent.answer())["type"]) == ("home", "reject")
    await opens(world, "carol", tab="messages")
    assert home(world, "carol") == ""


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_what_happens_there_is_said_there(world: World) -> None:
    """A click that comes too late, or counts as one of two, opens a notice over the tab."""
    agent = await world.agent()
    asked = await agent.asks_refund(2000)
    card = await world.card_of(asked, "#money")
    await world.control("faults", method="views.publish", error="internal_error")
    for who in ("gus", "carol"):
        await opens(world, who)
    await world.until(lambda: "Send refund" in home(world, "carol"))
    await world.until_true(lambda: _says(world, "gus", "no route of the policy"))

    await presses(world, "carol", asked.id, "approve")
    assert "1 of 2" in str(await world.modal_of("carol"))
    await world.control("view/close", user=PEOPLE["carol"], all=True)
    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="No")
    await asked.answer()
    await presses(world, "carol", asked.id, "approve")
    assert "Bob rejected this" in str(await world.modal_of("carol"))


async def _says(world: World, who: str, words: str) -> bool:
    return words in home(world, who)
