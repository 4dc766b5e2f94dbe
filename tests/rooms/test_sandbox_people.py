"""What people do in the sandbox reaches the app as Slack would send it."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.testing import Stage, stage
from sandbox.workspace import Workspace

Json = dict[str, Any]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1_795_000_000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[Stage]:
    async with stage(Workspace(now=clock)) as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": "e1", **more}


CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("It cannot be undone."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
OPTIONS = [{"text": plain("Details"), "value": "details"}, {"text": plain("Ask"), "value": "ask"}]
CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Refund $12?"}},
    {
        "type": "actions",
        "block_id": "decide",
        "elements": [
            button("Approve", "approve", style="primary"),
            button("Reject", "reject", confirm=CONFIRM),
            {"type": "overflow", "action_id": "more", "options": OPTIONS},
        ],
    },
]
MODAL = {
    "type": "modal",
    "callback_id": "modify",
    "title": plain("Modify"),
    "submit": plain("Send"),
    "private_metadata": "e1",
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "amount",
            "label": plain("Amount"),
            "element": {
                "type": "number_input",
                "action_id": "value",
                "is_decimal_allowed": True,
                "initial_value": "12",
                "max_value": "500",
            },
        },
        {
            "type": "input",
            "block_id": "note",
            "optional": True,
            "label": plain("Note"),
            "element": {"type": "plain_text_input", "action_id": "value", "max_length": 20},
        },
        {
            "type": "input",
            "block_id": "flags",
            "optional": True,
            "label": plain("Also"),
            "element": {"type": "checkboxes", "action_id": "value", "options": OPTIONS},
        },
        {"type": "actions", "block_id": "pages", "elements": [button("Next", "next")]},
    ],
}


async def card(bot: AsyncWebClient, **more: Any) -> str:
    posted = await bot.chat_postMessage(channel="C01REV", text="card", blocks=CARD, **more)
    return str(posted["ts"])


async def opened(slack: Stage, bot: AsyncWebClient, view: Json = MODAL) -> Json:
    """Alice clicks, and the app opens a modal on her screen."""
    ts = await card(bot)
    await slack.act("click", user="U01ALICE", channel="C01REV", ts=ts, action_id="approve")
    answer = await bot.views_open(trigger_id=slack.app.last["trigger_id"], view=view)
    return dict(answer["view"])


async def test_a_click_is_delivered_whole_and_signed(
    slack: Stage, bot: AsyncWebClient, clock: Clock
) -> None:
    """block_actions says who clicked what, where; the signature verifies."""
    ts = await card(bot, metadata={"event_type": "card", "event_payload": {"id": "e1"}})

    status, answer = await slack.act(
        "click", user="U02BOB", channel="C01REV", ts=ts, action_id="approve"
    )

    assert (status, answer["status"]) == (200, 200)
    payload = slack.app.last
    assert payload["type"] == "block_actions"
    assert payload["user"] == {
        "id": "U02BOB",
        "username": "bob",
        "name": "bob",
        "team_id": "T01SANDBOX",
    }
    assert payload["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": "C01REV",
        "is_ephemeral": False,
    }
    [action] = payload["actions"]
    assert (action["action_id"], action["block_id"], action["value"]) == (
        "approve",
        "decide",
        "e1",
    )
    assert payload["message"]["metadata"]["event_payload"] == {"id": "e1"}
    heard = slack.app.heard[-1]
    verifier = SignatureVerifier("sandbox-signing-secret")
    # A clock of its own: the library hands the same one to every verifier.
    verifier.clock = SimpleNamespace(now=clock)  # type: ignore[assignment]
    assert verifier.is_valid_request(heard.raw, heard.headers)
    assert not verifier.is_valid_request(heard.raw + b"x", heard.headers)


async def test_a_confirm_dialog_stands_before_the_click(slack: Stage, bot: AsyncWebClient) -> None:
    """Nothing is delivered until the person has confirmed."""
    ts = await card(bot)
    click = {"user": "U02BOB", "channel": "C01REV", "ts": ts, "action_id": "reject"}

    status, answer = await slack.act("click", **click)
    assert (status, answer["error"]) == (409, "confirm_needed")
    assert answer["confirm"]["title"]["text"] == "Sure?"
    assert slack.app.heard == []

    status, _ = await slack.act("click", **click, confirmed=True)
    assert status == 200
    assert slack.app.last["actions"][0]["action_id"] == "reject"


async def test_a_menu_sends_the_chosen_option(slack: Stage, bot: AsyncWebClient) -> None:
    """An overflow menu sends selected_option; what is not on offer cannot be chosen."""
    click = {"user": "U02BOB", "channel": "C01REV", "ts": await card(bot), "action_id": "more"}

    await slack.act("click", **click, value="ask")
    assert slack.app.last["actions"][0]["selected_option"]["value"] == "ask"

    status, answer = await slack.act("click", **click, value="nothing")
    assert (status, answer["error"]) == (409, "no_such_option")


async def test_only_a_slow_screen_can_click_what_is_gone(slack: Stage, bot: AsyncWebClient) -> None:
    """After an update the old button is gone, but a stale screen may still send it."""
    ts = await card(bot)
    await bot.chat_update(channel="C01REV", ts=ts, text="settled")
    click = {"user": "U02BOB", "channel": "C01REV", "ts": ts, "action_id": "approve"}

    status, answer = await slack.act("click", **click)
    assert (status, answer["error"]) == (409, "no_such_element")

    status, _ = await slack.act("click", **click, stale=True)
    assert status == 200
    assert slack.app.last["actions"][0]["value"] == "e1"


async def test_two_hundred_people_click_at_once() -> None:
    """Deliveries run side by side: all of them are in the app's hands at one moment."""
    async with stage(answer_seconds=60) as slack:
        bot = AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])
        ts = await card(bot)
        together = asyncio.Barrier(200)

        async def waits_for_the_others() -> web.Response:
            await together.wait()
            return web.Response()

        slack.app.answers = [waits_for_the_others] * 200
        click = {"user": "U02BOB", "channel": "C01REV", "ts": ts, "action_id": "approve"}
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as everybody:

            async def press() -> int:
                async with everybody.post(f"{slack.url}control/click", json=click) as answer:
                    status: int = (await answer.json())["status"]
                    return status

            answers = await asyncio.gather(*(press() for _ in range(200)))

    assert answers == [200] * 200


