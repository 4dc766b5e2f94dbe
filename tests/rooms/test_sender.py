"""What each answer of Slack means for a message: sent, later, unsure, refused, or never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.directory import Nobody
from bot.domain.outgoing import Later, Never, Refused, Sent, Unsure, Whisper
from bot.domain.people import Person
from bot.senders.answers import SlackUnreachableError
from bot.senders.slack import SlackSender
from sandbox.server import BOT_TOKEN
from sandbox.testing import serving, stage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox.testing import Stage

BLOCKS: list[dict[str, Any]] = [{"type": "divider"}]


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as made:
        yield made


@pytest.fixture
async def sender(slack: Stage) -> AsyncIterator[SlackSender]:
    timeout = aiohttp.ClientTimeout(total=0.5)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield SlackSender(
            AsyncWebClient(
                BOT_TOKEN, base_url=f"{slack.url}api/", session=session, retry_handlers=[]
            )
        )


async def post(sender: SlackSender, channel: str = "C01REV") -> Any:
    return await sender.post("msg_1", channel=channel, text="A question", blocks=BLOCKS)


async def test_a_post_stands_somewhere(sender: SlackSender) -> None:
    """The id of the channel and the ts, also when it was posted by name."""
    sent = await post(sender, "#reviews")

    assert isinstance(sent, Sent)
    assert sent.channel == "C01REV"


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ({"status": 429, "retry_after": 7}, Later(reason="ratelimited", after=7.0, limit="post")),
        ({"error": "rate_limited"}, Later(reason="rate_limited", after=None, limit="post")),
        ({"error": "invalid_blocks"}, Refused(reason="invalid_blocks")),
        ({"error": "token_revoked"}, Never(reason="token_revoked")),
        ({"error": "internal_error"}, Unsure(reason="internal_error")),
    ],
)
async def test_answers_are_sorted(
    slack: Stage, sender: SlackSender, fault: dict[str, Any], meaning: object
) -> None:
    """Only what surely did not happen may simply be tried again."""
    await slack.act("faults", method="chat.postMessage", **fault)

    assert await post(sender) == meaning


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": True}, {"delay": 2}])
async def test_a_lost_answer_is_unsure(
    slack: Stage, sender: SlackSender, fault: dict[str, Any]
) -> None:
    """5xx, a broken connection and a timeout say nothing about what happened."""
    await slack.act("faults", method="chat.postMessage", after=True, **fault)

    assert isinstance(await post(sender), Unsure)


async def test_json_that_is_none_says_nothing() -> None:
    """A cut-off answer of something in between is unsure as well, and no exception."""

    async def cut_off(_: web.Request) -> web.Response:
        return web.Response(text='{"ok": tr', content_type="application/json")

    between = web.Application()
    between.router.add_post("/api/{method}", cut_off)
    async with serving(between) as url, aiohttp.ClientSession() as session:
        sender = SlackSender(AsyncWebClient(BOT_TOKEN, base_url=f"{url}api/", session=session))

        sent = await post(sender)

        assert sent == Unsure(reason="200")
        with pytest.raises(SlackUnreachableError, match="200"):
            await sender.hello()


@pytest.mark.parametrize("channel", ["C01REV", "#reviews"])
async def test_a_lost_post_is_found_again(slack: Stage, sender: SlackSender, channel: str) -> None:
    """By the id in its metadata, in a channel known by id or by name."""
    await slack.act("faults", method="chat.postMessage", after=True, drop=True)
    since = datetime.now(UTC)
    await post(sender, channel)

    found = await sender.find("msg_1", channel=channel, since=since)
    other = await sender.find("msg_2", channel=channel, since=since)

    assert isinstance(found, Sent)
    assert found.ts in slack.workspace.channels["C01REV"].messages
    assert other is None


async def test_a_long_history_is_read_to_its_end(slack: Stage, sender: SlackSender) -> None:
    """Three hundred messages later it is still found."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    first = await post(sender)
    for _ in range(300):
        await sender.say(channel="C01REV", text="noise")

    assert await sender.find("msg_1", channel="C01REV", since=since) == replace(
        first, message_id="msg_1"
    )


