"""Whoever knocks at Slack's door: only Slack gets in, and nonsense does nothing."""

from __future__ import annotations

import io
import json
import random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.signature import SignatureVerifier

from handlers.slack.signature import Seal
from handlers.slack.who import OddPayloadError, read_click, read_form
from sandbox.server import SIGNING_SECRET
from tests.rules.making import CLAIM
from tests.world import Asked

if TYPE_CHECKING:
    from tests.world import World

NOW = 1_700_000_000


class _Clock:
    def now(self) -> float:
        return NOW


def signed(body: bytes, *, secret: str = SIGNING_SECRET, at: float | None = None) -> dict[str, str]:
    import time

    timestamp = str(int(time.time() if at is None else at))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {
        "X-Slack-Signature": str(signature),
        "X-Slack-Request-Timestamp": timestamp,
        "Content-Type": "application/x-www-form-urlencoded",
    }


async def knock(world: World, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    url = world.url + "/slack/events"
    async with world.http.post(url, data=io.BytesIO(body), headers=headers) as answer:
        return answer.status, await answer.text()


def payload(value: Any) -> bytes:
    return urlencode({"payload": json.dumps(value)}).encode()


def click_on(asked: Asked, **over: Any) -> dict[str, Any]:
    """A genuine click of Alice's on Approve, as Slack would send it."""
    value = f"{asked.id}|sha256:{'0' * 64}"
    return {
        "type": "block_actions",
        "team": {"id": "T01SANDBOX"},
        "user": {"id": "U01ALICE", "name": "alice", "team_id": "T01SANDBOX"},
        "channel": {"id": "C01REV"},
        "trigger_id": "1.2.3",
        "actions": [{"action_id": "approve", "block_id": "b", "type": "button", "value": value}],
    } | over


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "1" * 400},
        {"X-Slack-Signature": "v0=é", "X-Slack-Request-Timestamp": str(NOW)},
        {"X-Slack-Signature": "", "X-Slack-Request-Timestamp": str(NOW)},
    ],
)
async def test_without_slacks_seal_it_is_401(world: World, headers: dict[str, str]) -> None:
    """Junk in the headers is a refusal, never an error of ours."""
    status, _ = await knock(world, b"payload=%7B%7D", headers)

    assert status == 401


async def test_a_wrong_stale_or_changed_seal_is_401(world: World) -> None:
    """Another secret, five minutes too old or too new, one bit flipped, not UTF-8."""
    import time

    body = payload({"type": "block_actions"})

    refused = [
        await knock(world, body, signed(body, secret="another")),
        await knock(world, body, signed(body, at=time.time() - 301)),
        await knock(world, body, signed(body, at=time.time() + 302)),
        await knock(world, body + b"x", signed(body)),
        await knock(world, b"\xff\xfe", signed(body)),
    ]

    assert [status for status, _ in refused] == [401] * 5
    assert (await knock(world, body, signed(body)))[0] == 200


def test_two_secrets_during_a_rotation() -> None:
    """The old one works until it is taken away."""
    body = b"payload=1"
    seal = Seal(["new", "old"])
    for verifier in seal._verifiers:
        verifier.clock = _Clock()  # type: ignore[assignment]

    assert seal.genuine(signed(body, secret="old", at=NOW), body)
    assert seal.genuine(signed(body, secret="new", at=NOW), body)
    assert not seal.genuine(signed(body, secret="older", at=NOW), body)


async def test_a_flood_of_bytes_is_413(world: World) -> None:
    """Nobody can fill the memory through this door."""
    body = b"x" * (2 * 1024 * 1024 + 1)

    status, _ = await knock(world, body, signed(body))

    assert status == 413


async def test_a_command_is_answered_privately(world: World) -> None:
    """Help for who asks, also with a word that does not exist, and for nobody else."""
    where = {"user": "U02BOB", "channel": "C01REV", "command": "/pullcord"}

    await world.control("command", **where, text="")
    await world.control("command", **where, text="hlep <!channel>")

    helped, corrected = await world.whispered("bob", 2)
    assert "• `queue [mine|all|urgent|ROUTE]`" in helped
    assert corrected.startswith("There is no command “hlep”. Did you mean `/pullcord help`?")
    assert world.cards("#reviews") == []


