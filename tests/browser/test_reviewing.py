"""People review what agents ask, at the page, with mouse, thumb and keyboard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.screen import PHONE
from tests.world import REFUND

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.screen import Screen
    from tests.world import World

    Look = Callable[..., Awaitable[Screen]]

# What is stored where is told by tests/scenarios on both databases.
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

ACTION = REFUND["action"]


async def scrolls_sideways(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth > innerWidth"))


async def test_alice_approves(world: World, look: Look) -> None:
    """The card asks, the dialog asks again, the card is settled, and the agent goes on."""
    asked = await (await world.agent()).asks()
    waiting = asyncio.create_task(asked.answer())
    alice = await look("alice")
    await expect(alice.card.get_by_role("heading")).to_have_text(ACTION)

    await alice.press("Approve")
    await expect(alice.confirm).to_contain_text("cannot be undone")
    await expect(alice.confirm).to_contain_text(ACTION)
    await expect(alice.confirm).to_contain_text(REFUND["impact"])
    await alice.agree()

    decision = await waiting
    assert decision["type"] == "approve"
    assert decision["decided_by"]["display_name"] == "Alice"
    await alice.settled()
    await expect(alice.card).to_contain_text("✅ Approved by Alice")
    await expect(alice.private).to_have_count(0)


async def test_going_back_decides_nothing(world: World, look: Look) -> None:
    """Whoever leaves the confirm dialog has not clicked."""
    asked = await (await world.agent()).asks()
    alice = await look("alice")

    await alice.press("Approve")
    await alice.confirm.get_by_role("button", name="Go back").click()

    await expect(alice.confirm).to_have_count(0)
    await expect(alice.button("Approve")).to_be_focused()
    assert (await asked.see())["status"] == "open"


async def test_alice_changes_the_amount(world: World, look: Look) -> None:
    """A wrong amount is said at its field; the right one runs, and the card shows the change."""
    amount = {"type": "number", "multipleOf": 0.5}
    tool = REFUND["tool"] | {"input_schema": {"properties": {"amount": amount}}}
    asked = await (await world.agent()).asks(tool=tool)
    alice = await look("alice")
    await alice.press("Modify…")
    field = alice.dialog.get_by_label("Amount")
    await expect(field).to_have_value("247.5")
    await expect(field).to_be_focused()
    await alice.dialog.get_by_label("Note to the agent").fill("Shipping is not refundable")

    await field.fill("200.30")
    await alice.send("Approve this")
    await expect(alice.dialog.locator(".wrong")).to_contain_text("Must be a multiple of 0.5")
    await expect(field).to_be_focused()
    assert (await asked.see())["status"] == "open"
    await field.fill("200")
    await field.press("Enter")

    decision = await asked.answer()
    assert decision["effective"]["arguments"]["amount"] == 200
    assert decision["comment"] == "Shipping is not refundable"
    await expect(alice.dialog).to_have_count(0)
    await alice.settled()
    await expect(alice.card).to_contain_text("✅ Modified and approved by Alice")
    await expect(alice.card).to_contain_text("amount 247.5 → 200")
    await expect(alice.card.locator("blockquote")).to_have_text("Shipping is not refundable")


async def test_bob_asks_for_alternatives(world: World, look: Look) -> None:
    """A quick reason and a tick: the agent is sent back to think again."""
    asked = await (await world.agent()).asks()
    bob = await look("bob")

    await bob.press("Reject…")
    await bob.send("Reject")
    await expect(bob.dialog.locator(".wrong")).to_contain_text("choose or write a reason")
    await bob.dialog.get_by_label("Customer already paid back").check()
    await bob.dialog.get_by_label("Ask for alternatives").check()
    await bob.send("Reject")

    decision = await asked.answer()
    assert (decision["type"], decision["comment"]) == ("revise", "Customer already paid back")
    await bob.settled()
    await expect(bob.card).to_contain_text("Sent back for alternatives by Bob")
    await expect(bob.card.locator("blockquote")).to_have_text("Customer already paid back")


async def test_only_dave_is_told_that_he_may_not(world: World, look: Look) -> None:
    """Somebody outside the reviewers hears privately who decides; the others see nothing of it."""
    asked = await (await world.agent()).asks()
    dave = await look("dave")

    await dave.press("Approve")
    await dave.agree()
    await expect(dave.private).to_contain_text("Only visible to you")
    await expect(dave.private).to_contain_text("Alice and Bob can decide this")
    await dave.become("alice")

    await expect(dave.button("Approve")).to_be_visible()
    await expect(dave.private).to_have_count(0)
    assert (await asked.see())["status"] == "open"


async def test_a_card_changes_under_everybodys_eyes(world: World, look: Look) -> None:
    """Bob need not reload: what Alice decided stands on his screen, without buttons."""
    await (await world.agent()).asks()
    bob, alice = await look("bob"), await look("alice")
    await expect(bob.button("Approve")).to_be_visible()

    await alice.press("Approve")
    await alice.agree()

    await bob.settled()
    await expect(bob.card).to_contain_text("Approved by Alice")


async def test_show_everything_begins_at_the_top(world: World, look: Look) -> None:
    """The modal holds the agent's reasoning; nobody lands on its Approve unread."""
    reasoning = "The hinge was broken.\n" * 40
    await (await world.agent()).asks(context={"reasoning": reasoning})
    alice = await look("alice")

    await alice.choose("Show everything")

    await expect(alice.dialog.get_by_text(ACTION)).to_be_in_viewport()
    await expect(alice.dialog).to_contain_text("The hinge was broken.")
    await expect(alice.dialog.get_by_role("button", name="Approve")).not_to_be_in_viewport()
    await alice.page.keyboard.press("Escape")
    await expect(alice.dialog).to_have_count(0)
    await expect(alice.button("More actions")).to_be_focused()


