"""The sandbox's page shows what Slack's client shows, and lets people do what it lets them do."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest
from playwright.async_api import Page, expect
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage
from tests.browser.screen import PHONE, WIDE, chromium
from tests.rooms.test_sandbox_files import png

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    Look = Callable[..., Awaitable[Page]]

Json = dict[str, Any]

pytestmark = pytest.mark.xdist_group("browser")
ALT = "A line that rises from 2 to 14"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(name: str, kind: str, label: str, **more: Any) -> Json:
    element = {"type": kind, "action_id": "value", **more}
    return {"type": "input", "block_id": name, "label": plain(label), "element": element}


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


@pytest.fixture
async def look(slack: Stage) -> AsyncIterator[Look]:
    """Opens the page for Alice, at a channel and in a size."""
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(chromium())

        async def opened(place: str = "channel=C01REV", size: tuple[int, int] = WIDE) -> Page:
            context = await browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                is_mobile=size == PHONE,
                has_touch=size == PHONE,
            )
            context.set_default_timeout(10_000)
            page = await context.new_page()
            await page.goto(f"{slack.url}?user=U01ALICE&log=0&{place}")
            return page

        yield opened


async def form(slack: Stage, bot: AsyncWebClient, *blocks: Json) -> None:
    """Put a modal with these blocks on Alice's screen."""
    view = {"type": "modal", "title": plain("Form"), "submit": plain("Send"), "blocks": blocks}
    await bot.views_open(trigger_id=slack.workspace.passes.new_trigger("U01ALICE"), view=view)


def heard(slack: Stage) -> Json:
    """The values of the form that the app heard of last, by block_id."""
    values = slack.app.last["view"]["state"]["values"]
    return {name: entry["value"] for name, entry in values.items()}


async def fits(page: Page) -> bool:
    return not await page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_thread_is_read_and_answered_by_keyboard(
    slack: Stage, bot: AsyncWebClient, look: Look, size: tuple[int, int]
) -> None:
    """Enter opens it and leads into its composer; Escape closes it and leads back."""
    card = await bot.chat_postMessage(channel="C01REV", text="Refund?")
    await bot.chat_postMessage(channel="C01REV", text="The plot", thread_ts=card["ts"])
    page = await look(size=size)
    thread = page.get_by_label("Thread", exact=True)
    replies = page.locator("#list").get_by_role("button", name="1 reply")

    await replies.press("Enter")
    composer = thread.get_by_role("textbox")
    await expect(composer).to_be_focused()
    await expect(thread).to_contain_text("The plot")
    await composer.fill("Thanks")
    await composer.press("Enter")
    await expect(thread.get_by_text("Thanks")).to_be_visible()
    assert await fits(page)
    await page.keyboard.press("Escape")

    await expect(thread).to_be_hidden()
    await expect(page.get_by_role("button", name="2 replies")).to_be_focused()
    event = slack.app.last["event"]
    assert (event["text"], event["thread_ts"]) == ("Thanks", card["ts"])


async def test_the_home_tab_is_looked_at_and_used(
    slack: Stage, bot: AsyncWebClient, look: Look
) -> None:
    """Opening it tells the app, which publishes; a choice there is delivered, and it is redrawn."""
    page = await look("channel=app&tab=home")
    await expect(page.get_by_text("has published nothing here yet")).to_be_visible()
    assert slack.app.last["event"]["type"] == "app_home_opened"

    home: Json = {"type": "users_select", "action_id": "hand", "placeholder": plain("Hand over to")}
    blocks: list[Json] = [
        {"type": "header", "text": plain("Waiting for you")},
        {"type": "actions", "elements": [home]},
    ]
    await bot.views_publish(user_id="U01ALICE", view={"type": "home", "blocks": blocks})
    await page.get_by_label("Hand over to").select_option("Bob Brown")

    await expect(page.locator(".busy")).to_have_count(0)
    assert slack.app.last["actions"][0]["selected_user"] == "U02BOB"
    blocks[0]["text"]["text"] = "Nothing left"
    await bot.views_publish(user_id="U01ALICE", view={"type": "home", "blocks": blocks})
    await expect(page.get_by_role("heading", name="Nothing left")).to_be_visible()
    await page.get_by_role("button", name="Messages").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_files_are_seen(
    slack: Stage, bot: AsyncWebClient, look: Look, size: tuple[int, int]
) -> None:
    """A picture is drawn, with its words for those who cannot see it; other files are linked."""
    card = await bot.chat_postMessage(channel="C01REV", text="Refund?")
    upload = bot.files_upload_v2
    await upload(
        channel="C01REV", content=png(600, 300), filename="plot.png", title="Losses",
        alt_txt=ALT, thread_ts=card["ts"],
    )  # fmt: skip
    await upload(channel="C01REV", content="a,b", filename="orders.csv", title="Orders")
    picture = next(file for file in slack.workspace.files.values() if file.image_type)
    block = {"type": "image", "alt_text": "In the card", "slack_file": {"id": picture.id}}
    await bot.chat_postMessage(channel="C01REV", text="x", blocks=[block])
    page = await look(f"channel=C01REV&thread={card['ts']}", size)

    thread = page.get_by_label("Thread", exact=True)
    shown = thread.get_by_role("img", name=ALT)
    await expect(shown).to_be_visible()
    await expect(thread.get_by_text(ALT)).to_be_visible()
    assert await shown.evaluate("image => image.naturalWidth") == 600
    assert await fits(page)
    await thread.get_by_role("button", name="Close thread").click()

    last = page.get_by_role("img", name="In the card")
    await expect(last).to_be_in_viewport()
    assert await last.evaluate("image => image.naturalWidth") == 600
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Orders").click()
    assert (await download.value).suggested_filename == "orders.csv"
    assert await fits(page)