@pytest.mark.parametrize("fields", [{}, {"text": "help"}, {"command": "/other", "text": ""}])
async def test_an_odd_command_is_taken(world: World, fields: dict[str, str]) -> None:
    """Signed fields that Slack would not send like that do no harm."""
    body = urlencode({"command": "/pullcord"} | fields).encode()

    status, text = await knock(world, body, signed(body))

    assert status == 200
    assert "Pullcord" in text


async def test_slack_checks_its_address(world: World) -> None:
    """The url_verification of a new app is answered."""
    body = json.dumps({"type": "url_verification", "challenge": "c1"}).encode()

    status, text = await knock(world, body, signed(body) | {"Content-Type": "application/json"})

    assert status == 200
    assert "c1" in text


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"type": "block_actions"},
        {"type": "block_actions", "user": None, "actions": []},
        {"type": "block_actions", "user": {"id": 5}, "actions": [{"action_id": "approve"}]},
        {"type": "block_actions", "user": {"id": "U01ALICE"}, "actions": [{"action_id": "modify"}]},
        {"type": "block_actions", "user": {"id": "U01ALICE"}, "actions": [{"action_id": "nobody"}]},
        {"type": "block_actions", "user": {"id": "U01ALICE"}, "actions": [{"action_id": "more"}]},
        {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "page_next"}]},
        {"type": "block_actions", "user": {}, "actions": [{"action_id": "approve"}]},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "modify_form"}},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "elsewhere"}},
        {"type": "view_submission", "view": {"callback_id": "reject_form"}},
        {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "digest_next"}]},
        {"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "together"}]},
        {"type": "view_submission", "user": {"id": "U1"}, "view": {"callback_id": "together_form"}},
        {"type": "view_closed", "user": {"id": "U1"}, "view": {"callback_id": "modify_form"}},
        {"type": "message_action", "callback_id": "x", "user": {"id": "U1"}},
        {"type": "something_new", "user": {"id": "U1"}},
    ],
)
async def test_odd_payloads_are_taken_and_do_nothing(world: World, odd: dict[str, Any]) -> None:
    """Signed, but not what Slack sends us: 200, and nothing is decided."""
    body = payload(odd)

    status, _ = await knock(world, body, signed(body))

    assert status == 200


async def test_a_click_on_what_does_not_exist(world: World) -> None:
    """An escalation of another database: the person is told, nothing else happens."""
    asked = await (await world.agent()).asks()
    await world.card_of(asked)
    odd = click_on(asked)
    odd["actions"][0]["value"] = f"esc_nobody|sha256:{'0' * 64}"
    body = payload(odd)

    status, _ = await knock(world, body, signed(body))

    assert status == 200
    (told,) = await world.whispered("alice")
    assert "Nothing changed by your click." in told


async def test_a_click_on_another_action_is_refused(world: World) -> None:
    """The digest that was shown is not the escalation's: nothing is decided, with the news."""
    asked = await (await world.agent()).asks()
    body = payload(click_on(asked))

    await knock(world, body, signed(body))

    (told,) = await world.whispered("alice")
    assert "look at the card again" in told
    assert (await asked.see())["status"] == "open"


async def test_a_person_of_another_workspace_decides_nothing(world: World) -> None:
    """The same id from a foreign team is not our reviewer."""
    asked = await (await world.agent()).asks()
    card = await world.card_of(asked)
    (approve,) = [
        e for b in card.message.blocks if b["type"] == "actions" for e in b["elements"]
        if e.get("action_id") == "approve"
    ]  # fmt: skip
    foreign = click_on(asked, user={"id": "U01ALICE", "name": "alice", "team_id": "T99OTHER"})
    foreign["actions"][0]["value"] = approve["value"]
    body = payload(foreign)

    await knock(world, body, signed(body))

    assert "another one" in (await world.whispered("alice"))[0]
    assert (await asked.see())["status"] == "open"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)
ODD = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("type", "user", "team", "channel", "actions", "view", "response_url", "trigger_id"), JSON
    ),
)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(ODD)
def test_reading_never_breaks(body: object) -> None:
    """Whatever the payload is: a click, a form, or a plain refusal."""
    for read in (read_click, read_form):
        try:
            read(body)
        except OddPayloadError:
            continue


