"""Tests and demos arrange the workspace: channels, faults, settings."""

from collections.abc import Collection
from dataclasses import fields

from sandbox.box import Box
from sandbox.clocks import new_id
from sandbox.control.asked import Asked
from sandbox.faults import Fault
from sandbox.installation import EVENTS
from sandbox.records import BOT_USER_ID, Channel, Json
from sandbox.refusals import ControlError

_CHANNEL_FIELDS = frozenset({"id", "name", "members", "is_archived", "is_private"})
_FAULT_FIELDS = frozenset(field.name for field in fields(Fault))
_SETTINGS = frozenset(
    {"events_url", "signing_secret", "bot_token", "scopes", "events", "retry_waits"}
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
    box.workspace.faults.add(Fault(**given))
    return {"waiting": [fault.as_json() for fault in box.workspace.faults.waiting]}


def settings(box: Box, asked: Asked) -> Json:
    """Change where deliveries go, and how they are signed."""
    given = only(asked.fields, _SETTINGS)
    box.delivery.events_url = given.get("events_url", box.delivery.events_url)
    box.delivery.signing_secret = given.get("signing_secret", box.delivery.signing_secret)
    box.delivery.retry_waits = tuple(given.get("retry_waits", box.delivery.retry_waits))
    box.bot_token = given.get("bot_token", box.bot_token)
    installation = box.workspace.installation
    installation.scopes = _known(given.get("scopes", installation.scopes), None)
    installation.events = _known(given.get("events", installation.events), EVENTS)
    return {
        "events_url": box.delivery.events_url,
        "scopes": installation.scopes,
        "events": installation.events,
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


def _known(names: object, known: Collection[str] | None) -> list[str]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ControlError("not_a_list_of_names", status=400)
    unknown = sorted(set(names) - set(known)) if known is not None else []
    if known is not None and unknown:
        raise ControlError("unknown_name", status=400, names=unknown, known=sorted(known))
    return list(names)