async def test_an_app_that_does_not_answer_is_reported(slack: Stage, bot: AsyncWebClient) -> None:
    """A dead app costs the person a message, not an exception."""
    await slack.act("settings", events_url="http://127.0.0.1:9/slack/events")

    _, click = await slack.act(
        "click", user="U02BOB", channel="C01REV", ts=await card(bot), action_id="approve"
    )
    _, command = await slack.act(
        "command", user="U02BOB", channel="C01REV", command="/pullcord", text="status"
    )

    assert (click["status"], click["error"]) == (0, "connection_failed")
    assert command["status"] == 0
    [told] = await slack.ask("ephemeral", user="U02BOB")
    assert "failed with the error" in told["text"]


async def test_a_trigger_opens_one_view_within_three_seconds(
    slack: Stage, bot: AsyncWebClient, clock: Clock
) -> None:
    """A trigger id is single use, short lived, and cannot be made up."""
    first = await opened(slack, bot)
    used = slack.app.last["trigger_id"]
    await slack.act(
        "click", user="U01ALICE", channel="C01REV", ts=await card(bot), action_id="approve"
    )
    late = slack.app.last["trigger_id"]
    clock.at += 3.5

    refusals = []
    for trigger in (used, late, "1.2.made-up"):
        with pytest.raises(SlackApiError) as refused:
            await bot.views_open(trigger_id=trigger, view=MODAL)
        refusals.append(refused.value.response["error"])

    assert refusals == ["exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id"]
    state = await slack.ask("state", user="U01ALICE")
    assert [view["id"] for view in state["views"]] == [first["id"]]


async def test_a_form_is_submitted_with_what_was_typed(slack: Stage, bot: AsyncWebClient) -> None:
    """state.values has Slack's shapes; inputs left alone keep their initial value."""
    view = await opened(slack, bot)

    _, answer = await slack.act(
        "view/submit", user="U01ALICE", values={"note": "Shipping", "flags": ["ask"]}
    )

    payload = slack.app.last
    assert answer["response_action"] == "close"
    assert payload["type"] == "view_submission"
    assert payload["view"]["id"] == view["id"]
    assert payload["view"]["private_metadata"] == "e1"
    values = payload["view"]["state"]["values"]
    assert values["amount"]["value"] == {"type": "number_input", "value": "12"}
    assert values["note"]["value"] == {"type": "plain_text_input", "value": "Shipping"}
    assert values["flags"]["value"]["selected_options"] == [OPTIONS[1]]
    assert (await slack.ask("state", user="U01ALICE"))["views"] == []


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"amount": ""}, {"amount": "Please complete this required field."}),
        ({"amount": "many"}, {"amount": "Enter a number."}),
        ({"amount": "501"}, {"amount": "Enter a number of at most 500."}),
        ({"note": "x" * 21}, {"note": "Please use 20 characters or fewer."}),
    ],
)
async def test_slacks_own_client_checks_first(
    slack: Stage, bot: AsyncWebClient, typed: Json, problem: Json
) -> None:
    """What the client refuses never reaches the app."""
    await opened(slack, bot)
    before = len(slack.app.heard)

    status, answer = await slack.act("view/submit", user="U01ALICE", values=typed)

    assert status == 409
    assert answer == {"error": "client_validation", "errors": problem}
    assert len(slack.app.heard) == before