def mutated(value: Any, dice: random.Random) -> Any:
    """The same payload with something missing, null, or of another type somewhere."""
    if isinstance(value, dict) and value and dice.random() < 0.85:
        key = dice.choice(sorted(value))
        if dice.random() < 0.2:
            return {k: v for k, v in value.items() if k != key}
        return value | {key: mutated(value[key], dice)}
    if isinstance(value, list) and value and dice.random() < 0.85:
        index = dice.randrange(len(value))
        return [*value[:index], mutated(value[index], dice), *value[index + 1 :]]
    return dice.choice([None, 0, -1.5, True, "", "x", "\u202e<!channel>", [], {}, [[]], {"a": []}])


async def test_mutated_deliveries_never_break_the_door(world: World) -> None:
    """Hundreds of genuine payloads, each wrong somewhere: never a 5xx, and nothing is decided."""
    agent = await world.agent()
    asked = await agent.asks()
    claim = Asked(agent, (await agent.posts(**CLAIM)).json["id"])
    await world.card_of(asked)
    await world.card_of(claim)
    dice = random.Random(7)
    form = {
        "type": "view_submission",
        "team": {"id": "T01SANDBOX"},
        "user": {"id": "U01ALICE", "name": "alice", "team_id": "T01SANDBOX"},
        "view": {
            "id": "V1", "type": "modal", "callback_id": "modify_form",
            "private_metadata": f"{asked.id}|sha256:{'0' * 64}",
            "state": {"values": {"field_0": {"input": {"type": "number_input", "value": "1"}}}},
        },
    }  # fmt: skip
    old = f"{claim.id}|sha256:{'0' * 64}"
    answer = form["view"] | {
        "callback_id": "answer_form", "private_metadata": old,
        "state": {"values": {
            "chosen": {"input": {"type": "radio_buttons", "selected_option": {"value": "1"}}},
            "response": {"input": {"type": "plain_text_input", "value": "Both."}},
            "keep": {"input": {"type": "checkboxes", "selected_options": [{"value": "keep"}]}},
        }},
    }  # fmt: skip
    nobody = f"esc_nobody|sha256:{'0' * 64}"
    press = click_on(asked)
    menu = {"type": "overflow", "action_id": "more", "block_id": old}
    kinds = [
        press, form, form | {"view": form["view"] | {"callback_id": "reject_form"}},
        form | {"view": answer},
        press | {"actions": [press["actions"][0] | {"action_id": "option_1", "value": f"{old}|1"}]},
        press | {"actions": [menu | {"selected_option": {"value": "reject_it"}}]},
        press | {"actions": [menu | {"selected_option": {"value": "show"}}]},
        press | {"actions": [{"type": "button", "action_id": "digest_next", "block_id": "b",
                              "value": "msg_nobody|1"}]},
        press | {"actions": [{"type": "button", "action_id": "together", "block_id": "b",
                              "value": f"msg_nobody|0|{asked.id}"}]},
        form | {"view": {"id": "V1", "type": "modal", "callback_id": "together_form",
                         "private_metadata": f"{old},{nobody}@msg_nobody|1"}},
        {"type": "event_callback", "team_id": "T01SANDBOX", "event": {
            "type": "user_change", "user": {"id": "U01ALICE", "team_id": "T01SANDBOX",
                                            "is_restricted": False, "profile": {"email": "a@b"}}}},
        {"type": "event_callback", "team_id": "T01SANDBOX", "event": {
            "type": "subteam_members_changed", "subteam_id": "S01LEADS",
            "added_users": ["U02BOB"], "removed_users": []}},
    ]  # fmt: skip

    for _ in range(700):
        kind = dice.choice(kinds)
        odd = mutated(kind, dice)
        told = kind["type"] == "event_callback"
        body = json.dumps(odd).encode() if told else payload(odd)
        headers = signed(body) | ({"Content-Type": "application/json"} if told else {})
        status, _ = await knock(world, body, headers)
        assert status < 500, body

    assert (await asked.see())["status"] == "open"
    assert (await claim.see())["status"] == "open"
