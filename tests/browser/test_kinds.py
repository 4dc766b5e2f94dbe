"""Three people answer what unsure and paused agents ask, at the page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.screen import PHONE
from tests.rules.making import CLAIM, QUESTION
from tests.world import Asked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.screen import Screen
    from tests.world import World

    Look = Callable[..., Awaitable[Screen]]

pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def asks(world: World, name: str, question: dict[str, Any], **over: Any) -> Asked:
    agent = await world.agent(name)
    answer = await agent.posts(**(question | over))
    assert answer.status == 201, answer.json
    return Asked(agent, answer.json["id"])


async def test_alice_guides_and_bob_comes_too_late(world: World, look: Look) -> None:
    """One click on the claim's option; Bob, who was still writing, is told who was faster."""
    asked = await asks(world, "claims-bot", CLAIM)
    waiting = asyncio.create_task(asked.answer())
    alice, bob = await look("alice"), await look("bob")
    heading = alice.card.get_by_role("heading")
    await expect(heading).to_have_text("claim-2847 paused at determine_coverage")
    await bob.press("Answer…")
    await bob.dialog.get_by_label("Your answer").fill("Both, half each.")

    await alice.press("Apply clause 7.2")
    await alice.settled()
    await bob.send("Answer")

    assert (await waiting)["option_ids"] == ["7.2"]
    await expect(alice.card).to_contain_text("💬 Answered by Alice")
    await expect(bob.dialog).to_contain_text("Alice answered this")


async def test_carol_cannot_but_bob_can_in_his_own_words(world: World, look: Look) -> None:
    """Carol is told who may; Bob answers on his phone, for the rest of the run."""
    asked = await asks(world, "claims-bot", CLAIM)
    carol, bob = await look("carol"), await look("bob", size=PHONE)

    await carol.press("Clause 9.1")
    await expect(carol.private).to_contain_text("Only")
    await bob.press("Answer…")
    await bob.dialog.get_by_label("Clause 9.1").check()
    await bob.dialog.get_by_label("Your answer").fill("Liability first.")
    await bob.dialog.get_by_label("Keep this for the rest of the run").check()
    await bob.send("Answer")

    decision = await asked.answer()
    assert (decision["option_ids"], decision["guidance"]) == (["9.1"], "Liability first.")
    await bob.settled()
    await expect(bob.card).to_contain_text("For the rest of the run: Liability first.")


async def test_the_draft_is_edited_and_sent(world: World, look: Look) -> None:
    """The question, how sure the agent is, the draft in a box; what is sent stands on the card."""
    asked = await asks(world, "faq-bot", QUESTION)
    alice = await look("alice")
    await expect(alice.card).to_contain_text("2 of 5 claims have no source")

    await alice.press("Modify…")
    draft = alice.dialog.get_by_label("The answer")
    await expect(draft).to_have_value("Yes, for the first two years.")
    await draft.fill("Only if it was never opened.")
    await alice.send("Send this")

    assert (await asked.answer())["effective"] == {"answer": "Only if it was never opened."}
    await alice.settled()
    await expect(alice.card).to_contain_text("Only if it was never opened.")


async def test_a_refusal_of_guidance_is_behind_the_menu(world: World, look: Look) -> None:
    """⋯ has everything to read, and Reject…"""
    asked = await asks(world, "claims-bot", CLAIM)
    alice = await look("alice")

    await alice.choose("Reject…")
    await alice.dialog.get_by_label("Or in your own words").fill("Close it.")
    await alice.send("Reject")

    assert (await asked.answer())["comment"] == "Close it."
