"""The sandbox says who is there, and who wants quiet."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage
from sandbox.workspace import Workspace

NOW = 1_795_000_000


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(Workspace(now=lambda: NOW)) as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


async def test_people_come_and_go_without_an_event(slack: Stage, bot: AsyncWebClient) -> None:
    """Presence is one word, away for those who left; it is asked for, never told."""
    await slack.act("users", id="U02BOB", presence="away")
    await slack.act("users", id="U04DAVE", deleted=True)

    said = [
        (await bot.users_getPresence(user=user))["presence"]
        for user in ("U01ALICE", "U02BOB", "U04DAVE")
    ]

    assert said == ["active", "away", "away"]
    assert [event["user"]["id"] for event in slack.app.events] == ["U04DAVE"]
    assert (await slack.act("users", id="U02BOB", presence="asleep"))[0] == 400


async def test_quiet_hours_are_a_plan(slack: Stage, bot: AsyncWebClient) -> None:
    """`dnd_enabled` is true by day as well: only the two times tell whether it is quiet now."""
    plan = {"dnd_enabled": True, "next_dnd_start_ts": NOW + 600, "next_dnd_end_ts": NOW + 9000}
    await slack.act("users", id="U02BOB", **plan)

    own = await bot.dnd_info(user="U02BOB")
    team = await bot.dnd_teamInfo(users=["U01ALICE", "U02BOB", "U0NONE"])

    assert {key: own[key] for key in plan} == plan
    assert own["snooze_enabled"] is False
    assert team["users"]["U02BOB"] == plan
    assert team["users"]["U01ALICE"]["dnd_enabled"] is False
    assert set(team["users"]) == {"U01ALICE", "U02BOB"}
    with pytest.raises(SlackApiError, match="no_users_provided"):
        await bot.dnd_teamInfo(users=[])
    with pytest.raises(SlackApiError, match="user_not_found"):
        await bot.dnd_info(user="U0NONE")


async def test_a_snooze_ends(slack: Stage, bot: AsyncWebClient) -> None:
    """It tells how long it lasts; the page knows who is quiet."""
    await slack.act("users", id="U02BOB", snooze_endtime=NOW + 300)

    snoozing = await bot.dnd_info(user="U02BOB")
    people = {user["id"]: user for user in (await slack.ask("state"))["users"]}
    await slack.act("users", id="U02BOB", snooze_endtime=NOW - 1)
    awake = await bot.dnd_info(user="U02BOB")

    assert (snoozing["snooze_enabled"], snoozing["snooze_remaining"]) == (True, 300)
    assert (people["U02BOB"]["quiet"], people["U01ALICE"]["quiet"]) == (True, False)
    assert awake["snooze_enabled"] is False
