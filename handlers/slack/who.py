"""Reads Slack's payloads: who, where, on what. Everything may be missing or odd."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards import names
from bot.domain.outgoing import Sent
from bot.domain.people import Change, Clicker

# What Slack's ids look like. Both databases balk at other characters, such as NUL.
_ID = re.compile("[A-Za-z0-9]{1,64}")
_TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,10}")
# What our own ids look like.
_OWN = re.compile(r"[A-Za-z0-9_-]{1,80}")
_EMAIL = re.compile(r"[!-~]+@[!-~]+")


class OddPayloadError(ValueError):
    """A signed payload that is not what Slack sends; nothing can be done with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A press on a button of a message or of a modal."""

    clicker: Clicker
    #: The button's value, or the chosen option's.
    value: str
    #: Carries what the element's own value cannot: which escalation a menu belongs to.
    block_id: str
    channel: str | None
    #: The message that was clicked; `message_id` where its metadata says so.
    message: Sent | None
    response_url: str | None
    trigger_id: str
    #: In a modal, the view to be replaced; on the Home tab there is none.
    view_id: str | None
    #: The page of a digest from which that modal came, if it did.
    place: str = ""
    home: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A modal that was submitted."""

    clicker: Clicker
    metadata: str
    values: Mapping[str, Any]
    view: Mapping[str, Any]
    #: The page of a digest to which it leads back, if any.
    place: str = ""


def read_click(body: object) -> Click:
    """Raises OddPayloadError."""
    payload = _object(body)
    action = _object(next(iter(_list(payload.get("actions"))), None))
    chosen = _object(action.get("selected_option"))
    view = _object(payload.get("view"))
    return Click(
        clicker=read_clicker(payload),
        value=_text(action.get("value")) or _text(chosen.get("value")),
        block_id=_text(action.get("block_id")),
        channel=_text(_object(payload.get("channel")).get("id")) or None,
        message=_clicked(payload),
        response_url=_text(payload.get("response_url")) or None,
        trigger_id=_text(payload.get("trigger_id")),
        view_id=None if view.get("type") == "home" else _text(view.get("id")) or None,
        home=view.get("type") == "home",
        place=names.from_where(_text(view.get("private_metadata")))[1],
    )


def _clicked(payload: Mapping[str, Any]) -> Sent | None:
    """Where the message stands that was clicked; one that only its reader sees stands nowhere."""
    container = _object(payload.get("container"))
    channel, ts = _text(container.get("channel_id")), _text(container.get("message_ts"))
    lasting = container.get("type") == "message" and not container.get("is_ephemeral")
    if not (lasting and _ID.fullmatch(channel) and _TS.fullmatch(ts)):
        return None
    metadata = _object(_object(payload.get("message")).get("metadata"))
    found = _text(_object(metadata.get("event_payload")).get("id"))
    return Sent(channel=channel, ts=ts, message_id=found if _OWN.fullmatch(found) else None)


def chosen_value(body: object) -> str:
    """The value of the menu's chosen option; nothing where none was chosen."""
    action = _object(next(iter(_list(_object(body).get("actions"))), None))
    return _text(_object(action.get("selected_option")).get("value"))


def read_form(body: object) -> Form:
    """Raises OddPayloadError."""
    payload = _object(body)
    view = _object(payload.get("view"))
    metadata, place = names.from_where(_text(view.get("private_metadata")))
    return Form(
        clicker=read_clicker(payload),
        metadata=metadata,
        place=place,
        values=_object(_object(view.get("state")).get("values")),
        view=view,
    )


def read_clicker(payload: Mapping[str, Any]) -> Clicker:
    """Whom Slack's signature vouches for. Raises OddPayloadError when it names nobody."""
    user = _object(payload.get("user"))
    user_id = _text(user.get("id"))
    if not _ID.fullmatch(user_id):
        raise OddPayloadError("no user")
    team = _text(user.get("team_id")) or _text(_object(payload.get("team")).get("id"))
    return Clicker(
        id=user_id,
        name=_text(user.get("name")) or _text(user.get("username")) or user_id,
        team_id=team or None,
    )


def read_command(body: object) -> tuple[Clicker, str, tuple[str, ...]]:
    """Who wrote a slash command, what behind it, and in which channel, by its id and `#name`.

    Raises OddPayloadError.
    """
    payload = _object(body)
    user_id = _text(payload.get("user_id"))
    if not _ID.fullmatch(user_id):
        raise OddPayloadError("no user")
    name = _text(payload.get("user_name")) or user_id
    clicker = Clicker(id=user_id, name=name, team_id=_text(payload.get("team_id")) or None)
    places = (_text(payload.get("channel_id")), f"#{_text(payload.get('channel_name'))}")
    return clicker, _text(payload.get("text")), places


def read_change(event: object) -> Change:
    """Whose account an event is about. Raises OddPayloadError when it names nobody."""
    user = _object(_object(event).get("user"))
    user_id = _text(user.get("id"))
    if not _ID.fullmatch(user_id):
        raise OddPayloadError("no user")
    email = _text(_object(user.get("profile")).get("email"))
    return Change(
        id=user_id,
        email=email if _EMAIL.fullmatch(email) else None,
        deleted=bool(user.get("deleted")),
        bot=bool(user.get("is_bot")),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )


def read_usergroup(event: object) -> tuple[str, frozenset[str]]:
    """Which usergroup, and who left it. Raises OddPayloadError when it names none."""
    payload = _object(event)
    usergroup = _text(payload.get("subteam_id")) or _text(_object(payload.get("subteam")).get("id"))
    if not _ID.fullmatch(usergroup):
        raise OddPayloadError("no usergroup")
    return usergroup, frozenset(map(_text, _list(payload.get("removed_users"))))


@dataclass(frozen=True, slots=True)
class Opened:
    """Who has opened their Home tab, and the hash of what they see; the first time nothing."""

    id: str
    hash: str | None


def read_viewer(event: object) -> Opened | None:
    """None for the other tab, and for odd shapes."""
    said = _object(event)
    user = _text(said.get("user"))
    if said.get("tab") != "home" or not _ID.fullmatch(user):
        return None
    return Opened(user, _text(_object(said.get("view")).get("hash")) or None)


def read_action_id(body: object) -> str:
    """What was pressed, by its name; nothing where that is odd."""
    action = _object(next(iter(_list(_object(body).get("actions"))), None))
    return _text(action.get("action_id"))


def well_formed(payload: object) -> bool:
    """Whether a payload has at least the bones that Bolt takes for granted."""
    if not isinstance(payload, dict):
        return False
    user, team = payload.get("user", {}), payload.get("team", {})
    if not all(isinstance(one, dict | str | None) for one in (user, team)):
        return False
    match payload.get("type"):
        case "block_actions":
            actions = _list(payload.get("actions"))
            return bool(actions) and all(
                isinstance(one, dict) and _text(one.get("type")) and _text(one.get("action_id"))
                for one in actions
            )
        case "view_submission" | "view_closed":
            view = _object(payload.get("view"))
            return bool(_text(view.get("type")) and _text(view.get("callback_id")))
        case "event_callback":
            return bool(_text(_object(payload.get("event")).get("type")))
        case kind:
            return kind is None or isinstance(kind, str)


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
