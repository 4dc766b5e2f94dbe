"""A form with every kind of input, filled in at the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import expect

from tests.browser.screen import PHONE, WIDE
from tests.scenarios.test_forms import ARGUMENTS, TOOL

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
SHORT = ARGUMENTS | {"letter": "Dear Ada, we pay."}


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_every_input_is_filled_in(world: World, look: Look, size: Any) -> None:
    """Text, day, moment, lines, a list of choices and JSON: as typed, so sent."""
    asked = await (await world.agent()).asks(tool=TOOL | {"arguments": SHORT})
    alice = await look("alice", size=size)
    await alice.press("Modify…")
    form = alice.dialog
    await expect(form.get_by_label("Letter")).to_have_value("Dear Ada, we pay.")
    await expect(form).to_contain_text("claim (holds something hidden)")

    await form.get_by_label("Letter").fill("Dear Ada,\n\nwe pay on Monday.")
    await form.get_by_label("Send on").fill("2026-03-09")
    await form.get_by_label("Call at").fill("2026-03-03T11:00")
    await form.get_by_label("Copies").fill("ada@example.com\ncarol@example.com")
    await form.get_by_label("legal").check()
    await form.get_by_label("Customer").fill('{"name": "Ada", "limit": 10}')
    await alice.send("Approve this")
    await expect(form.locator(".wrong")).to_contain_text("Limit: must be ≤ 9")
    await expect(form.get_by_label("Copies")).to_have_value("ada@example.com\ncarol@example.com")
    await form.get_by_label("Customer").fill('{"name": "Ada", "limit": 9}')
    await alice.send("Approve this")

    arguments = (await asked.answer())["modified_arguments"]
    call_at = arguments.pop("call_at")
    assert call_at.endswith("+01:00")
    assert arguments == {k: v for k, v in SHORT.items() if k != "call_at"} | {
        "letter": "Dear Ada,\n\nwe pay on Monday.",
        "send_on": "2026-03-09",
        "copies": ["ada@example.com", "carol@example.com"],
        "tags": ["claim", "legal"],
        "customer": {"name": "Ada", "limit": 9},
    }
