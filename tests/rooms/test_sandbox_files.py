"""Files come to the sandbox in Slack's three steps."""

import struct
import zlib
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage

Json = dict[str, Any]


def png(width: int = 2, height: int = 2) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + b"\x88" * width) * height
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


async def refusal(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def uploaded(slack: Stage, bot: AsyncWebClient, content: bytes, **more: Any) -> str:
    """Announce and upload; returns the file's id."""
    announced = await bot.files_getUploadURLExternal(
        filename=more.pop("filename", "plot.png"), length=len(content), **more
    )
    async with slack.http.post(announced["upload_url"], data=content) as answer:
        assert answer.status == 200, await answer.text()
    return str(announced["file_id"])


async def test_a_plot_stands_in_the_cards_thread(slack: Stage, bot: AsyncWebClient) -> None:
    """The message shows the file; files.info knows where; the bytes come back as they were."""
    card = await bot.chat_postMessage(channel="C01REV", text="card")
    file = await uploaded(slack, bot, png(), alt_txt="Losses by week")

    done = await bot.files_completeUploadExternal(
        files=[{"id": file, "title": "Losses"}], channel_id="C01REV",
        thread_ts=card["ts"], initial_comment="As asked",
    )  # fmt: skip

    assert done["files"] == [{"id": file, "title": "Losses"}]
    _, reply = (await bot.conversations_replies(channel="C01REV", ts=card["ts"]))["messages"]
    [shown] = reply["files"]
    assert (reply["text"], shown["id"], shown["alt_txt"]) == ("As asked", file, "Losses by week")
    known = (await bot.files_info(file=file))["file"]
    assert (known["title"], known["mimetype"], known["size"]) == ("Losses", "image/png", len(png()))
    share = {"ts": reply["ts"], "thread_ts": card["ts"]}
    assert known["shares"] == {"public": {"C01REV": [share]}}
    async with slack.http.get(known["url_private"]) as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", png())


async def test_slacks_own_library_uploads(slack: Stage, bot: AsyncWebClient) -> None:
    """files_upload_v2 takes the three steps by itself; a text is no picture but a download."""
    await bot.files_upload_v2(channel="C01REV", content="<script>", filename="page.html")

    [message] = (await bot.conversations_history(channel="C01REV"))["messages"]
    async with slack.http.get(message["files"][0]["url_private"]) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"] == "attachment"
        assert await answer.text() == "<script>"


async def test_a_form_may_carry_the_bytes(slack: Stage, bot: AsyncWebClient) -> None:
    """Slack takes a multipart upload as well as a bare one."""
    announced = await bot.files_getUploadURLExternal(filename="plot.png", length=len(png()))
    form = aiohttp.FormData()
    form.add_field("file", png(), filename="plot.png")
    async with slack.http.post(announced["upload_url"], data=form) as answer:
        assert answer.status == 200
    file = announced["file_id"]

    await bot.files_completeUploadExternal(files=[{"id": file}], channel_id="C01REV")

    assert (await bot.files_info(file=file))["file"]["mimetype"] == "image/png"


async def test_each_mistake_has_its_code(slack: Stage, bot: AsyncWebClient) -> None:
    """What was not announced, uploaded or allowed is refused, and nothing is posted."""
    await slack.act("channels", id="C0OLD", is_archived=True)
    await slack.act("channels", id="C0OUT", bot_member=False)
    file = await uploaded(slack, bot, b"12345", filename="a.txt")
    bare = await bot.files_getUploadURLExternal(filename="b.txt", length=5)
    share = bot.files_completeUploadExternal
    many = [f"C{number:03}" for number in range(101)]

    for wrong in (b"123", b"123456"):
        async with slack.http.post(bare["upload_url"], data=wrong) as answer:
            assert answer.status == 400
    async with slack.http.post(f"{slack.url}upload/made-up", data=b"x") as answer:
        assert answer.status == 404
    once = await bot.files_getUploadURLExternal(filename="c.txt", length=5)
    for status in (200, 404):
        async with slack.http.post(once["upload_url"], data=b"12345") as answer:
            assert answer.status == status
    async with slack.http.get(f"{slack.url}files/{bare['file_id']}") as answer:
        assert answer.status == 404
    announce = bot.files_getUploadURLExternal
    said = [
        await refusal(call)
        for call in (
            announce(filename="a", length=0),
            announce(filename="a", length=9, alt_txt="x" * 1001),
            announce(filename="a", length=2**31),
            share(files=[{"id": "F0NONE"}]),
            share(files=[{"id": bare["file_id"]}]),
            share(files=[{"id": file}], channel_id="C0NONE"),
            share(files=[{"id": file}], channel_id="C0OUT"),
            share(files=[{"id": file}], channel_id="C0OLD"),
            share(files=[{"id": file}], channels=many),
            share(files=[{"id": file}], channel_id="C01REV", thread_ts="1.1"),
            share(files=[]),
            share(files=[{"title": "x"}]),
            share(files=[{"id": file}], channel_id="C01REV", blocks='[{"type": "no"}]'),
            bot.files_info(file=file),
        )
    ]

    assert said == [
        "missing_argument",
        "alt_txt_too_large",
        "file_upload_size_restricted",
        "file_not_found",
        "file_not_found",
        "channel_not_found",
        "not_in_channel",
        "posting_to_channel_denied",
        "channels_limit_exceeded",
        "thread_not_found",
        "invalid_arguments",
        "invalid_arguments",
        "invalid_blocks",
        "file_not_found",
    ]
    assert await slack.ask("messages", channel="C01REV") == []
    await share(files=[{"id": file}], channel_id="C01REV")
    assert await refusal(share(files=[{"id": file}])) == "file_update_failed"


async def test_a_picture_in_a_card_must_have_been_shared(slack: Stage, bot: AsyncWebClient) -> None:
    """slack_file needs an image that people can see: not a private file, and not a text."""

    def card(**file: str) -> list[Json]:
        return [{"type": "image", "alt_text": "Losses", "slack_file": file}]

    post = bot.chat_postMessage
    file = await uploaded(slack, bot, png())
    text = await uploaded(slack, bot, b"hello", filename="a.txt")
    await bot.files_completeUploadExternal(files=[{"id": text}], channel_id="C03MONEY")
    early = await refusal(post(channel="C01REV", text="x", blocks=card(id=file)))
    await bot.files_completeUploadExternal(files=[{"id": file}], channel_id="C03MONEY")

    await post(channel="C01REV", text="x", blocks=card(id=file))
    url = (await bot.files_info(file=file))["file"]["url_private"]
    await post(channel="C01REV", text="x", blocks=card(url=url))
    others = [
        await refusal(post(channel="C01REV", text="x", blocks=card(**wrong)))
        for wrong in ({"id": text}, {"id": "F0NONE"}, {"id": file, "url": url})
    ]

    assert [early, *others] == ["invalid_blocks"] * 4
    private = await uploaded(slack, bot, png())
    await bot.files_completeUploadExternal(files=[{"id": private}])
    assert await refusal(post(channel="C01REV", text="x", blocks=card(id=private))) == (
        "invalid_blocks"
    )
