"""Slack delivers over a socket of the bot's: it breaks, falls silent and moves, and no click is
lost by it.
"""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from sandbox.server import APP_TOKEN, SIGNING_SECRET
from tests.rooms.test_slack_door import click_on, knock, mutated, payload, signed

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.parametrize(("database_url", "way"), [("sqlite", "socket")], indirect=True)


async def metrics(world: World) -> str:
    async with world.http.get(world.url + "/metrics") as answer:
        return await answer.text()


async def until_connected(world: World, talking: int = 1) -> None:
    async def look() -> bool:
        return bool((await world.sockets())["talking"] == talking)

    await world.until_true(look)


async def until_slack_is(world: World, state: str) -> None:
    async def look() -> bool:
        return (await world.readiness())[1] == state

    await world.until_true(look)


async def until_under_way(world: World) -> None:
    """Until Slack holds the bot's call back, as it was told to."""

    async def look() -> bool:
        return not world.slack.faults.waiting

    await world.until_true(look)


def connections_so_far(world: World) -> int:
    return sum(entry["what"] == "socket hello" for entry in world.slack.log.last())


def alerts(world: World) -> list[str]:
    return [message.text for message in world.slack.channels["C09ADMIN"].messages.values()]


async def no_more_faults(world: World) -> None:
    async with world.http.delete(f"{world.sandbox_url}control/faults") as answer:
        assert answer.status == 200


# --- the way in ----------------------------------------------------------------------------------