async def test_moments_are_those_of_the_person(
    slack: Stage, bot: AsyncWebClient, look: Look
) -> None:
    """Dates and times are picked and sent; summer and winter time are told apart."""
    # One hour before London's clocks go back, and one after: 01:30 comes twice.
    summer, winter = 1_792_884_600, 1_793_000_000
    page = await look()
    await form(
        slack, bot,
        field("day", "datepicker", "Day", initial_date="2026-11-24"),
        field("hour", "timepicker", "Hour"),
        field("start", "datetimepicker", "Start", initial_date_time=summer),
        field("end", "datetimepicker", "End", initial_date_time=winter),
    )  # fmt: skip
    dialog = page.get_by_role("dialog")

    await expect(dialog.get_by_label("Day")).to_have_value("2026-11-24")
    await expect(dialog.get_by_label("Start")).to_have_value("2026-10-25T00:30")
    await expect(dialog.get_by_label("End")).to_have_value("2026-10-26T07:33")
    await dialog.get_by_label("Day").fill("2026-12-24")
    await dialog.get_by_label("Hour").fill("16:30")
    await dialog.get_by_label("Start").fill("2026-07-01T12:00")
    await dialog.get_by_label("End").fill("2026-12-01T12:00")
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)

    sent = heard(slack)
    assert sent["day"]["selected_date"] == "2026-12-24"
    assert sent["hour"]["selected_time"] == "16:30"
    assert sent["start"]["selected_date_time"] == 1_782_903_600  # 11:00 UTC
    assert sent["end"]["selected_date_time"] == 1_796_126_400  # 12:00 UTC


async def test_several_lines_people_and_files_are_given(
    slack: Stage, bot: AsyncWebClient, look: Look
) -> None:
    """Enter makes a line in a long text, ticks choose several, a file can be taken back."""
    page = await look(size=PHONE)
    await form(
        slack, bot,
        field("lines", "plain_text_input", "Lines", multiline=True),
        field("words", "rich_text_input", "Words"),
        field("people", "multi_users_select", "People", initial_users=["U02BOB"]),
        field("proof", "file_input", "Proof", max_files=2),
    )  # fmt: skip
    dialog = page.get_by_role("dialog")

    await expect(dialog.get_by_label("Lines")).to_be_focused()
    await page.keyboard.type("one")
    await page.keyboard.press("Enter")
    await page.keyboard.type("two")
    await dialog.get_by_label("Words").fill("so")
    await expect(dialog.get_by_label("Bob Brown")).to_be_checked()
    await dialog.get_by_label("Carol Clark").check()
    proof = dialog.get_by_label("Proof")
    files = [{"name": name, "mimeType": "text/plain", "buffer": b"abc"} for name in ("a", "b")]
    await proof.set_input_files(files)
    await dialog.get_by_role("button", name="Remove a").click()
    await expect(dialog.locator(".chosen")).to_have_text("b · 3 B✕")
    assert await fits(page)
    await dialog.get_by_role("button", name="Send").click()
    await expect(dialog).to_have_count(0)

    sent = heard(slack)
    assert sent["lines"]["value"] == "one\ntwo"
    [section] = sent["words"]["rich_text_value"]["elements"]
    assert section["elements"] == [{"type": "text", "text": "so"}]
    assert sent["people"]["selected_users"] == ["U02BOB", "U03CAROL"]
    assert [file["name"] for file in sent["proof"]["files"]] == ["b"]


