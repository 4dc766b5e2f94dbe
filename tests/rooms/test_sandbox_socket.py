"""The sandbox's Socket Mode: tickets, envelopes, acknowledgements, goodbyes, trouble on order."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import sockets
from sandbox.testing import Stage, stage
from tests.rooms.test_sandbox_people import MODAL, card

Json = dict[str, Any]


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage(answer_seconds=5) as running:
        yield running


@pytest.fixture
def bot(slack: Stage) -> AsyncWebClient:
    return AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])


class Wire:
    """An app's end of one connection."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def hear(self) -> Json:
        async with asyncio.timeout(10):
            heard: Json = await self.ws.receive_json()
            return heard

    async def say(self, **said: Any) -> None:
        await self.ws.send_str(json.dumps(said))

    async def closed(self) -> bool:
        async with asyncio.timeout(10):
            kind = (await self.ws.receive()).type
        return kind in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}


async def address(slack: Stage, token: str = "xapp-sandbox") -> str:
    client = AsyncWebClient(token, base_url=f"{slack.url}api/", retry_handlers=[])
    return str((await client.apps_connections_open(app_token=token))["url"])


@asynccontextmanager
async def wire(slack: Stage) -> AsyncIterator[Wire]:
    """A connection that has been greeted."""
    async with slack.http.ws_connect(await address(slack)) as ws:
        made = Wire(ws)
        assert (await made.hear())["type"] == "hello"
        yield made


def click(slack: Stage, ts: str) -> asyncio.Task[tuple[int, Json]]:
    return asyncio.create_task(
        slack.act("click", user="U01ALICE", channel="C01REV", ts=ts, action_id="approve")
    )


def log(slack: Stage, what: str) -> list[Json]:
    return [entry for entry in slack.workspace.log.last() if entry["what"] == what]


async def until(slack: Stage, condition: Callable[[], bool]) -> None:
    changes = slack.workspace.changes.listen()
    async with asyncio.timeout(10):
        while not condition():
            await changes.get()


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("xapp-another", "invalid_auth"),
        ("xoxb-sandbox", "not_allowed_token_type"),
        ("nonsense", "not_allowed_token_type"),
    ],
)
async def test_only_the_app_token_opens(slack: Stage, token: str, error: str) -> None:
    """A bot's token is of another kind, and says so."""
    with pytest.raises(SlackApiError) as refused:
        await address(slack, token)

    assert refused.value.response["error"] == error


async def test_the_token_goes_into_the_header_of_a_post(slack: Stage) -> None:
    """Neither a GET nor a token in the body opens anything."""
    url = f"{slack.url}api/apps.connections.open"

    async with slack.http.get(url, params={"token": "xapp-sandbox"}) as answer:
        assert (await answer.json())["error"] == "insecure_request"
    async with slack.http.post(url, data={"token": "xapp-sandbox"}) as answer:
        assert (await answer.json())["error"] == "not_authed"


async def test_a_ticket_is_good_for_one_connection(slack: Stage) -> None:
    """A second use of the address, and an address nobody gave out, are refused."""
    url = await address(slack)
    async with slack.http.ws_connect(url) as ws:
        hello = await Wire(ws).hear()

    assert hello["num_connections"] == 1
    assert hello["connection_info"] == {"app_id": "A00PULLCORD"}
    assert hello["debug_info"]["host"]
    for used in (url, url.partition("?")[0]):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await slack.http.ws_connect(used)
        assert refused.value.status == 403


async def test_a_click_goes_over_the_socket_alone(slack: Stage, bot: AsyncWebClient) -> None:
    """The envelope holds what HTTP would have carried; its acknowledgement is Slack's 200."""
    ts = await card(bot)
    async with wire(slack) as app:
        clicking = click(slack, ts)
        envelope = await app.hear()
        await app.say(envelope_id=envelope["envelope_id"], payload={"text": "not asked for"})
        _, answer = await clicking

    assert envelope["type"] == "interactive"
    assert envelope["accepts_response_payload"] is False
    assert envelope["payload"]["actions"][0]["action_id"] == "approve"
    assert (answer["status"], answer["body"]) == (200, "")
    assert slack.app.heard == []
    assert "over the socket" in log(slack, "block_actions")[0]["summary"]


async def test_without_a_connection_it_is_http(slack: Stage, bot: AsyncWebClient) -> None:
    """The app that has hung up is reached at its address, as before."""
    ts = await card(bot)
    async with wire(slack):
        pass

    await until(slack, lambda: bool(log(slack, "socket closed")))
    _, answer = await click(slack, ts)

    assert answer["status"] == 200
    assert slack.app.last["type"] == "block_actions"