async def test_without_a_signing_secret_there_is_no_other_door(world: World) -> None:
    """Clicks come over the socket, and `/slack/events` does not exist."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    body = payload(click_on(asked))
    status, _ = await knock(world, body, signed(body))
    await card.click("Approve", by="alice")

    assert status == 404
    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
    assert any("over the socket" in entry["summary"] for entry in world.slack.log.last())


async def test_with_both_settings_signed_deliveries_are_taken_too(world: World) -> None:
    """Slack uses the socket; the address stays open for what carries its seal."""
    await world.stop_bot()
    world.signing_secret = SIGNING_SECRET
    await world.start_bot()
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    body = payload({"type": "block_actions"})
    assert (await knock(world, body, signed(body)))[0] == 200
    assert (await knock(world, body, signed(body, secret="another")))[0] == 401
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    assert any("over the socket" in entry["summary"] for entry in world.slack.log.last())


async def test_a_command_is_answered_over_the_socket(world: World) -> None:
    """What the bot says to a command is shown to who typed it."""
    status, answer = await world.control(
        "command", user="U01ALICE", channel="C01REV", command="/pullcord", text=""
    )

    assert (status, answer["status"]) == (200, 200)
    assert world.whispers_to("alice")


async def test_nonsense_never_ends_the_connection(world: World) -> None:
    """No JSON, no envelope, no payload: passed over; the click after it counts."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    for junk in ("", "{", "[]", "null", "5", '{"type": 5}', '{"envelope_id": {}}', "[" * 5000,
                 '{"type": "hello"}', '{"type": "hello", "num_connections": "x"}'):  # fmt: skip
        await world.control("socket/say", text=junk or " ")
    for odd in (None, 5, [], "x", {}, {"type": 5}, {"type": "block_actions"}):
        _, answer = await world.control("socket/deliver", payload=odd)
        assert answer["status"] == 200, odd
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    assert connections_so_far(world) == 1


async def test_mutated_envelopes_decide_nothing(world: World) -> None:
    """Hundreds of genuine payloads, each wrong somewhere: all taken, and nothing is decided."""
    asked = await (await world.agent()).asks()
    await world.card_of(asked)
    dice = random.Random(11)

    for _ in range(200):
        odd = mutated(click_on(asked), dice)
        kind = dice.choice(["interactive", "events_api", "slash_commands"])
        status, answer = await world.control("socket/deliver", type=kind, payload=odd)
        assert (status, answer["status"]) == (200, 200), odd

    assert (await asked.see())["status"] == "open"
    assert connections_so_far(world) == 1


# --- it breaks -----------------------------------------------------------------------------------


async def test_a_silent_socket_is_noticed_and_replaced(world: World) -> None:
    """It looks open and nothing comes through: asked once, given up, and another one opened."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("socket/silence")
    assert (await world.sockets())["talking"] == 0

    async def replaced() -> bool:
        if connections_so_far(world) < 2:
            # Once there is another one, time stands still for it.
            world.stopwatch.forward(11)
            await world.house.watchdog.look()
        return bool((await world.sockets())["talking"])

    await world.until_true(replaced)
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    assert connections_so_far(world) == 2


async def test_a_pause_of_our_own_is_not_taken_for_silence(world: World) -> None:
    """A stopped machine heard no ping either: the socket is asked first, and answers."""
    await metrics(world)

    for _ in range(3):
        world.stopwatch.forward(3600)
        assert "pullcord_socket_silent_seconds 36" in await metrics(world)
        await world.house.watchdog.look()

        async def heard() -> bool:
            return "pullcord_socket_silent_seconds 0." in await metrics(world)

        await world.until_true(heard)

    assert connections_so_far(world) == 1
    assert await world.readiness() == (200, "ok")


async def test_a_socket_that_is_cut_comes_back(world: World) -> None:
    """The wire breaks between two clicks: nobody notices."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)

    await world.control("socket/cut")
    await until_connected(world)
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"


@pytest.mark.parametrize("at", ["sent", "answered"])
async def test_cut_in_the_middle_of_a_click(world: World, at: str) -> None:
    """The person saw a failure and clicks again: one decision, whether the first one arrived."""
    agent = await world.agent()
    asked = await agent.asks()
    card = await world.card_of(asked)

    await world.control("socket/cut", at=at)
    first = await card.click("Approve", by="alice")
    await until_connected(world)
    second = await card.click("Approve", by="bob", stale=True)

    assert (first["status"], first["error"]) == (0, "connection_failed")
    assert second["status"] == 200
    decision = await asked.answer()
    await card.until(lambda c: not c.buttons)
    if at == "answered":
        assert decision["decided_by"]["display_name"] == "Alice"
        assert "Alice" in (await world.whispered("bob"))[0]
    assert len(decision["votes"]) == 1


async def test_an_event_that_was_cut_off_comes_again(world: World) -> None:
    """Its acknowledgement was lost with the wire: Slack tries the other connection."""
    await world.control("socket/disconnect", reason="warning")
    await until_connected(world)
    assert (await world.sockets())["connections"] == 2
    await world.control("socket/cut", at="answered")

    _, first = await world.control(
        "message", user="U01ALICE", channel="C01REV", text="what is this?"
    )

    def deliveries() -> list[int]:
        return [e["status"] for e in world.slack.log.last() if e["what"] == "event message"]

    assert first["error"] == "connection_failed"
    await world.until(lambda: deliveries() == [0, 200])


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_click_is_answered_while_slack_moves_the_socket(world: World, reason: str) -> None:
    """Slack asks for another connection in the middle of a click: it is answered where it came."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="views.open", delay=1)
    opening = asyncio.create_task(card.click("Modify…", by="alice"))
    await until_under_way(world)

    await world.control("socket/disconnect", reason=reason)
    meanwhile = await card.click("Show everything", by="bob")
    await until_connected(world)

    assert meanwhile["status"] == 200
    assert (await opening)["status"] == 200
    await card.click("Approve", by="alice")
    assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
    assert connections_so_far(world) == 2


async def test_the_old_connection_is_closed_in_the_end(world: World) -> None:
    """After its goodbye Slack closes; then there is one again."""
    await world.control("socket/disconnect", reason="refresh_requested", seconds=0.2)

    async def one() -> bool:
        return await world.sockets() == {"on": True, "connections": 1, "talking": 1}

    await world.until_true(one)

    assert await world.readiness() == (200, "ok")


async def test_while_the_socket_is_down(world: World) -> None:
    """Ready but degraded, a figure says so, and after a minute the operators are told."""
    await world.control("faults", method="apps.connections.open", error="internal_error", times=99)
    await world.control("socket/cut")
    await until_slack_is(world, "degraded")

    assert await world.readiness() == (200, "degraded")
    assert "pullcord_socket_up 0.0" in await metrics(world)
    assert (await (await world.agent()).posts(action="a", reason="b", impact="c")).status == 201

    world.stopwatch.forward(61)
    await world.until(lambda: any("nobody can click" in said for said in alerts(world)))
    await no_more_faults(world)
    await world.until(lambda: any("up again" in said for said in alerts(world)))

    assert await world.readiness() == (200, "ok")
    assert "pullcord_socket_up 1.0" in await metrics(world)


async def test_socket_mode_is_switched_off_and_on_again(world: World) -> None:
    """Somebody changes the app's settings in Slack: the log says which, and the bot comes back."""
    with structlog.testing.capture_logs() as logs:
        await world.control("socket/disconnect", reason="link_disabled")

        async def refused() -> bool:
            return any(entry["event"] == "socket.refused" for entry in logs)

        await world.until_true(refused)
    await world.control("settings", socket_mode=True)
    await until_slack_is(world, "ok")

    (refusal, *_) = [entry for entry in logs if entry["event"] == "socket.refused"]
    assert refusal["reason"] == "link_disabled"
    assert "Socket Mode is switched off" in refusal["hint"]


async def test_a_wrong_app_token(world: World) -> None:
    """Not ready, and the log names the setting; nothing else has to be done once it is right."""
    await world.stop_bot()
    await world.control("settings", app_token="xapp-another")
    with structlog.testing.capture_logs() as logs:
        await world.start_bot(ready=False)

        async def refused() -> bool:
            return any(entry["event"] == "socket.refused" for entry in logs)

        await world.until_true(refused)
    assert await world.readiness() == (503, "waiting")
    assert "pullcord_socket_up 0.0" in await metrics(world)
    (refusal, *_) = [entry for entry in logs if entry["event"] == "socket.refused"]
    assert refusal["reason"] == "invalid_auth"
    assert "SLACK_APP_TOKEN" in refusal["hint"]
    assert "xapp-" not in json.dumps(logs, default=str)

    await world.control("settings", app_token=APP_TOKEN)

    await world.until_ready()


@pytest.mark.parametrize(
    "fault",
    [
        {"retry_after": 1},
        {"drop": True},
        {"status": 500},
        {"error": "ratelimited", "retry_after": 0},
        {"error": "internal_error"},
    ],
)
async def test_slack_gives_no_address_at_first(world: World, fault: dict[str, Any]) -> None:
    """Whatever the first answer is, the bot asks again."""
    await world.control("faults", method="apps.connections.open", **fault)

    await world.control("socket/cut")

    await until_connected(world)
    assert await world.readiness() == (200, "ok")


# --- it stops ------------------------------------------------------------------------------------


async def test_a_stop_acknowledges_what_is_under_way(world: World) -> None:
    """The bot is stopped in the middle of a click: the person sees it done."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    await world.control("faults", method="views.open", delay=1)
    opening = asyncio.create_task(card.click("Modify…", by="alice"))
    await until_under_way(world)

    await world.stop_bot()

    assert (await opening)["status"] == 200
    assert (await world.sockets())["connections"] == 0
    await world.start_bot()
    await card.click("Approve", by="alice")
    assert (await asked.answer())["type"] == "approve"