async def test_errors_keep_the_form_open(slack: Stage, bot: AsyncWebClient) -> None:
    """response_action errors stand at their inputs; errors for anything else are trouble."""
    await opened(slack, bot)
    good = {"response_action": "errors", "errors": {"amount": "must be ≤ 300"}}
    bad = {"response_action": "errors", "errors": {"elsewhere": "?"}}
    slack.app.answers = [web.json_response(good), web.json_response(bad)]

    _, first = await slack.act("view/submit", user="U01ALICE", values={"amount": "400"})
    _, second = await slack.act("view/submit", user="U01ALICE", values={})

    assert first["errors"] == {"amount": "must be ≤ 300"}
    assert (second["errors"], second["trouble"]) == (
        {},
        "We had some trouble connecting. Try again?",
    )
    [view] = (await slack.ask("state", user="U01ALICE"))["views"]
    assert view["typed"]["amount"] == "400"


async def test_views_stack_three_deep(slack: Stage, bot: AsyncWebClient) -> None:
    """Pushed views lie on top of each other, closing shows the one below, a fourth is refused."""
    first = await opened(slack, bot)
    for _ in range(2):
        await slack.act("view/click", user="U01ALICE", action_id="next")
        await bot.views_push(trigger_id=slack.app.last["trigger_id"], view=MODAL)
    await slack.act("view/click", user="U01ALICE", action_id="next")
    with pytest.raises(SlackApiError, match="push_limit_reached"):
        await bot.views_push(trigger_id=slack.app.last["trigger_id"], view=MODAL)

    stack = (await slack.ask("state", user="U01ALICE"))["views"]
    assert [view["root_view_id"] for view in stack] == [first["id"]] * 3

    await slack.act("view/close", user="U01ALICE")
    assert slack.app.last["type"] == "view_closed"
    assert slack.app.last["view"]["id"] == stack[2]["id"]
    assert len((await slack.ask("state", user="U01ALICE"))["views"]) == 2


async def test_an_update_keeps_what_was_typed(slack: Stage, bot: AsyncWebClient) -> None:
    """views.update respects a stale hash and the inputs that remain."""
    view = await opened(slack, bot)
    await slack.act("view/click", user="U01ALICE", action_id="next", values={"note": "typed"})
    assert slack.app.last["view"]["state"]["values"]["note"]["value"]["value"] == "typed"

    with pytest.raises(SlackApiError, match="hash_conflict"):
        await bot.views_update(view_id=view["id"], view=MODAL, hash="old")
    await bot.views_update(view_id=view["id"], view=MODAL, hash=view["hash"])
    await slack.act("view/submit", user="U01ALICE", values={})

    assert slack.app.last["view"]["state"]["values"]["note"]["value"]["value"] == "typed"


async def test_a_response_url_works_five_times_for_half_an_hour(
    slack: Stage, bot: AsyncWebClient, clock: Clock
) -> None:
    """Answers are private by default, may replace the message, and run out."""
    ts = await card(bot)
    click = {"user": "U02BOB", "channel": "C01REV", "ts": ts, "action_id": "approve"}
    await slack.act("click", **click)
    url = slack.app.last["response_url"]

    async def answer(**said: Any) -> tuple[int, str]:
        async with slack.http.post(url, json=said) as response:
            return response.status, (await response.json()).get("error", "")

    assert await answer(text="thanks") == (200, "")
    assert await answer(text="settled", replace_original=True) == (200, "")
    assert await answer(blocks=[{"type": "nonsense"}]) == (400, "invalid_blocks")
    assert await answer(text="said aloud", response_type="in_channel") == (200, "")
    assert await answer(text="5") == (200, "")
    assert await answer(text="6") == (404, "used_url")

    whispers = await slack.ask("ephemeral", user="U02BOB")
    assert [whisper["text"] for whisper in whispers] == ["thanks", "5"]
    messages = await slack.ask("messages", channel="C01REV")
    assert [message["text"] for message in messages] == ["settled", "said aloud"]
    await slack.act("click", **click, stale=True)
    url = slack.app.last["response_url"]
    clock.at += 1801
    assert await answer(text="late") == (404, "expired_url")


