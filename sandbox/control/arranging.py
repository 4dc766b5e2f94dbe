"""Tests and demos arrange the workspace: people, channels, faults, settings."""

from dataclasses import fields

from sandbox.box import Box
from sandbox.clocks import new_id
from sandbox.control.asked import Asked
from sandbox.faults import Fault
from sandbox.records import BOT_USER_ID, Channel, Json, Person
from sandbox.refusals import ControlError

_PERSON_FIELDS = frozenset(field.name for field in fields(Person))
_CHANNEL_FIELDS = frozenset({"id", "name", "members", "is_archived", "is_private"})
_FAULT_FIELDS = frozenset(field.name for field in fields(Fault))
_SETTINGS = frozenset({"events_url", "signing_secret", "bot_token", "app_token", "socket_mode"})


def people(box: Box, asked: Asked) -> Json:
    """Add a person, or change one whose id is known; new ones join every channel."""
    given = _only(asked.fields, _PERSON_FIELDS | {"channels"})
    channels = given.pop("channels", None)
    known = box.workspace.people.get(str(given.get("id")))
    if known is not None:
        for key, value in given.items():
            setattr(known, key, value)
        person = known
    else:
        name = str(given.get("real_name") or given.get("username") or "Somebody New")
        defaults: Json = {
            "id": new_id("U"),
            "username": name.lower().replace(" ", "."),
            "real_name": name,
            "display_name": name.split()[0],
        }
        person = Person(**(defaults | given))
        person.email = person.email or f"{person.username}@sandbox.example"
        box.workspace.people[person.id] = person
        channels = list(box.workspace.channels) if channels is None else channels
    for channel in box.workspace.channels.values():
        if channels is not None and channel.partner is None:
            _member(channel, person.id, there=channel.id in channels)
    box.workspace.changes.happened()
    return person.as_slack(box.workspace.now())


def channels(box: Box, asked: Asked) -> Json:
    """Add a channel, or change one; `bot_member: false` puts the bot out."""
    given = _only(asked.fields, _CHANNEL_FIELDS | {"bot_member"})
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
        _member(channel, BOT_USER_ID, there=bool(bot_member))
    box.workspace.changes.happened()
    return channel.as_slack() | {"members": channel.members}


def faults(box: Box, asked: Asked) -> Json:
    """Order a fault."""
    given = _only(asked.fields, _FAULT_FIELDS)
    asked.need("method")
    box.workspace.faults.add(Fault(**given))
    return {"waiting": [fault.as_json() for fault in box.workspace.faults.waiting]}


def settings(box: Box, asked: Asked) -> Json:
    """Change where deliveries go, and how they are signed."""
    given = _only(asked.fields, _SETTINGS)
    box.delivery.events_url = given.get("events_url", box.delivery.events_url)
    box.delivery.signing_secret = given.get("signing_secret", box.delivery.signing_secret)
    box.bot_token = given.get("bot_token", box.bot_token)
    box.app_token = given.get("app_token", box.app_token)
    box.delivery.sockets.on = bool(given.get("socket_mode", box.delivery.sockets.on))
    return {"events_url": box.delivery.events_url, "socket_mode": box.delivery.sockets.on}


def _only(given: Json, allowed: frozenset[str]) -> Json:
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise ControlError("unknown_field", status=400, fields=unknown, known=sorted(allowed))
    return dict(given)


def _member(channel: Channel, user: str, *, there: bool) -> None:
    if there and user not in channel.members:
        channel.members.append(user)
    elif not there and user in channel.members:
        channel.members.remove(user)