async def test_looking_may_fail_too(slack: Stage, sender: SlackSender) -> None:
    """Later when Slack stumbles; and without the right to read, a copy is better than a loss."""
    since = datetime.now(UTC)
    await slack.act("faults", method="conversations.history", status=503)
    assert isinstance(await sender.find("m", channel="C01REV", since=since), Later)
    await slack.act("faults", method="conversations.history", status=429, retry_after=3)
    assert await sender.find("m", channel="C01REV", since=since) == Later(
        reason="ratelimited", after=3.0, limit="history"
    )
    await slack.act("faults", method="conversations.history", delay=2)
    assert isinstance(await sender.find("m", channel="C01REV", since=since), Later)
    await slack.act("faults", method="conversations.history", error="missing_scope")
    assert await sender.find("m", channel="C01REV", since=since) is None
    assert await sender.find("m", channel="#nowhere", since=since) is None


async def test_the_look_back_is_bounded() -> None:
    """In a channel with an endless history some pages are read, and no more."""
    calls = 0

    async def endless(request: web.Request) -> web.Response:
        nonlocal calls
        calls += 1
        more = {"next_cursor": "more"}
        odd: list[Any] = [5, {}, {"metadata": 5}, {"metadata": {"event_type": "pullcord_card"}}]
        odd.append({"metadata": {"event_type": "pullcord_card", "event_payload": {"id": "msg_1"}}})
        answer = {"messages": odd, "channels": [], "response_metadata": more}
        return web.json_response({"ok": True} | answer)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", endless)
    async with serving(app) as url:
        lost = SlackSender(AsyncWebClient("xoxb-1", base_url=f"{url}api/"))

        assert await lost.find("msg_1", channel="#reviews", since=datetime.now(UTC)) is None
    assert calls == 40


async def test_what_others_posted_is_not_ours(slack: Stage, sender: SlackSender) -> None:
    """Everybody in the workspace can read the metadata, and put the same under their own words."""
    since = datetime.now(UTC)
    sent = await post(sender)
    slack.workspace.channels["C01REV"].messages[sent.ts].user = "U04DAVE"

    assert await sender.find("msg_1", channel="C01REV", since=since) is not None
    await sender.hello()

    assert await sender.find("msg_1", channel="C01REV", since=since) is None


async def test_a_part_of_the_history(slack: Stage, sender: SlackSender) -> None:
    """All our messages between two moments, with their ids."""
    now = datetime.now(UTC)
    first, second = await post(sender), await post(sender)
    await sender.say(channel="C01REV", text="noise")
    other = timedelta(hours=1)

    found = await sender.cards_in("C01REV", since=now, until=now)
    before = await sender.cards_in("C01REV", since=now - other, until=now - other)

    assert found == [replace(one, message_id="msg_1") for one in (second, first)]
    assert before == []


async def test_the_channel_to_a_person(slack: Stage, sender: SlackSender) -> None:
    """It is opened once, and stays the same."""
    first = await sender.direct("U01ALICE")
    await slack.act("faults", method="conversations.open", status=503)

    assert isinstance(first, str)
    assert slack.workspace.channels[first].partner == "U01ALICE"
    assert await sender.direct("U01ALICE") == first


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        ({"status": 429, "retry_after": 7}, Later(reason="ratelimited", after=7.0)),
        ({"error": "missing_scope"}, Never(reason="missing_scope")),
        ({"error": "user_not_found"}, Never(reason="user_not_found")),
        ({"error": "internal_error"}, Later(reason="internal_error")),
    ],
)
async def test_the_channel_to_a_person_may_stay_shut(
    slack: Stage, sender: SlackSender, fault: dict[str, Any], meaning: object
) -> None:
    """Slack's reason says whether to try again."""
    await slack.act("faults", method="conversations.open", **fault)

    assert await sender.direct("U01ALICE") == meaning


