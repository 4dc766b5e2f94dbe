"""The sandbox lets an app do what its token and its scopes allow, and no more."""

from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.installation import EVENTS, SCOPES
from sandbox.testing import Stage, stage
from sandbox.webapi import METHODS
from sandbox.webapi.permission import SCOPES_OF


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


async def refused(call: Awaitable[Any]) -> Any:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response


@pytest.mark.parametrize("method", sorted(SCOPES_OF))
async def test_each_method_needs_its_scope(slack: Stage, bot: AsyncWebClient, method: str) -> None:
    """Without it the answer names what is missing and what is there; with one it goes on."""
    await slack.act("settings", scopes=["commands", "pins:read"])

    answer = await refused(bot.api_call(method))
    assert answer["error"] == "missing_scope"
    assert answer["needed"] == ",".join(SCOPES_OF[method])
    assert answer["provided"] == "commands,pins:read"
    assert answer.headers["X-OAuth-Scopes"] == "commands,pins:read"
    assert answer.headers["X-Accepted-OAuth-Scopes"] == answer["needed"]

    await slack.act("settings", scopes=[SCOPES_OF[method][0]])
    async with slack.http.post(
        f"{slack.url}api/{method}", headers={"Authorization": "Bearer xoxb-sandbox"}
    ) as granted:
        assert (await granted.json()).get("error") != "missing_scope"


async def test_the_usual_scopes_open_what_the_app_needs(slack: Stage) -> None:
    """A fresh sandbox grants each method but team.info, and each event."""
    closed = [name for name, needed in SCOPES_OF.items() if not set(needed) & set(SCOPES)]

    assert closed == ["team.info"]
    assert {scope for scope in EVENTS.values() if scope} <= set(SCOPES)
    assert set(SCOPES_OF) <= set(METHODS)


async def test_conversations_need_the_scope_of_their_kind(
    slack: Stage, bot: AsyncWebClient
) -> None:
    """Public, private and direct ones are read with scopes of their own."""
    await slack.act("channels", id="C0SECRET", name="secret", is_private=True)
    direct = (await bot.conversations_open(users="U01ALICE"))["channel"]["id"]
    await slack.act("settings", scopes=["channels:read", "channels:history"])

    await bot.conversations_info(channel="C01REV")
    await bot.conversations_history(channel="C01REV")
    private = await refused(bot.conversations_info(channel="C0SECRET"))
    spoken = await refused(bot.conversations_history(channel=direct))
    listed = await refused(bot.conversations_list(types="public_channel,private_channel"))
    odd = await refused(bot.conversations_list(types="secret_channel"))

    assert (private["error"], private["needed"]) == ("missing_scope", "groups:read")
    assert (spoken["error"], spoken["needed"]) == ("missing_scope", "im:history")
    assert (listed["error"], listed["needed"]) == ("missing_scope", "groups:read")
    assert odd["error"] == "invalid_types"


async def test_an_address_is_shown_to_those_who_may_see_it(
    slack: Stage, bot: AsyncWebClient
) -> None:
    """Without users:read.email accounts come without their email."""
    known = (await bot.users_info(user="U01ALICE"))["user"]["profile"]
    await slack.act("settings", scopes=["users:read"])

    unknown = (await bot.users_info(user="U01ALICE"))["user"]["profile"]

    assert known["email"] == "alice@sandbox.example"
    assert "email" not in unknown


async def test_a_bot_writes_where_it_is(slack: Stage, bot: AsyncWebClient) -> None:
    """chat:write.public opens public channels; a private one does not admit that it exists."""
    await slack.act("channels", id="C0OUT", name="out", bot_member=False)
    await slack.act("channels", id="C0HID", name="hid", is_private=True, bot_member=False)
    outside = await refused(bot.chat_postMessage(channel="C0OUT", text="x"))
    hidden = await refused(bot.chat_postMessage(channel="C0HID", text="x"))
    listed = await bot.conversations_list(types="public_channel,private_channel")

    await slack.act("settings", scopes=["chat:write", "chat:write.public"])
    posted = await bot.chat_postMessage(channel="C0OUT", text="x")
    still = await refused(bot.chat_postMessage(channel="C0HID", text="x"))

    assert (outside["error"], hidden["error"]) == ("not_in_channel", "channel_not_found")
    assert "C0OUT" in [channel["id"] for channel in listed["channels"]]
    assert "C0HID" not in [channel["id"] for channel in listed["channels"]]
    assert posted["channel"] == "C0OUT"
    assert still["error"] == "channel_not_found"


@pytest.mark.parametrize(
    ("state", "error"), [("revoked", "token_revoked"), ("expired", "token_expired")]
)
async def test_a_token_can_die(slack: Stage, bot: AsyncWebClient, state: str, error: str) -> None:
    """Every method refuses a dead token until it lives again."""
    await slack.act("settings", token_state=state)

    said = {(await refused(bot.api_call(method)))["error"] for method in METHODS}
    await slack.act("settings", token_state="ok")
    await bot.auth_test()

    wrong = await slack.act("settings", token_state="lost")
    assert (wrong[0], wrong[1]["error"]) == (400, "unknown_name")
    assert said == {error}


async def test_an_app_hears_once_that_its_token_was_taken(slack: Stage) -> None:
    """tokens_revoked names the bot."""
    await slack.act("settings", token_state="revoked")
    await slack.act("settings", token_state="revoked")

    [event] = slack.app.events
    assert (event["type"], event["tokens"]["bot"]) == ("tokens_revoked", ["U00PULLCORD"])


async def test_an_app_level_token_is_not_a_bots(slack: Stage) -> None:
    """What is for bots refuses it, by whatever name it was given."""
    app = AsyncWebClient("xapp-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])

    said = {
        (await refused(app.api_call(method)))["error"]
        for method in METHODS
        if method != "apps.connections.open"
    }
    await slack.act("settings", app_token="xapp-other")

    assert said == {"not_allowed_token_type"}
    assert (await refused(app.auth_test()))["error"] == "invalid_auth"


async def test_nothing_is_written_in_an_archived_channel(slack: Stage, bot: AsyncWebClient) -> None:
    """Posting, changing, whispering and joining are refused; reading goes on."""
    blocks = [
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "go",
                    "text": {"type": "plain_text", "text": "Go"},
                }
            ],
        }
    ]
    ts = str((await bot.chat_postMessage(channel="C01REV", text="x", blocks=blocks))["ts"])
    await slack.act("click", user="U01ALICE", channel="C01REV", ts=ts, action_id="go")
    await slack.act("channels", id="C01REV", is_archived=True)

    said = [
        (await refused(call))["error"]
        for call in (
            bot.chat_postMessage(channel="C01REV", text="x"),
            bot.chat_postEphemeral(channel="C01REV", user="U01ALICE", text="x"),
            bot.chat_update(channel="C01REV", ts=ts, text="x"),
            bot.conversations_join(channel="C01REV"),
        )
    ]
    async with slack.http.post(slack.app.last["response_url"], json={"text": "x"}) as late:
        answer = (late.status, (await late.json())["error"])

    assert said == ["is_archived", "is_archived", "is_inactive", "is_archived"]
    assert answer == (410, "channel_is_archived")
    assert (await slack.act("message", user="U01ALICE", channel="C01REV", text="x"))[0] == 409
    assert len((await bot.conversations_history(channel="C01REV"))["messages"]) == 1
    assert (await bot.conversations_info(channel="C01REV"))["channel"]["is_archived"] is True