async def test_a_form_is_filled_in_and_left_by_keyboard(
    slack: Stage, bot: AsyncWebClient, look: Look
) -> None:
    """Tab goes round inside, Enter in a line sends, Escape closes; the message has the focus."""
    page = await look()
    await form(slack, bot, field("a", "plain_text_input", "A"), field("b", "url_text_input", "B"))
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_label("A")).to_be_focused()

    stops = []
    for _ in range(6):
        stops.append(await page.evaluate("document.activeElement.textContent || 'field'"))
        await page.keyboard.press("Tab")
    assert stops == ["field", "field", "Cancel", "Send", "✕", "field"]
    await dialog.get_by_label("A").fill("x")
    await dialog.get_by_label("B").fill("nowhere")
    await dialog.get_by_label("B").press("Enter")
    await expect(dialog.get_by_role("alert").filter(has_text="valid URL")).to_be_visible()
    await expect(dialog.get_by_label("B")).to_be_focused()
    await page.keyboard.press("Escape")

    await expect(dialog).to_have_count(0)
    assert (await slack.ask("state", user="U01ALICE"))["views"] == []


async def test_a_menu_is_left_with_escape(slack: Stage, bot: AsyncWebClient, look: Look) -> None:
    """Arrows go through it, Escape gives the focus back, Enter chooses."""
    options = [{"text": plain(name), "value": name} for name in ("Show", "Ask")]
    menu = {"type": "overflow", "action_id": "more", "options": options}
    await bot.chat_postMessage(
        channel="C01REV", text="x", blocks=[{"type": "actions", "elements": [menu]}]
    )
    page = await look()
    dots = page.get_by_role("button", name="More actions")

    await dots.press("Enter")
    await expect(page.get_by_role("menuitem", name="Show")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("menu")).to_have_count(0)
    await expect(dots).to_be_focused()
    assert slack.app.heard == []
    await dots.press("Enter")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")

    await expect(page.locator(".busy")).to_have_count(0)
    assert slack.app.last["actions"][0]["selected_option"]["value"] == "Ask"


async def test_groups_are_named_and_people_come_and_go(
    slack: Stage, bot: AsyncWebClient, look: Look
) -> None:
    """A group's mention says who is meant; a dot tells who is there, in words as well."""
    leaf = {"type": "usergroup", "usergroup_id": "S01LEADS"}
    rich = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}
    await bot.chat_postMessage(channel="C01REV", text="x", blocks=[rich])
    await slack.act("message", user="U02BOB", channel="C01REV", text="Good morning.")
    page = await look()
    await page.get_by_role("textbox", name="Message").fill("@billing-leads, @Bob?")
    await page.keyboard.press("Enter")
    people = page.locator(".people li")
    dot = page.locator('#list [data-user="U02BOB"] .presence')

    mentions = page.locator("#list [data-group]")
    await expect(mentions).to_have_text(["@billing-leads"] * 2)
    await expect(mentions.first).to_have_attribute("title", "Alice, Bob")
    assert slack.app.last["event"]["text"] == "<!subteam^S01LEADS|@billing-leads>, <@U02BOB>?"
    await expect(people.filter(has_text="Bob")).to_have_text("BBBob, active")
    await slack.act("users", id="U02BOB", presence="away", snooze_endtime=9_999_999_999)

    await expect(dot).to_have_attribute("title", "away, notifications paused")
    await expect(people.filter(has_text="Bob")).to_contain_text("away, notifications paused")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_a_wide_table_scrolls_by_itself(
    slack: Stage, bot: AsyncWebClient, look: Look, size: tuple[int, int]
) -> None:
    """The page does not; columns are aligned as asked, and the keyboard reaches the rest."""
    head = [{"type": "raw_text", "text": f"Column number {column}"} for column in range(20)]
    row = [{"type": "raw_number", "value": column} for column in range(20)]
    table = {"type": "table", "rows": [head, row], "column_settings": [{"align": "right"}]}
    await bot.chat_postMessage(channel="C01REV", text="x", blocks=[table])
    page = await look(size=size)
    region = page.get_by_role("region", name="Table")

    await expect(region.get_by_role("columnheader")).to_have_count(20)
    await expect(region.get_by_role("cell", name="0", exact=True)).to_have_css(
        "text-align", "right"
    )
    await expect(region.get_by_text("Column number 19")).not_to_be_in_viewport()
    assert await fits(page)
    await region.focus()
    await page.keyboard.press("ArrowRight")

    await page.wait_for_function("document.querySelector('.b-table').scrollLeft > 0")
