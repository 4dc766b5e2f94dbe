"""A person in front of the sandbox's page, in a real browser."""

from __future__ import annotations

import os
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.async_api import Locator, Page, async_playwright, expect

from tests.world import CHANNELS, PEOPLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser

WIDE = (1280, 800)
PHONE = (390, 844)
_PATIENCE = 10_000
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


class BrowserMissingError(Exception):
    """Nothing to look through; the sentence says how to get it."""


def find_browser() -> str:
    """The Chromium or Chrome of this machine. Raises BrowserMissingError."""
    named = os.environ.get("PULLCORD_TEST_BROWSER")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        raise BrowserMissingError(
            "These tests look at the page through Chromium or Chrome, and neither is installed.\n"
            "    sudo apt-get install chromium\n"
            "or name one: PULLCORD_TEST_BROWSER=/path/to/chrome"
        )
    return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A browser of its own, ended with the block."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=find_browser(), args=["--no-sandbox"]
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass(frozen=True)
class Screen:
    """What the person sees, and what they can press."""

    page: Page

    @property
    def card(self) -> Locator:
        """The newest message that everybody sees."""
        return self.page.locator("#list article:not(.private)").last

    @property
    def private(self) -> Locator:
        """The messages that only this person sees."""
        return self.page.locator("#list article.private")

    @property
    def dialog(self) -> Locator:
        """The app's modal."""
        return self.page.get_by_role("dialog")

    @property
    def confirm(self) -> Locator:
        """The question before a click that matters."""
        return self.page.get_by_role("alertdialog")

    def button(self, label: str) -> Locator:
        """A button of the newest card."""
        return self.card.get_by_role("button", name=label, exact=True)

    async def press(self, label: str) -> None:
        await self.button(label).click()

    async def choose(self, label: str) -> None:
        """Something behind ⋯."""
        await self.press("More actions")
        await self.page.get_by_role("menuitem", name=label).click()

    async def agree(self) -> None:
        """Say yes to the confirm dialog."""
        await self.confirm.get_by_role("button", name="Approve", exact=True).click()

    async def send(self, label: str) -> None:
        """Submit the form."""
        await self.dialog.get_by_role("button", name=label, exact=True).click()

    async def become(self, who: str) -> None:
        """Sit down in somebody else's chair."""
        await self.page.get_by_label("Who you are").select_option(PEOPLE[who])

    async def settled(self) -> None:
        """Wait until the newest card cannot be answered any more."""
        await expect(self.card.locator(".b-actions")).to_have_count(0)


@asynccontextmanager
async def screen_of(
    browser: Browser,
    sandbox_url: str,
    who: str = "alice",
    *,
    channel: str = "#reviews",
    size: tuple[int, int] = WIDE,
    sharpness: float = 1,
) -> AsyncIterator[Screen]:
    """Open the page as somebody, with the channel in view."""
    width, height = size
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=sharpness,
        is_mobile=width < 700,
        has_touch=width < 700,
    )
    try:
        context.set_default_timeout(_PATIENCE)
        page = await context.new_page()
        await page.goto(f"{sandbox_url}?user={PEOPLE[who]}&channel={CHANNELS[channel]}&log=0")
        yield Screen(page)
    finally:
        await context.close()