async def test_a_command_and_its_answer(slack: Stage) -> None:
    """A slash command carries Slack's fields, and its answer is shown privately."""
    slack.app.answers = [web.json_response({"text": "14 open"})]

    await slack.act(
        "command", user="U01ALICE", channel="C01REV", command="/pullcord", text="status"
    )

    fields = slack.app.last
    assert (fields["command"], fields["text"], fields["user_id"], fields["channel_name"]) == (
        "/pullcord",
        "status",
        "U01ALICE",
        "reviews",
    )
    [shown] = await slack.ask("ephemeral", user="U01ALICE")
    assert shown["text"] == "14 open"


async def test_a_message_event_is_tried_again(slack: Stage) -> None:
    """An event the app fails to take comes back at once, marked as a retry."""
    slack.app.answers = [web.Response(status=500)]

    _, answer = await slack.act("message", user="U01ALICE", channel="C01REV", text="hello")
    for _ in range(100):
        if len(slack.app.heard) == 2:
            break
        await asyncio.sleep(0.01)

    assert answer["status"] == 500
    first, second = slack.app.heard
    assert first.payload["event"]["text"] == "hello"
    assert second.payload["event_id"] == first.payload["event_id"]
    assert second.headers["X-Slack-Retry-Num"] == "1"
    assert second.headers["X-Slack-Retry-Reason"] == "http_error"


async def test_the_home_tab_is_published_and_clicked(slack: Stage, bot: AsyncWebClient) -> None:
    """Opening Home tells the app; a click there carries the view, and no response_url."""
    await bot.views_publish(user_id="U01ALICE", view={"type": "home", "blocks": CARD})

    await slack.act("home", user="U01ALICE")
    assert slack.app.last["event"]["type"] == "app_home_opened"
    assert slack.app.last["event"]["view"]["type"] == "home"

    await slack.act("home/click", user="U01ALICE", action_id="approve")
    assert slack.app.last["container"]["type"] == "view"
    assert "response_url" not in slack.app.last
    with pytest.raises(SlackApiError, match="hash_conflict"):
        await bot.views_publish(
            user_id="U01ALICE", view={"type": "home", "blocks": CARD}, hash="old"
        )


async def test_faults_come_on_order(slack: Stage, bot: AsyncWebClient) -> None:
    """A fault hits the calls it was ordered for, as often as it was ordered."""
    await slack.act("faults", method="chat.postMessage", retry_after=7, match="second")
    await slack.act("faults", method="chat.update", error="message_not_found")

    posted = await bot.chat_postMessage(channel="C01REV", text="first")
    with pytest.raises(SlackApiError) as limited:
        await bot.chat_postMessage(channel="C01REV", text="second")
    with pytest.raises(SlackApiError, match="message_not_found"):
        await bot.chat_update(channel="C01REV", ts=str(posted["ts"]), text="x")
    await bot.chat_postMessage(channel="C01REV", text="second")

    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    messages = await slack.ask("messages", channel="C01REV")
    assert [message["text"] for message in messages] == ["first", "second"]


async def test_an_answer_can_get_lost_on_its_way(slack: Stage, bot: AsyncWebClient) -> None:
    """With `after` and `drop` the message is there although the caller heard nothing."""
    await slack.act("faults", method="chat.postMessage", after=True, drop=True)

    with pytest.raises(Exception, match=r"(?i)disconnect|reset"):
        await bot.chat_postMessage(channel="C01REV", text="lost")

    [message] = await slack.ask("messages", channel="C01REV")
    assert message["text"] == "lost"
    assert [entry["status"] for entry in await slack.ask("log")] == [0]


async def test_an_open_page_is_told_of_each_change(slack: Stage, bot: AsyncWebClient) -> None:
    """The stream sends a number at once, and a higher one when something happens."""
    async with slack.http.get(f"{slack.url}control/stream") as stream:
        first = await stream.content.readuntil(b"\n\n")
        await bot.chat_postMessage(channel="C01REV", text="news")
        second = await stream.content.readuntil(b"\n\n")

    assert int(second.removeprefix(b"data: ")) > int(first.removeprefix(b"data: "))
