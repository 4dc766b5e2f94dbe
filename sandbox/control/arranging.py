"""Tests and demos arrange the workspace: channels, faults, settings."""

from dataclasses import asdict
from typing import get_args

from sandbox import events
from sandbox.box import Box
from sandbox.clocks import new_id
from sandbox.control.asked import Asked
from sandbox.control.fields import FLAG, NAMES, NUMBER, SECONDS, TEXT, Kinds, ListOf, one_of, only
from sandbox.faults import Fault
from sandbox.installation import EVENTS, TokenState
from sandbox.records import BOT_USER_ID, Channel, Json
from sandbox.refusals import ControlError

_CHANNEL: Kinds = {
    **dict.fromkeys(("id", "name"), TEXT),
    **dict.fromkeys(("is_archived", "is_private", "bot_member"), FLAG),
    "members": NAMES,
}
_FAULT: Kinds = {
    **dict.fromkeys(("method", "match", "error"), TEXT),
    **dict.fromkeys(("times", "status", "retry_after"), NUMBER),
    **dict.fromkeys(("after", "drop"), FLAG),
    "delay": SECONDS,
}
_SETTINGS: Kinds = {
    **dict.fromkeys(("events_url", "signing_secret", "bot_token", "app_token"), TEXT),
    **dict.fromkeys(("scopes", "events"), NAMES),
    "retry_waits": ListOf(SECONDS),
    "token_state": TEXT,
    **dict.fromkeys(("pacing", "socket_mode"), FLAG),
}


def channels(box: Box, asked: Asked) -> Json:
    """Add a channel, or change one; `bot_member: false` puts the bot out."""
    given = only(asked.fields, _CHANNEL)
    bot_member = given.pop("bot_member", None)
    channel = box.workspace.channels.get(str(given.get("id")))
    if channel is None:
        everybody = [one.id for one in box.workspace.people.values() if one.id != "USLACKBOT"]
        channel_id = str(given.pop("id", "") or new_id("C"))
        defaults: Json = {"name": channel_id.lower(), "members": everybody}
        channel = Channel(id=channel_id, **(defaults | given))
        box.workspace.channels[channel.id] = channel
    else:
        for key, value in given.items():
            setattr(channel, key, value)
    if bot_member is not None:
        member(channel, BOT_USER_ID, there=bot_member)
    box.workspace.changes.happened()
    return channel.as_slack() | {"members": channel.members}


def faults(box: Box, asked: Asked) -> Json:
    """Order a fault."""
    given = only(asked.fields, _FAULT)
    asked.need("method")
    if given.get("times", 1) < 1:
        raise ControlError("wrong_kind", status=400, field="times")
    box.workspace.faults.add(Fault(**given))
    return {"waiting": [fault.as_json() for fault in box.workspace.faults.waiting]}


async def settings(box: Box, asked: Asked) -> Json:
    """Change where deliveries go, how they are signed, and what the app may do."""
    given = only(asked.fields, _SETTINGS)
    installation, delivery = box.workspace.installation, box.delivery
    state = given.get("token_state", installation.token_state)
    one_of(get_args(TokenState), state)
    one_of(tuple(EVENTS), *given.get("events", []))
    installation.scopes = given.get("scopes", installation.scopes)
    installation.events = given.get("events", installation.events)
    delivery.events_url = given.get("events_url", delivery.events_url)
    delivery.signing_secret = given.get("signing_secret", delivery.signing_secret)
    delivery.retry_waits = tuple(given.get("retry_waits", delivery.retry_waits))
    box.bot_token = given.get("bot_token", box.bot_token)
    box.app_token = given.get("app_token", box.app_token)
    delivery.sockets.on = given.get("socket_mode", delivery.sockets.on)
    box.workspace.pacing.on = given.get("pacing", box.workspace.pacing.on)
    taken = state == "revoked" != installation.token_state
    installation.token_state = state
    if taken:
        await delivery.event(events.tokens_revoked(box.workspace), "token revoked")
    return {
        "events_url": delivery.events_url,
        "pacing": box.workspace.pacing.on,
        "socket_mode": delivery.sockets.on,
        **asdict(installation),
    }


def member(channel: Channel, user: str, *, there: bool) -> None:
    """Put somebody into a channel, or out of it."""
    if there and user not in channel.members:
        channel.members.append(user)
    elif not there and user in channel.members:
        channel.members.remove(user)