async def test_a_form_is_answered_in_the_acknowledgement(slack: Stage, bot: AsyncWebClient) -> None:
    """`response_action` in the payload works as it does over HTTP."""
    ts = await card(bot)
    async with wire(slack) as app:
        clicking = click(slack, ts)
        envelope = await app.hear()
        await bot.views_open(trigger_id=envelope["payload"]["trigger_id"], view=MODAL)
        await app.say(envelope_id=envelope["envelope_id"])
        await clicking

        submitting = asyncio.create_task(
            slack.act("view/submit", user="U01ALICE", values={"amount": "13"})
        )
        envelope = await app.hear()
        errors = {"amount": "Too much."}
        await app.say(
            envelope_id=envelope["envelope_id"],
            payload={"response_action": "errors", "errors": errors},
        )
        _, answer = await submitting

    assert envelope["accepts_response_payload"] is True
    assert (answer["response_action"], answer["errors"]) == ("errors", errors)


async def test_a_command_is_answered_in_the_acknowledgement(slack: Stage) -> None:
    """Its text is shown to who typed it."""
    async with wire(slack) as app:
        typing = asyncio.create_task(
            slack.act("command", user="U02BOB", channel="C01REV", command="/pullcord", text="hi")
        )
        envelope = await app.hear()
        await app.say(envelope_id=envelope["envelope_id"], payload={"text": "Hello Bob"})
        await typing

    assert envelope["type"] == "slash_commands"
    assert (envelope["payload"]["command"], envelope["payload"]["text"]) == ("/pullcord", "hi")
    assert [w["text"] for w in slack.workspace.whispers] == ["Hello Bob"]


async def test_an_event_is_sent_again_until_it_is_acknowledged() -> None:
    """Nobody answered in time, then the wire broke: each try says which one it is, and why."""
    async with stage(answer_seconds=0.3) as slack, wire(slack) as app:
        telling = asyncio.create_task(
            slack.act("message", user="U01ALICE", channel="C01REV", text="hello?")
        )
        first = await app.hear()
        _, answer = await telling
        second = await app.hear()
        await app.say(envelope_id=second["envelope_id"])
        await app.say(envelope_id=first["envelope_id"])  # too late
        await until(slack, lambda: bool(log(slack, "socket answer")))

    assert (answer["status"], answer["error"]) == (0, "timed_out")
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (second["retry_attempt"], second["retry_reason"]) == (1, "timeout")
    assert second["payload"]["event_id"] == first["payload"]["event_id"]
    assert second["envelope_id"] != first["envelope_id"]
    assert [entry["status"] for entry in log(slack, "event message")] == [0, 200]


async def test_a_click_is_not_sent_again() -> None:
    """The person sees that nothing came of it, and may click again."""
    async with stage(answer_seconds=0.2) as slack, wire(slack) as app:
        client = AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])
        ts = await card(client)
        _, answer = await click(slack, ts)
        again = click(slack, ts)
        first, second = await app.hear(), await app.hear()
        await app.say(envelope_id=second["envelope_id"])
        _, answered = await again

    assert (answer["status"], answer["error"]) == (0, "timed_out")
    assert answered["status"] == 200
    assert "retry_attempt" not in first


async def test_each_envelope_goes_to_any_one(slack: Stage, bot: AsyncWebClient) -> None:
    """Two connections share the clicks, and no click comes twice."""
    ts = await card(bot)
    heard: dict[str, set[str]] = {"first": set(), "second": set()}

    async def listen(name: str, app: Wire) -> None:
        while True:
            envelope: Json = await app.ws.receive_json()
            heard[name].add(envelope["envelope_id"])
            await app.say(envelope_id=envelope["envelope_id"])

    async with wire(slack) as first, wire(slack) as second:
        listeners = [
            asyncio.create_task(listen("first", first)),
            asyncio.create_task(listen("second", second)),
        ]
        answers = [(await click(slack, ts))[1]["status"] for _ in range(40)]
        for listener in listeners:
            listener.cancel()

    assert answers == [200] * 40
    assert len(heard["first"]) + len(heard["second"]) == 40
    assert heard["first"]
    assert heard["second"]
    assert not heard["first"] & heard["second"]


async def test_the_eleventh_connection_is_sent_away(slack: Stage) -> None:
    """Ten are allowed; the others go on."""
    kept = [await slack.http.ws_connect(await address(slack)) for _ in range(sockets.MOST)]
    eleventh = Wire(await slack.http.ws_connect(await address(slack)))

    assert (await eleventh.hear())["reason"] == "too_many_websockets"
    assert await eleventh.closed()
    assert (await slack.ask("socket"))["connections"] == 10
    for ws in kept:
        await ws.close()


