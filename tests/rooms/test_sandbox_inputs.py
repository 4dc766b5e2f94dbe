"""Every kind of input can be filled in, and reaches the app in Slack's shape."""

import base64
from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.limits import check_blocks, check_view
from sandbox.refusals import RefusedError
from sandbox.testing import Stage, stage

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


OPTIONS = [{"text": plain(name), "value": name.lower()} for name in ("Red", "Green", "Blue")]
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "so"}]}],
}
BLANK = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": " "}]}],
}
# kind → its own keys, what a person gives, and what the app hears
FIELDS: dict[str, tuple[Json, Any, Json]] = {
    "plain_text_input": ({"multiline": True}, "a\nb", {"value": "a\nb"}),
    "number_input": ({"is_decimal_allowed": True}, "1.5", {"value": "1.5"}),
    "email_text_input": ({}, "a@b.example", {"value": "a@b.example"}),
    "url_text_input": ({}, "https://b.example/", {"value": "https://b.example/"}),
    "datepicker": ({}, "2026-11-24", {"selected_date": "2026-11-24"}),
    "timepicker": ({}, "16:30", {"selected_time": "16:30"}),
    "datetimepicker": ({}, 1_795_000_000, {"selected_date_time": 1_795_000_000}),
    "rich_text_input": ({}, "so", {"rich_text_value": RICH}),
    "static_select": ({"options": OPTIONS}, "red", {"selected_option": OPTIONS[0]}),
    "radio_buttons": ({"options": OPTIONS}, "blue", {"selected_option": OPTIONS[2]}),
    "checkboxes": ({"options": OPTIONS}, ["red"], {"selected_options": OPTIONS[:1]}),
    "multi_static_select": (
        {"options": OPTIONS, "max_selected_items": 2},
        ["red", "green"],
        {"selected_options": OPTIONS[:2]},
    ),
    "users_select": ({}, "U02BOB", {"selected_user": "U02BOB"}),
    "channels_select": ({}, "C01REV", {"selected_channel": "C01REV"}),
    "conversations_select": ({}, "C01REV", {"selected_conversation": "C01REV"}),
    "multi_users_select": ({}, ["U02BOB", "U03CAROL"], {"selected_users": ["U02BOB", "U03CAROL"]}),
    "multi_channels_select": ({}, ["C01REV"], {"selected_channels": ["C01REV"]}),
    "multi_conversations_select": ({}, ["C01REV"], {"selected_conversations": ["C01REV"]}),
}
# kind → its own keys, what no client would send on, and what it says
WRONG: list[tuple[str, Json, Any, str]] = [
    ("email_text_input", {}, "nobody", "Enter a valid email address."),
    ("url_text_input", {}, "b.example", "Enter a valid URL."),
    ("datepicker", {}, "2026-02-30", "Enter a valid date."),
    ("datepicker", {}, "24.11.2026", "Enter a valid date."),
    ("timepicker", {}, "24:00", "Enter a valid time."),
    ("datetimepicker", {}, "tomorrow", "Enter a valid date and time."),
    (
        "multi_static_select",
        {"options": OPTIONS, "max_selected_items": 2},
        ["red", "green", "blue"],
        "Please select 2 or fewer.",
    ),
    ("multi_users_select", {}, [], "Please complete this required field."),
    ("rich_text_input", {}, BLANK, "Please complete this required field."),
    ("rich_text_input", {}, " ", "Please complete this required field."),
]


def modal(element: Json) -> Json:
    block = {"type": "input", "block_id": "it", "label": plain("It"), "element": element}
    return {
        "type": "modal",
        "title": plain("Form"),
        "submit": plain("Send"),
        "blocks": [block],
    }


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


async def opened(slack: Stage, element: Json) -> None:
    """Alice has the form with this element on her screen."""
    bot = AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])
    trigger = slack.workspace.passes.new_trigger("U01ALICE")
    await bot.views_open(trigger_id=trigger, view=modal({"action_id": "value", **element}))


async def submitted(slack: Stage, raw: Any) -> Json:
    """What the app hears when Alice sends the form with this in it."""
    status, answer = await slack.act("view/submit", user="U01ALICE", values={"it": raw})
    assert status == 200, answer
    entry: Json = slack.app.last["view"]["state"]["values"]["it"]["value"]
    return entry


@pytest.mark.parametrize("kind", FIELDS)
async def test_a_field_is_filled_in(slack: Stage, kind: str) -> None:
    """The app hears the element's type and value under Slack's own key."""
    keys, raw, heard = FIELDS[kind]
    await opened(slack, {"type": kind, **keys})

    entry = await submitted(slack, raw)

    assert entry == {"type": kind, **heard}