async def test_a_channel_without_an_id() -> None:
    """Slack says yes and nothing else: asked again later."""

    async def odd(request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", odd)
    async with serving(app) as url:
        lost = SlackSender(AsyncWebClient("xoxb-1", base_url=f"{url}api/"))

        assert await lost.direct("U01ALICE") == Later(reason="odd_answer")


async def test_a_whisper_goes_where_the_click_came_from(slack: Stage, sender: SlackSender) -> None:
    """Through the click's own address; when that is used up, as an ephemeral message."""
    whisper = Whisper(user="U01ALICE", channel="C01REV", text="Bob was faster.")
    gone = f"{slack.url}response/used-up"

    assert isinstance(await sender.whisper(whisper), Sent)
    outcome = await sender.whisper(
        Whisper(user="U01ALICE", channel="C01REV", text="Again.", response_url=gone)
    )
    unreachable = await sender.whisper(
        Whisper(
            user="U01ALICE", channel="C01REV", text="Third.", response_url="http://127.0.0.1:9/x"
        )
    )

    assert isinstance(outcome, Sent)
    assert isinstance(unreachable, Sent)
    texts = [whispered["text"] for whispered in slack.workspace.whispers]
    assert texts == ["Bob was faster.", "Again.", "Third."]


async def test_who_we_are(slack: Stage, sender: SlackSender) -> None:
    """auth.test, or a word why not."""
    assert (await sender.hello())["team_id"] == "T01SANDBOX"

    await slack.act("faults", method="auth.test", error="invalid_auth")
    with pytest.raises(SlackUnreachableError, match="invalid_auth"):
        await sender.hello()
    await slack.act("faults", method="auth.test", drop=True)
    with pytest.raises(SlackUnreachableError, match=r"\w+"):
        await sender.hello()


async def test_who_somebody_is(slack: Stage, sender: SlackSender) -> None:
    """By id or by address; guests are known as guests."""
    guest = await sender.person("U05GUEST")
    same = await sender.person_at("GUS@sandbox.example")

    assert isinstance(guest, Person)
    assert (guest.guest, guest.deleted, guest.bot) == (True, False, False)
    assert same == guest
    bot = await sender.person("USLACKBOT")
    assert isinstance(bot, Person)
    assert bot.bot


async def test_who_belongs_to_a_usergroup(slack: Stage, sender: SlackSender) -> None:
    """Slack's ids of them."""
    await slack.act("usergroups", id="S01LEADS", handle="leads", users=["U01ALICE", "U02BOB"])

    assert await sender.members("S01LEADS") == {"U01ALICE", "U02BOB"}


async def test_a_clear_no_is_an_answer(slack: Stage, sender: SlackSender) -> None:
    """Slack knows nobody there: that is remembered, unlike a call that failed."""
    assert await sender.person("U99NOBODY") == Nobody(reason="user_not_found")
    assert await sender.person_at("x@sandbox.example") == Nobody(reason="users_not_found")
    assert await sender.members("S99NONE") == Nobody(reason="no_such_subteam")


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"error": "missing_scope"}, Never(reason="missing_scope")),
        ({"error": "plan_upgrade_required"}, Never(reason="plan_upgrade_required")),
        ({"status": 429, "retry_after": 7}, Later(reason="ratelimited", after=7)),
        ({"error": "internal_error"}, Later(reason="internal_error")),
    ],
)
async def test_what_slack_does_not_say_stays_as_it_is(
    slack: Stage, sender: SlackSender, fault: dict[str, Any], expected: Later | Never
) -> None:
    """Later, with the wait that Slack asks for, or not before an operator has mended it."""
    for method in ("users.info", "users.lookupByEmail", "usergroups.users.list"):
        await slack.act("faults", method=method, **fault)

    assert await sender.person("U01ALICE") == expected
    assert await sender.person_at("alice@sandbox.example") == expected
    assert await sender.members("S01LEADS") == expected


async def test_a_lost_answer_about_people_is_asked_for_again(
    slack: Stage, sender: SlackSender
) -> None:
    """A question changes nothing, so it may be repeated."""
    await slack.act("faults", method="users.info", drop=True, times=9)

    assert isinstance(await sender.person("U01ALICE"), Later)


@pytest.mark.parametrize("user", [None, "U01ALICE", {"id": 5}, {"id": "U99OTHER"}])
async def test_an_odd_answer_names_nobody(user: object) -> None:
    """A proxy's invention, or another person than was asked for."""

    async def odd(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "users": "U01ALICE", "user": user})

    app = web.Application()
    app.router.add_route("*", "/api/{method}", odd)
    async with serving(app) as url:
        sender = SlackSender(AsyncWebClient("xoxb-1", base_url=f"{url}api/"))

        assert await sender.person("U01ALICE") == Later(reason="odd_answer")
        assert await sender.members("S01LEADS") == Later(reason="odd_answer")
        if not (isinstance(user, dict) and isinstance(user["id"], str)):
            assert await sender.person_at("a@b.example") == Later(reason="odd_answer")