async def test_long_things_are_paged(world: World, look: Look) -> None:
    """Every page can be turned to and back; Approve stands on the last one alone."""
    arguments = {f"line_{number}": "word " * 50 for number in range(30)}
    asked = await (await world.agent()).asks(
        tool={"name": "send_letter", "arguments": arguments},
        context={"reasoning": "So I think. " * 900},
    )
    alice = await look("alice")
    await expect(alice.button("Approve")).to_have_count(0)
    await alice.press("Show everything")
    approve = alice.dialog.get_by_role("button", name="Approve", exact=True)
    following = alice.dialog.get_by_role("button", name="Next page")
    said = await alice.dialog.get_by_text("Page 1 of").inner_text()
    last = int(said.removeprefix("Page 1 of "))
    assert last > 2

    for page in range(2, last + 1):
        await expect(approve).to_have_count(0)
        await following.press("Enter")
        await expect(alice.dialog).to_contain_text(f"Page {page} of {last}")
    await alice.dialog.get_by_role("button", name="Previous page").click()
    await following.click()
    await expect(following).to_have_count(0)
    await approve.click()
    await alice.agree()

    assert (await asked.answer())["type"] == "approve"
    await expect(alice.dialog).to_contain_text("The agent is told")


HOSTILE = "<script>boom()</script> <!channel> <https://evil.example|Approve> *x* \u202egnp.exe"


async def test_hostile_words_stay_words(world: World, look: Look) -> None:
    """Markup, pings, links and reversed text are shown, and do nothing."""
    padded = HOSTILE + " @here" * 40
    asked = await (await world.agent()).asks(
        action=padded[:300], reason=HOSTILE, impact=HOSTILE + "\n" * 60 + "And the end.",
        category="<!here>",
        tool={"name": "<!everyone>", "arguments": {"to": HOSTILE, "copies": 1}},
    )  # fmt: skip
    alice = await look("alice")

    await expect(alice.card).to_contain_text("<https://evil.example|Approve>")
    await expect(alice.card).to_contain_text("⟨U+202E⟩gnp.exe")
    await expect(alice.card.locator("a, script, img, .mention, [data-ping]")).to_have_count(0)
    labels = await alice.card.locator(".b-actions").get_by_role("button").all_inner_texts()
    assert labels == ["Approve", "Modify…", "Reject…", "⋯"]
    assert "\u202e" not in await alice.card.inner_text()
    # Sixty empty lines would have pushed the question out of sight.
    await expect(alice.card.get_by_text("<script>").first).to_be_in_viewport()
    await expect(alice.button("Approve")).to_be_in_viewport()
    await alice.press("Approve")
    await expect(alice.confirm.get_by_role("button")).to_have_text(["Go back", "Approve"])
    await alice.agree()

    assert (await asked.answer())["type"] == "approve"
    await alice.settled()
    await expect(alice.card.locator("a, script, .mention, [data-ping]")).to_have_count(0)


async def test_everything_fits_a_phone(world: World, look: Look) -> None:
    """At 390 pixels nothing scrolls sideways, and every button is under the thumb."""
    long_word = {"name": "issue_refund", "arguments": {"reference": "x" * 200, "amount": 300}}
    await (await world.agent()).asks(tool=long_word)
    alice = await look("alice", size=PHONE)
    for label in ("Approve", "Modify…", "Reject…", "More actions"):
        box = await alice.button(label).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE[0]
        assert box["height"] >= 40
    assert not await scrolls_sideways(alice.page)

    await alice.button("Modify…").tap()
    box = await alice.dialog.bounding_box()
    assert box == {"x": 0, "y": 0, "width": PHONE[0], "height": PHONE[1]}
    await expect(alice.dialog.get_by_role("button", name="Approve this")).to_be_in_viewport()
    assert not await scrolls_sideways(alice.page)
    await alice.dialog.get_by_role("button", name="Cancel").tap()
    await alice.choose("Show everything")

    await expect(alice.dialog).to_contain_text("Why you")
    assert not await scrolls_sideways(alice.page)


@pytest.mark.parametrize("how", [{}, {"size": PHONE}], ids=["wide", "phone"])
async def test_the_keyboard_is_enough(world: World, look: Look, how: dict[str, Any]) -> None:
    """Tab to Approve, Enter, Enter: decided, and the focus is still on the card."""
    asked = await (await world.agent()).asks()
    alice = await look("alice", **how)
    approve = alice.button("Approve")
    await expect(approve).to_be_visible()

    for _ in range(20):
        await alice.page.keyboard.press("Tab")
        if await approve.evaluate("node => node === document.activeElement"):
            break
    await expect(approve).to_be_focused()
    await alice.page.keyboard.press("Enter")
    await expect(alice.confirm.get_by_role("button", name="Approve")).to_be_focused()
    await alice.page.keyboard.press("Enter")

    assert (await asked.answer())["type"] == "approve"
    await alice.settled()
    await expect(alice.card).to_be_focused()