@pytest.mark.parametrize(("kind", "keys", "raw", "says"), WRONG)
async def test_a_mistake_is_told_in_the_form(
    slack: Stage, kind: str, keys: Json, raw: Any, says: str
) -> None:
    """Slack's client stops it; the app hears nothing."""
    await opened(slack, {"type": kind, **keys})

    status, answer = await slack.act("view/submit", user="U01ALICE", values={"it": raw})

    assert (status, answer.get("errors")) == (409, {"it": says})
    assert slack.app.heard == []


@pytest.mark.parametrize("kind", ["users_select", "multi_channels_select", "file_input"])
async def test_nobody_can_choose_what_is_not_there(slack: Stage, kind: str) -> None:
    """Unknown people, channels and files are a mistake of the caller."""
    await opened(slack, {"type": kind})

    status, answer = await slack.act("view/submit", user="U01ALICE", values={"it": ["X0NONE"]})

    assert (status, answer["error"]) == (409, "no_such_option")


async def test_a_file_is_attached(slack: Stage) -> None:
    """The app hears the whole file object; kind, number and size are checked before."""
    await opened(slack, {"type": "file_input", "filetypes": ["png"], "max_files": 1})

    async def chosen(name: str, content: bytes = b"123") -> str:
        encoded = base64.b64encode(content).decode()
        _, file = await slack.act("files", user="U01ALICE", name=name, content=encoded)
        return str(file["id"])

    async def says(*files: str) -> str:
        _, answer = await slack.act("view/submit", user="U01ALICE", values={"it": list(files)})
        return str(answer["errors"]["it"])

    one, two = await chosen("a.png"), await chosen("b.png")
    assert await says(one, two) == "Please upload 1 files or fewer."
    assert await says(await chosen("a.exe")) == "Please upload files of these types only: png."
    huge = await chosen("c.png", b"x" * (10 * 1024 * 1024 + 1))
    assert await says(huge) == "Please upload files of 10 MB or less."
    assert (await slack.act("files", user="U01ALICE", name="x", content="?"))[0] == 400

    entry = await submitted(slack, [one])

    [file] = entry["files"]
    assert (file["id"], file["name"], file["user"]) == (one, "a.png", "U01ALICE")


@pytest.mark.parametrize(
    "element",
    [
        {"type": "datepicker", "initial_date": "2026-13-01"},
        {"type": "timepicker", "initial_time": "25:00"},
        {"type": "datetimepicker", "initial_date_time": 12},
        {"type": "rich_text_input", "initial_value": {"type": "rich_text", "elements": [1]}},
        {"type": "rich_text_input", "initial_value": "so"},
        {"type": "rich_text_input", "placeholder": plain("x" * 151)},
        {"type": "file_input", "max_files": 11},
        {"type": "file_input", "filetypes": []},
        {"type": "multi_users_select", "max_selected_items": 0},
        {"type": "multi_users_select", "initial_user": "U02BOB"},
        {"type": "email_text_input", "multiline": True},
    ],
)
def test_slack_refuses_a_wrong_element(element: Json) -> None:
    """Impossible dates, unknown keys and numbers out of range never reach a screen."""
    with pytest.raises(RefusedError, match="invalid_arguments"):
        check_view(modal({"action_id": "value", **element}))


def test_files_are_asked_for_in_modals_only() -> None:
    """A message cannot hold a file_input, while any other input may stand there."""
    files = modal({"type": "file_input", "action_id": "value"})["blocks"]
    words = modal({"type": "rich_text_input", "action_id": "value"})["blocks"]

    check_blocks(words)
    with pytest.raises(RefusedError, match="invalid_blocks"):
        check_blocks(files)


def test_a_message_has_one_table() -> None:
    """Its columns may be aligned; a second table, or one in a modal, is refused."""
    table = {
        "type": "table",
        "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_number", "value": 1}]],
        "column_settings": [None, {"align": "right", "is_wrapped": True}],
    }

    check_blocks([table])
    for wrong in (
        {"column_settings": [{"align": "middle"}]},
        {"column_settings": ["right"]},
        {"rows": [[{"type": "raw_number", "value": "1"}]]},
        {"rows": [[{"type": "raw_text", "text": ""}]]},
        {"rows": [[{"type": "raw_text", "text": "x"}] * 21]},
        {"rows": [[{"type": "raw_text", "text": "x"}]] * 101},
    ):
        with pytest.raises(RefusedError, match="invalid_blocks"):
            check_blocks([table | wrong])
    with pytest.raises(RefusedError, match="only_one_table_allowed"):
        check_blocks([table, table])
    with pytest.raises(RefusedError, match="unsupported type: table"):
        check_view({"type": "modal", "title": plain("x"), "blocks": [table]})
