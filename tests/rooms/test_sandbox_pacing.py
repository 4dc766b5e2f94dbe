"""The sandbox lets an app call as often as Slack does."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.pacing import limit_of
from sandbox.server import make_app
from sandbox.testing import Stage, stage
from sandbox.workspace import Workspace


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1_795_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Stage]:
    async with stage(Workspace(now=clock), pacing=True) as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


async def said_wait(call: Any) -> int:
    """The seconds Slack asks to wait."""
    with pytest.raises(SlackApiError) as limited:
        await call
    response = limited.value.response
    assert (response.status_code, response["error"]) == (429, "ratelimited")
    return int(response.headers["Retry-After"])


async def test_a_channel_takes_a_message_a_second(
    slack: Stage, bot: AsyncWebClient, clock: Clock
) -> None:
    """Three at once, then one a second; another channel is not held up, however it is named."""
    for _ in range(3):
        await bot.chat_postMessage(channel="C01REV", text="x")

    assert await said_wait(bot.chat_postMessage(channel="#reviews", text="x")) == 1
    await bot.chat_postMessage(channel="C03MONEY", text="x")
    clock.at += 1
    await bot.chat_postMessage(channel="C01REV", text="x")
    assert await said_wait(bot.chat_postMessage(channel="C01REV", text="x")) == 1
    clock.at += 60
    for _ in range(3):
        await bot.chat_postMessage(channel="C01REV", text="x")
    assert await said_wait(bot.chat_postMessage(channel="C01REV", text="x")) == 1


async def test_a_direct_message_is_a_channel_too(slack: Stage, bot: AsyncWebClient) -> None:
    """The person's id and the conversation's id fill the same bucket."""
    direct = (await bot.conversations_open(users="U02BOB"))["channel"]["id"]
    for channel in ("U02BOB", direct, "U02BOB"):
        await bot.chat_postMessage(channel=channel, text="x")

    assert await said_wait(bot.chat_postMessage(channel=direct, text="x")) == 1


@pytest.mark.parametrize(
    ("method", "fields", "most"),
    [
        ("usergroups.list", {}, 20),
        ("users.list", {}, 20),
        ("users.getPresence", {"user": "U01ALICE"}, 50),
        ("users.info", {"user": "U01ALICE"}, 100),
        ("auth.test", {}, 600),
    ],
)
async def test_a_method_has_a_tier(
    slack: Stage, bot: AsyncWebClient, clock: Clock, method: str, fields: Any, most: int
) -> None:
    """So many calls in any minute; then Retry-After tells when the oldest is forgotten."""
    await bot.api_call(method, params=fields)
    clock.at += 20
    for _ in range(most - 1):
        await bot.api_call(method, params=fields)

    assert await said_wait(bot.api_call(method, params=fields)) == 40
    await bot.api_call("users.lookupByEmail", params={"email": "alice@sandbox.example"})
    clock.at += 40
    await bot.api_call(method, params=fields)
    assert await said_wait(bot.api_call(method, params=fields)) == 20


async def test_a_workspace_takes_some_hundred_messages_a_minute(
    slack: Stage, bot: AsyncWebClient, clock: Clock
) -> None:
    """Even when they are spread over channels, and over time."""
    for number in range(100):
        await slack.act("channels", id=f"C{number:05}")
    for _ in range(3):
        for number in range(100):
            await bot.chat_postMessage(channel=f"C{number:05}", text="x")
        clock.at += 5

    assert await said_wait(bot.chat_postMessage(channel="C01REV", text="x")) == 45


async def test_refused_calls_do_not_count(slack: Stage, bot: AsyncWebClient) -> None:
    """Whoever has no scope is told that, and whoever waits as told gets through."""
    await slack.act("settings", scopes=[])
    for _ in range(30):
        with pytest.raises(SlackApiError, match="missing_scope"):
            await bot.usergroups_list()
    await slack.act("settings", scopes=["usergroups:read"])

    await bot.usergroups_list()


async def test_limits_are_switched_while_it_runs(slack: Stage, bot: AsyncWebClient) -> None:
    """`pacing: false` lets everything through; a sandbox starts with it on."""
    _, now = await slack.act("settings", pacing=False)
    for _ in range(5):
        await bot.chat_postMessage(channel="C01REV", text="x")
    await slack.act("settings", pacing=True)
    for _ in range(3):
        await bot.chat_postMessage(channel="C01REV", text="x")

    assert now["pacing"] is False
    assert await said_wait(bot.chat_postMessage(channel="C01REV", text="x")) == 1
    fresh = Workspace()
    make_app(fresh)
    assert fresh.pacing.on


def test_every_method_has_a_limit() -> None:
    """Tier 4 is what remains; posting and looking up have limits of their own."""
    assert [limit_of(name) for name in ("chat.update", "views.open", "chat.postMessage")] == [
        50,
        100,
        300,
    ]