async def test_a_goodbye_leaves_time_for_another_connection(
    slack: Stage, bot: AsyncWebClient
) -> None:
    """Deliveries go to the new one as soon as it is there, and the old one is closed."""
    ts = await card(bot)
    async with wire(slack) as old:
        await slack.act("socket/disconnect", reason="refresh_requested", seconds=0.3)
        goodbye = await old.hear()
        clicking = click(slack, ts)
        envelope = await old.hear()
        await old.say(envelope_id=envelope["envelope_id"])
        assert (await clicking)[1]["status"] == 200

        async with wire(slack) as new:
            clicking = click(slack, ts)
            envelope = await new.hear()
            await new.say(envelope_id=envelope["envelope_id"])
            assert (await clicking)[1]["status"] == 200
            assert await old.closed()

    assert (goodbye["type"], goodbye["reason"]) == ("disconnect", "refresh_requested")


async def test_socket_mode_switched_off(slack: Stage, bot: AsyncWebClient) -> None:
    """Connections end at once, new ones are told why, and deliveries go to the address."""
    ts = await card(bot)
    async with wire(slack) as app:
        _, state = await slack.act("socket/disconnect", reason="link_disabled")
        assert (await app.hear())["reason"] == "link_disabled"
        assert await app.closed()

    late = Wire(await slack.http.ws_connect(await address(slack)))
    assert (await late.hear())["reason"] == "link_disabled"
    assert await late.closed()
    assert state["on"] is False
    assert (await click(slack, ts))[1]["status"] == 200
    assert slack.app.last["type"] == "block_actions"


async def test_a_silent_connection() -> None:
    """It stays open; neither a ping nor an answer nor a delivery comes through."""
    async with stage(answer_seconds=0.2) as slack:
        client = AsyncWebClient("xoxb-sandbox", base_url=f"{slack.url}api/", retry_handlers=[])
        ts = await card(client)
        async with slack.http.ws_connect(await address(slack), autoping=False) as ws:
            await ws.ping(b"there?")
            # Its greeting, its own first ping, and the answer to ours.
            heard = {one.type: one.data for one in [await ws.receive(5) for _ in range(3)]}
            await slack.act("socket/silence")
            await ws.ping(b"still there?")
            _, answer = await click(slack, ts)
            with pytest.raises(TimeoutError):
                await ws.receive(0.05)

    assert heard[aiohttp.WSMsgType.PONG] == b"there?"
    assert answer["error"] == "timed_out"


@pytest.mark.parametrize("at", ["sent", "answered"])
async def test_cut_in_the_middle(slack: Stage, bot: AsyncWebClient, at: str) -> None:
    """The person sees a failure at once, whether the app had answered or not."""
    ts = await card(bot)
    async with wire(slack) as app:
        await slack.act("socket/cut", at=at)
        clicking = click(slack, ts)
        if at == "answered":
            envelope = await app.hear()
            await app.say(envelope_id=envelope["envelope_id"])
        _, answer = await clicking

    assert (answer["status"], answer["error"]) == (0, "connection_failed")


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("disconnect", {"reason": "boredom"}),
        ("disconnect", {"seconds": "soon"}),
        ("cut", {"at": "noon"}),
        ("deliver", {"type": "letter"}),
        ("say", {}),
    ],
)
async def test_orders_that_make_no_sense(slack: Stage, verb: str, fields: Json) -> None:
    """A mistake in an order is 400 with its field."""
    status, answer = await slack.act(f"socket/{verb}", **fields)

    assert status == 400
    assert answer["field"]


async def test_nothing_is_delivered_on_order_without_a_connection(slack: Stage) -> None:
    """The order is refused; it would be HTTP's business."""
    assert await slack.act("socket/deliver", payload={}) == (409, {"error": "not_connected"})


async def test_slacks_own_library_gets_along_with_it(slack: Stage, bot: AsyncWebClient) -> None:
    """The client that Slack ships connects, hears a click, and its acknowledgement counts."""
    ts = await card(bot)
    heard = asyncio.get_running_loop().create_future()

    async def answer(client: Any, request: SocketModeRequest) -> None:
        await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        heard.set_result(request)

    client = SocketModeClient(
        "xapp-sandbox",
        web_client=AsyncWebClient("xapp-sandbox", base_url=f"{slack.url}api/"),
        ping_interval=0.2,
    )
    client.socket_mode_request_listeners.append(answer)
    await client.connect_to_new_endpoint()
    _, seen = await click(slack, ts)
    request = await heard
    await client.close()

    assert seen["status"] == 200
    assert request.type == "interactive"
    assert request.payload["actions"][0]["action_id"] == "approve"
