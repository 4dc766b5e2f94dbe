"""The sandbox's Web API answers as Slack does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


def section(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])


async def test_a_bot_finds_out_who_it_is(slack: Stage, bot: AsyncWebClient) -> None:
    """auth.test names the team, the bot and, in a header, its scopes."""
    answer = await bot.auth_test()

    assert (answer["team_id"], answer["user_id"]) == ("T01SANDBOX", "U00PULLCORD")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


async def test_a_wrong_token_opens_nothing(slack: Stage) -> None:
    """A wrong token is `invalid_auth`, a missing one `not_authed`."""
    stranger = AsyncWebClient("xoxb-wrong", base_url=f"{slack.url}api/")

    assert await refusal(stranger.auth_test()) == "invalid_auth"
    async with slack.http.post(f"{slack.url}api/auth.test") as answer:
        assert (await answer.json())["error"] == "not_authed"


async def test_a_posted_card_can_be_found_again(slack: Stage, bot: AsyncWebClient) -> None:
    """History returns blocks, and metadata on request, newest first."""
    metadata = {"event_type": "card", "event_payload": {"id": "esc_1"}}
    first = await bot.chat_postMessage(channel="C01REV", text="one", metadata=metadata)
    second = await bot.chat_postMessage(channel="#reviews", text="two", blocks=[section("two")])

    history = await bot.conversations_history(channel="C01REV", include_all_metadata=True)

    assert [message["ts"] for message in history["messages"]] == [second["ts"], first["ts"]]
    assert history["messages"][1]["metadata"] == metadata
    assert history["messages"][0]["blocks"][0]["text"]["text"] == "two"
    later = await bot.conversations_history(channel="C01REV", oldest=first["ts"])
    assert [message["text"] for message in later["messages"]] == ["two"]


async def test_history_comes_in_pages(slack: Stage, bot: AsyncWebClient) -> None:
    """A cursor leads from page to page until nothing is left."""
    for number in range(5):
        await bot.chat_postMessage(channel="C01REV", text=str(number))

    seen, cursor = [], ""
    while True:
        page = await bot.conversations_history(channel="C01REV", limit=2, cursor=cursor)
        seen += [message["text"] for message in page["messages"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break

    assert seen == ["4", "3", "2", "1", "0"]


async def test_an_update_with_text_alone_drops_the_blocks(
    slack: Stage, bot: AsyncWebClient
) -> None:
    """chat.update replaces blocks, keeps metadata, and never marks the message as edited."""
    metadata = {"event_type": "card", "event_payload": {"id": "esc_1"}}
    posted = await bot.chat_postMessage(
        channel="C01REV", text="one", blocks=[section("one")], metadata=metadata
    )

    await bot.chat_update(channel="C01REV", ts=posted["ts"], text="two")

    [message] = await slack.ask("messages", channel="C01REV")
    assert (message["text"], message["blocks"]) == ("two", [])
    assert message["metadata"] == metadata
    assert message["edited"] is None
    await bot.chat_update(channel="C01REV", ts=posted["ts"], text="two", metadata={})
    [message] = await slack.ask("messages", channel="C01REV")
    assert message["metadata"] is None


async def test_refusals_carry_slacks_codes(slack: Stage, bot: AsyncWebClient) -> None:
    """Each mistake has the error code that Slack documents for it."""
    posted = await bot.chat_postMessage(channel="C01REV", text="one")
    ts = str(posted["ts"])
    _, said = await slack.act("message", user="U01ALICE", channel="C01REV", text="hi")
    await slack.act("channels", id="C0OLD", name="old", is_archived=True)
    await slack.act("channels", id="C0OUT", name="out", bot_member=False)
    await slack.act("users", id="U09NEW", real_name="Nina New", channels=[])
    long = "x" * 4001

    assert await refusal(bot.chat_postMessage(channel="C0NONE", text="x")) == "channel_not_found"
    assert await refusal(bot.chat_postMessage(channel="C0OLD", text="x")) == "is_archived"
    assert await refusal(bot.chat_postMessage(channel="C0OUT", text="x")) == "not_in_channel"
    assert await refusal(bot.api_call("chat.postMessage", json={"channel": "C01REV"})) == "no_text"
    assert await refusal(bot.chat_update(channel="C01REV", ts=ts, text=long)) == "msg_too_long"
    assert await refusal(bot.chat_update(channel="C01REV", ts="1.1", text="x")) == (
        "message_not_found"
    )
    assert await refusal(bot.chat_update(channel="C01REV", ts=said["ts"], text="x")) == (
        "cant_update_message"
    )
    assert await refusal(bot.users_info(user="U0NONE")) == "user_not_found"
    assert (
        await refusal(bot.chat_postEphemeral(channel="C01REV", user="U09NEW", text="x"))
        == "user_not_in_channel"
    )
    assert await refusal(bot.api_call("no.such")) == "unknown_method"


async def test_ephemeral_messages_are_for_one_person(slack: Stage, bot: AsyncWebClient) -> None:
    """Only the addressed person sees it, and history does not know it."""
    await bot.chat_postEphemeral(channel="C01REV", user="U02BOB", text="psst")

    [whisper] = await slack.ask("ephemeral", user="U02BOB")
    assert (whisper["channel"], whisper["text"]) == ("C01REV", "psst")
    assert await slack.ask("ephemeral", user="U01ALICE") == []
    assert (await bot.conversations_history(channel="C01REV"))["messages"] == []


async def test_direct_messages_need_a_channel_of_their_own(
    slack: Stage, bot: AsyncWebClient
) -> None:
    """conversations.open gives a D… channel, the same one each time."""
    opened = await bot.conversations_open(users="U01ALICE")
    again = await bot.conversations_open(users=["U01ALICE"])
    posted = await bot.chat_postMessage(channel="U01ALICE", text="for you")

    assert opened["channel"]["id"].startswith("D")
    assert opened["channel"]["id"] == again["channel"]["id"] == posted["channel"]


async def test_a_thread_shows_its_replies(slack: Stage, bot: AsyncWebClient) -> None:
    """Replies stand in the thread, not in the channel, and the parent counts them."""
    parent = await bot.chat_postMessage(channel="C01REV", text="card")
    await bot.chat_postMessage(channel="C01REV", text="plot", thread_ts=parent["ts"])

    replies = await bot.conversations_replies(channel="C01REV", ts=str(parent["ts"]))
    history = await bot.conversations_history(channel="C01REV")

    assert [message["text"] for message in replies["messages"]] == ["card", "plot"]
    assert [message["reply_count"] for message in history["messages"]] == [1]


async def test_a_permalink_opens_the_page_at_the_message(slack: Stage, bot: AsyncWebClient) -> None:
    """The permalink is an address of this very sandbox."""
    posted = await bot.chat_postMessage(channel="C01REV", text="card")
    ts = str(posted["ts"])

    link = (await bot.chat_getPermalink(channel="C01REV", message_ts=ts))["permalink"]

    assert link == f"{slack.url}archives/C01REV/p{ts.replace('.', '')}"
    async with slack.http.get(link) as page:
        assert page.status == 200


async def test_timestamps_never_repeat(slack: Stage, bot: AsyncWebClient) -> None:
    """Two messages in the same microsecond still get increasing timestamps."""
    slack.workspace.stamps._now = lambda: 1_795_000_000.0

    stamps = [str((await bot.chat_postMessage(channel="C01REV", text="x"))["ts"]) for _ in range(3)]

    assert stamps == ["1795000000.000000", "1795000000.000001", "1795000000.000002"]
