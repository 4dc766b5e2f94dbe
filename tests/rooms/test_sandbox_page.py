"""The sandbox's page, seen through a real browser."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage
from tests.browser.screen import chromium

Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("browser")


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def modal(title: str = "Modify refund") -> Json:
    field = {"type": "plain_text_input", "action_id": "value"}
    note = {"type": "input", "block_id": "note", "label": plain("Note"), "element": field}
    return {
        "type": "modal",
        "title": plain(title),
        "submit": plain("Send"),
        "blocks": [note],
    }


CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("It cannot be undone."),
    "confirm": plain("Yes, approve"),
    "deny": plain("No"),
}
APPROVE = {
    "type": "button",
    "text": plain("Approve"),
    "action_id": "approve",
    "value": "e1",
    "confirm": CONFIRM,
}
CARD = [section("Refund $12?"), {"type": "actions", "elements": [APPROVE]}]


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


@pytest.fixture
async def page(slack: Stage) -> AsyncIterator[Page]:
    async with chromium() as browser:
        shown = await browser.new_page(viewport={"width": 1280, "height": 800})
        await shown.goto(f"{slack.url}?user=U01ALICE&channel=C01REV")
        yield shown


async def test_a_click_goes_through_its_confirm_dialog(
    slack: Stage, bot: AsyncWebClient, page: Page
) -> None:
    """A card appears without reloading; the click leaves after the dialog's yes."""
    await bot.chat_postMessage(channel="C01REV", text="card", blocks=CARD)

    await page.get_by_role("button", name="Approve", exact=True).click()
    dialog = page.get_by_role("alertdialog", name="Sure?")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
    assert slack.app.heard == []

    await page.get_by_role("button", name="Approve", exact=True).click()
    async with page.expect_response("**/control/click"):
        await dialog.get_by_role("button", name="Yes, approve").click()
    assert slack.app.last["actions"][0]["action_id"] == "approve"


async def test_hostile_text_stays_text(slack: Stage, bot: AsyncWebClient, page: Page) -> None:
    """Markup is shown, not run; a ping that got through is there for everybody to see."""
    hostile = "<img src=x onerror=alert(1)> <b>bold</b> <javascript:alert(1)|here> <!channel>"
    posted = await bot.chat_postMessage(channel="C01REV", text="x", blocks=[section(hostile)])

    message = page.locator(f'[data-ts="{posted["ts"]}"]')

    await expect(message).to_contain_text("<img src=x onerror=alert(1)> <b>bold</b>")
    await expect(message.locator(".body img, .body a")).to_have_count(0)
    await expect(message.locator("[data-ping=channel]")).to_have_text("@channel")


async def test_typing_survives_whatever_happens_around_it(
    slack: Stage, bot: AsyncWebClient, page: Page
) -> None:
    """News, an update of the form and an error leave what was typed where it was."""
    trigger = slack.workspace.passes.new_trigger("U01ALICE")
    opened = await bot.views_open(trigger_id=trigger, view=modal())
    note = page.get_by_role("dialog", name="Modify refund").get_by_label("Note")
    await note.fill("Shipping is not")

    await bot.chat_postMessage(channel="C01REV", text="news")
    await page.get_by_text("news", exact=True).wait_for()
    await expect(note).to_have_value("Shipping is not")
    await bot.views_update(view_id=opened["view"]["id"], view=modal("Modify it"))
    note = page.get_by_role("dialog", name="Modify it").get_by_label("Note")
    await expect(note).to_have_value("Shipping is not")
    await note.fill("")
    await note.press("Enter")

    await expect(page.get_by_text("Please complete this required field.")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_everybody_sees_their_own_workspace(
    slack: Stage, bot: AsyncWebClient, page: Page
) -> None:
    """A private message is shown to its person, and gone when somebody else looks."""
    await bot.chat_postEphemeral(channel="C01REV", user="U01ALICE", text="Bob was faster")

    await expect(page.get_by_text("Only visible to you")).to_be_visible()
    await page.locator("#who").select_option("U02BOB")

    await expect(page.get_by_text("Bob was faster")).to_have_count(0)


async def test_a_phone_needs_no_sideways_scrolling(
    slack: Stage, bot: AsyncWebClient, page: Page
) -> None:
    """At 390 pixels everything fits, and channels are chosen from the top bar."""
    await page.set_viewport_size({"width": 390, "height": 844})
    await bot.chat_postMessage(channel="C03MONEY", text="card", blocks=CARD)

    await page.locator("#where").select_option("C03MONEY")

    await expect(page.get_by_role("button", name="Approve", exact=True)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_a_permalink_shows_its_message(slack: Stage, bot: AsyncWebClient, page: Page) -> None:
    """An old message is scrolled to, however much has been said since."""
    first = await bot.chat_postMessage(channel="C03MONEY", text="the one that is meant")
    for number in range(40):
        await bot.chat_postMessage(channel="C03MONEY", text=f"later {number}")
    ts = str(first["ts"])
    link = await bot.chat_getPermalink(channel="C03MONEY", message_ts=ts)

    await page.goto(str(link["permalink"]))

    await expect(page.get_by_text("the one that is meant")).to_be_in_viewport()


async def test_buttons_go_on_working_when_a_form_is_replaced(
    slack: Stage, bot: AsyncWebClient, page: Page
) -> None:
    """What was pressed in an earlier version of the form does not travel with later clicks."""

    def paged(number: int) -> Json:
        turn = {"type": "button", "text": plain("Next"), "action_id": "next", "value": "n"}
        row = {"type": "actions", "block_id": f"page_{number}", "elements": [turn]}
        return {"type": "modal", "title": plain(f"Page {number}"), "blocks": [row]}

    trigger = slack.workspace.passes.new_trigger("U01ALICE")
    view = (await bot.views_open(trigger_id=trigger, view=paged(1)))["view"]
    for number in (1, 2, 3):
        following = page.get_by_role("dialog", name=f"Page {number}").get_by_role(
            "button", name="Next"
        )
        async with page.expect_response("**/control/view/click") as clicked:
            await following.click()
        assert (await clicked.value).status == 200
        await bot.views_update(view_id=view["id"], view=paged(number + 1))
        await page.get_by_role("dialog", name=f"Page {number + 1}").wait_for()
    await expect(page.get_by_role("button", name="Next")).to_be_focused()


async def test_a_confirm_dialog_keeps_its_lines(
    slack: Stage, bot: AsyncWebClient, page: Page
) -> None:
    """An empty line between action and consequence is there to be seen."""
    button = APPROVE | {"confirm": CONFIRM | {"text": plain("Refund $12.\n\nMoney is gone.")}}
    card = [{"type": "actions", "elements": [button]}]
    await bot.chat_postMessage(channel="C01REV", text="card", blocks=card)

    await page.get_by_role("button", name="Approve", exact=True).click()

    words = page.get_by_role("alertdialog").locator(".confirm-text")
    assert await words.inner_text() == "Refund $12.\n\nMoney is gone."
