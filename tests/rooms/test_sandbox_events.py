"""The app is told of what happens in the sandbox, as Slack tells it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(retry_waits=(0, 0, 0)) as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


async def deliveries(slack: Stage, count: int) -> None:
    """Wait until the app has heard so many."""
    heard = slack.workspace.changes.listen()
    async with asyncio.timeout(10):
        while len(slack.workspace.log.last()) < count:
            await heard.get()
    slack.workspace.changes.leave(heard)


async def test_groups_are_listed_with_what_was_asked_for(slack: Stage, bot: AsyncWebClient) -> None:
    """Members and their number come on request; disabled groups as well."""
    await slack.act("usergroups", id="S02OLD", handle="old", disabled=True)

    bare = await bot.usergroups_list()
    full = await bot.usergroups_list(include_users=True, include_count=True)
    every = await bot.usergroups_list(include_disabled=True)

    [group] = bare["usergroups"]
    assert (group["id"], group["handle"]) == ("S01LEADS", "billing-leads")
    assert "users" not in group
    assert full["usergroups"][0]["users"] == ["U01ALICE", "U02BOB"]
    assert full["usergroups"][0]["user_count"] == 2
    assert [group["id"] for group in every["usergroups"]] == ["S01LEADS", "S02OLD"]


async def test_a_groups_members_are_asked_for_by_its_id(slack: Stage, bot: AsyncWebClient) -> None:
    """A group that is unknown or disabled is `no_such_subteam`."""
    await slack.act("usergroups", id="S02OLD", users=["U03CAROL"], disabled=True)

    members = await bot.usergroups_users_list(usergroup="S01LEADS")
    refused = []
    for group in ("S02OLD", "S09NONE"):
        with pytest.raises(SlackApiError) as caught:
            await bot.usergroups_users_list(usergroup=group)
        refused.append(caught.value.response["error"])
    disabled = await bot.usergroups_users_list(usergroup="S02OLD", include_disabled=True)

    assert members["users"] == ["U01ALICE", "U02BOB"]
    assert refused == ["no_such_subteam", "no_such_subteam"]
    assert disabled["users"] == ["U03CAROL"]


async def test_people_are_listed_page_by_page(slack: Stage, bot: AsyncWebClient) -> None:
    """Without a limit everybody comes at once; with one, a cursor leads on; others are refused."""
    everybody = [user["id"] for user in (await bot.users_list())["members"]]

    seen, cursor, pages = [], "", 0
    while True:
        page = await bot.users_list(limit=3, cursor=cursor)
        seen += [user["id"] for user in page["members"]]
        pages += 1
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break

    assert (seen, pages) == (everybody, 3)
    for wrong in ("3", "!!", "bmV4dDp4"):
        with pytest.raises(SlackApiError, match="invalid_cursor"):
            await bot.users_list(limit=3, cursor=wrong)


async def test_a_changed_account_is_told(slack: Stage) -> None:
    """user_change carries the whole user in a whole envelope; no change, no event."""
    await slack.act("users", id="U02BOB", deleted=True)
    await slack.act("users", id="U02BOB", deleted=True)

    [heard] = slack.app.heard
    envelope = heard.payload
    event = envelope["event"]
    assert (event["type"], event["user"]["id"], event["user"]["deleted"]) == (
        "user_change",
        "U02BOB",
        True,
    )
    assert event["user"]["updated"] >= envelope["event_time"] - 1
    assert envelope["type"] == "event_callback"
    assert envelope["event_id"].startswith("Ev")
    assert envelope["authorizations"][0]["user_id"] == "U00PULLCORD"


async def test_a_new_person_is_told(slack: Stage) -> None:
    """team_join comes once, with the account as it is."""
    await slack.act("users", id="U09NEW", real_name="Nina New")

    [event] = slack.app.events
    assert (event["type"], event["user"]["real_name"]) == ("team_join", "Nina New")


async def test_a_group_that_changes_is_told(slack: Stage) -> None:
    """Members that come and go are told as the difference, and as the whole group."""
    await slack.act("usergroups", id="S01LEADS", users=["U02BOB", "U03CAROL"])
    await slack.act("usergroups", id="S01LEADS", name="Leaders")
    await slack.act("usergroups", id="S03NEW", handle="night", users=["U04DAVE"])

    members, whole, renamed, created = slack.app.events
    assert members["type"] == "subteam_members_changed"
    assert (members["added_users"], members["removed_users"]) == (["U03CAROL"], ["U01ALICE"])
    assert (members["subteam_id"], members["added_users_count"]) == ("S01LEADS", 1)
    assert members["date_update"] > members["date_previous_update"]
    assert whole["type"] == "subteam_updated"
    assert whole["subteam"]["users"] == ["U02BOB", "U03CAROL"]
    assert (renamed["type"], renamed["subteam"]["name"]) == ("subteam_updated", "Leaders")
    assert (created["type"], created["subteam"]["user_count"]) == ("subteam_created", 1)


async def test_a_group_of_strangers_cannot_be_made(slack: Stage) -> None:
    """Members must have an account, and fields must be known."""
    strangers = await slack.act("usergroups", id="S03NEW", users=["U0NONE"])
    nonsense = await slack.act("usergroups", colour="blue")

    assert (strangers[0], strangers[1]["error"]) == (404, "user_not_found")
    assert (nonsense[0], nonsense[1]["error"]) == (400, "unknown_field")
    assert list(slack.workspace.usergroups) == ["S01LEADS"]


async def test_only_what_is_subscribed_to_goes_out(slack: Stage) -> None:
    """Unsubscribed, without its scope, or where the bot is not: the event is kept back."""
    said = {"user": "U01ALICE", "channel": "C01REV", "text": "hello"}
    await slack.act("settings", events=["message.im"])
    _, unheard = await slack.act("message", **said)
    await slack.act("settings", events=["message.channels"], scopes=["chat:write"])
    await slack.act("message", **said)
    await slack.act("settings", scopes=["channels:history"])
    await slack.act("channels", id="C01REV", bot_member=False)
    await slack.act("message", **said)
    assert slack.app.heard == []

    await slack.act("channels", id="C01REV", bot_member=True)
    await slack.act("message", **said)

    assert unheard["error"] == "not_subscribed"
    [event] = slack.app.events
    assert (event["type"], event["channel_type"], event["text"]) == ("message", "channel", "hello")
    wrong = await slack.act("settings", events=["lunch"])
    assert (wrong[0], wrong[1]["names"]) == (400, ["lunch"])
    assert (await slack.act("settings", scopes="all"))[0] == 400


async def test_an_event_comes_four_times_at_most(slack: Stage) -> None:
    """Three retries, each numbered and with a reason, all with one event_id."""
    slack.app.answers = [web.Response(status=code) for code in (500, 404, 301, 500)]

    await slack.act("users", id="U02BOB", real_name="Bob B. Brown")
    await deliveries(slack, 4)

    retries = [
        (one.headers.get("X-Slack-Retry-Num"), one.headers.get("X-Slack-Retry-Reason"))
        for one in slack.app.heard
    ]
    assert retries == [(None, None), *((str(number), "http_error") for number in (1, 2, 3))]
    assert len({one.payload["event_id"] for one in slack.app.heard}) == 1


async def test_an_app_may_refuse_to_be_told_again(slack: Stage) -> None:
    """X-Slack-No-Retry ends it, and a dead app is tried again as connection_failed."""
    slack.app.answers = [
        web.Response(status=500),
        web.Response(status=500, headers={"X-Slack-No-Retry": "1"}),
    ]
    await slack.act("users", id="U02BOB", real_name="Bob B. Brown")
    await deliveries(slack, 2)
    await slack.act("settings", events_url="http://127.0.0.1:9/", retry_waits=[0])

    await slack.act("users", id="U02BOB", real_name="Bob Brown")
    await deliveries(slack, 4)

    assert len(slack.app.heard) == 2
    assert [entry["status"] for entry in await slack.ask("log")] == [500, 500, 0, 0]
