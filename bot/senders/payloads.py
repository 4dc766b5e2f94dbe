"""Slack's JSON, read without trust: what is not as documented counts as not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.people import Person

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Names the metadata of our messages; the payload is only an opaque id.
CARD_EVENT = "pullcord_card"
# Slack calls these people; they are not.
_NO_PEOPLE = ("is_bot", "is_workflow_bot", "is_connector_bot")


def person_in(user: object) -> Person | None:
    """Slack's user object; None when it is none."""
    if not isinstance(user, dict) or not text_or_none(user.get("id")):
        return None
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    names = (profile.get("display_name"), user.get("real_name"), user["id"])
    return Person(
        id=user["id"],
        display_name=next(name for name in names if name and isinstance(name, str)),
        team_id=text_or_none(user.get("team_id")),
        email=text_or_none(profile.get("email")),
        tz=text_or_none(user.get("tz")),
        deleted=bool(user.get("deleted")),
        bot=any(user.get(key) for key in _NO_PEOPLE) or user["id"] == "USLACKBOT",
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
    )


def text_or_none(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def our_messages(page: object, me: str | None) -> Iterator[tuple[str, str]]:
    """Id and ts of those that carry our metadata."""
    listed = page.get("messages") if isinstance(page, dict) else None
    for message in listed if isinstance(listed, list) else ():
        metadata = message.get("metadata") if isinstance(message, dict) else None
        if not isinstance(metadata, dict) or metadata.get("event_type") != CARD_EVENT:
            continue
        payload = metadata.get("event_payload")
        message_id = text_or_none(payload.get("id")) if isinstance(payload, dict) else None
        ts = text_or_none(message.get("ts"))
        if message_id and ts and me in {None, message.get("user")}:
            yield message_id, ts


def cursor_in(page: object) -> str | None:
    more = page.get("response_metadata") if isinstance(page, dict) else None
    return text_or_none(more.get("next_cursor")) if isinstance(more, dict) else None


def files_in(page: object) -> set[str]:
    """Ids of the files in these messages."""
    listed = page.get("messages") if isinstance(page, dict) else None
    found = set()
    for message in listed if isinstance(listed, list) else ():
        files = message.get("files") if isinstance(message, dict) else None
        for file in files if isinstance(files, list) else ():
            file_id = text_or_none(file.get("id")) if isinstance(file, dict) else None
            found |= {file_id} if file_id else set()
    return found
