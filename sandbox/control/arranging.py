"""Tests and demos arrange the workspace: channels, faults, settings."""

from collections.abc import Collection
from dataclasses import asdict, fields
from typing import get_args

from sandbox import events
from sandbox.box import Box
from sandbox.clocks import new_id
from sandbox.control.asked import Asked
from sandbox.faults import Fault
from sandbox.installation import EVENTS, TokenState
from sandbox.records import BOT_USER_ID, Channel, Json
from sandbox.refusals import ControlError

_CHANNEL_FIELDS = frozenset({"id", "name", "members", "is_archived", "is_private"})
_FAULT_FIELDS = frozenset(field.name for field in fields(Fault))
_FAULT_KINDS: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("method", "match", "error"), (str,)),
    **dict.fromkeys(("times", "status", "retry_after"), (int,)),
    **dict.fromkeys(("after", "drop"), (bool,)),
    "delay": (int, float),
}
_SETTINGS = frozenset(
    {"events_url", "signing_secret", "bot_token", "app_token", "retry_waits"}
    | {"scopes", "events", "token_state", "pacing"}
)


def channels(box: Box, asked: Asked) -> Json:
    """Add a channel, or change one; `bot_member: false` puts the bot out."""
    given = only(asked.fields, _CHANNEL_FIELDS | {"bot_member"})
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
        member(channel, BOT_USER_ID, there=bool(bot_member))
    box.workspace.changes.happened()
    return channel.as_slack() | {"members": channel.members}


def faults(box: Box, asked: Asked) -> Json:
    """Order a fault."""
    given = only(asked.fields, _FAULT_FIELDS)
    asked.need("method")
    for name, value in given.items():
        kinds = _FAULT_KINDS[name]
        if (isinstance(value, bool) != (bool in kinds)) or not isinstance(value, kinds):
            raise ControlError("wrong_kind", status=400, field=name)
    if given.get("times", 1) < 1:
        raise ControlError("wrong_kind", status=400, field="times")
    box.workspace.faults.add(Fault(**given))
    return {"waiting": [fault.as_json() for fault in box.workspace.faults.waiting]}


async def settings(box: Box, asked: Asked) -> Json:
    """Change where deliveries go, how they are signed, and what the app may do."""
    given = only(asked.fields, _SETTINGS)
    installation, delivery = box.workspace.installation, box.delivery
    state = given.get("token_state", installation.token_state)
    if state not in get_args(TokenState):
        raise ControlError("unknown_name", status=400, names=[state], known=get_args(TokenState))
    installation.scopes = _names(given.get("scopes", installation.scopes))
    installation.events = _names(given.get("events", installation.events), EVENTS)
    delivery.events_url = given.get("events_url", delivery.events_url)
    delivery.signing_secret = given.get("signing_secret", delivery.signing_secret)
    delivery.retry_waits = tuple(given.get("retry_waits", delivery.retry_waits))
    box.bot_token = given.get("bot_token", box.bot_token)
    box.app_token = given.get("app_token", box.app_token)
    box.workspace.pacing.on = bool(given.get("pacing", box.workspace.pacing.on))
    taken = state == "revoked" != installation.token_state
    installation.token_state = state
    if taken:
        await delivery.event(events.tokens_revoked(box.workspace), "token revoked")
    return {
        "events_url": delivery.events_url,
        "pacing": box.workspace.pacing.on,
        **asdict(installation),
    }


def only(given: Json, allowed: frozenset[str]) -> Json:
    """Copy the fields given; one that is not known is a mistake of the caller."""
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise ControlError("unknown_field", status=400, fields=unknown, known=sorted(allowed))
    return dict(given)


def member(channel: Channel, user: str, *, there: bool) -> None:
    """Put somebody into a channel, or out of it."""
    if there and user not in channel.members:
        channel.members.append(user)
    elif not there and user in channel.members:
        channel.members.remove(user)


def _names(names: object, known: Collection[str] | None = None) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ControlError("not_a_list_of_names", status=400)
    unknown = [name for name in names if known is not None and name not in known]
    if unknown:
        raise ControlError("unknown_name", status=400, names=unknown, known=sorted(known or ()))
    return list(names)
