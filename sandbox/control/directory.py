"""Tests and demos arrange who is here; the app is told as Slack would tell it."""

from zoneinfo import available_timezones

from sandbox import events
from sandbox.box import Box
from sandbox.clocks import new_id
from sandbox.control.arranging import member
from sandbox.control.asked import Asked
from sandbox.control.fields import FLAG, NAMES, NUMBER, TEXT, Kinds, one_of, only
from sandbox.records import Json, Person, Usergroup
from sandbox.refusals import ControlError

_PERSON: Kinds = {
    **dict.fromkeys(("id", "username", "real_name", "display_name", "tz", "email"), TEXT),
    **dict.fromkeys(("team_id", "presence"), TEXT),
    **dict.fromkeys(("is_bot", "is_admin", "is_restricted", "is_ultra_restricted"), FLAG),
    **dict.fromkeys(("deleted", "dnd_enabled"), FLAG),
    **dict.fromkeys(("next_dnd_start_ts", "next_dnd_end_ts", "snooze_endtime"), NUMBER),
    "channels": NAMES,
}
_GROUP: Kinds = {
    **dict.fromkeys(("id", "handle", "name", "description"), TEXT),
    "users": NAMES,
    "disabled": FLAG,
}
# Who is there and who wants quiet is asked for; it is no change of an account.
_NOT_TOLD = frozenset({"presence", "dnd_enabled", "next_dnd_start_ts", "next_dnd_end_ts"}) | {
    "snooze_endtime"
}


async def people(box: Box, asked: Asked) -> Json:
    """Add a person, or change one whose id is known; new ones join every channel."""
    given = only(asked.fields, _PERSON)
    channels = given.pop("channels", None)
    one_of(("active", "away"), given.get("presence", "active"))
    if given.get("tz", "UTC") not in available_timezones():
        raise ControlError("unknown_name", status=400, names=[given["tz"]])
    known = box.workspace.people.get(str(given.get("id")))
    changed = known is None or any(
        getattr(known, key) != value for key, value in given.items() if key not in _NOT_TOLD
    )
    if known is not None:
        for key, value in given.items():
            setattr(known, key, value)
        person = known
    else:
        name = given.get("real_name", "").strip() or given.get("username", "").strip()
        name = name or "Somebody New"
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
            member(channel, person.id, there=channel.id in channels)
    box.workspace.changes.happened()
    if changed:
        person.updated = int(box.workspace.now())
        event = events.person_changed(box.workspace, person, new=known is None)
        await box.delivery.event(event, person.display_name)
    return person.as_slack(box.workspace.now())


async def usergroups(box: Box, asked: Asked) -> Json:
    """Add a user group, or change one whose id is known."""
    given = only(asked.fields, _GROUP)
    for user in given.get("users", []):
        if user not in box.workspace.people:
            raise ControlError("user_not_found", status=404, user=user)
    now = int(box.workspace.now())
    if "disabled" in given:
        given["disabled"] = now if given["disabled"] else 0
    known = box.workspace.usergroups.get(str(given.get("id")))
    if known is None:
        handle = str(given.get("handle") or "group")
        defaults: Json = {"id": new_id("S"), "handle": handle, "name": handle}
        group = Usergroup(**(defaults | given), created=now)
        box.workspace.usergroups[group.id] = group
        before = list(group.users)
    else:
        group, before = known, list(known.users)
        for key, value in given.items():
            setattr(group, key, value)
    previous, group.updated = group.updated, now
    box.workspace.changes.happened()
    event = events.usergroup_changed(box.workspace, group, new=known is None)
    if sorted(before) != sorted(group.users):
        told = events.members_changed(box.workspace, group, before, previous)
        await box.delivery.event(told, group.handle)
    await box.delivery.event(event, group.handle)
    return group.as_slack()
