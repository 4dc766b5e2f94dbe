"""Reads a message that somebody wrote in a thread. Everything may be missing or odd."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from bot.domain.people import Clicker
from bot.usecases.hear_reply import ThreadReply

_ID = re.compile("[A-Za-z0-9]{1,64}")
_TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,10}")
#: Of what people write; what is edited, deleted, joined or posted by a program has another one.
_WRITTEN = (None, "thread_broadcast", "file_share")
#: `<https://…|shop>`, `<#C01|reviews>`, `<!here>`: Slack's own way to write links and calls.
_TOKEN = re.compile(r"<([#!]?)([^<>|]*)(?:\|([^<>]*))?>")


def read_reply(event: object, me: str | None) -> ThreadReply | None:
    """What a person said in a thread; None for everything else, such as our own words."""
    said = event if isinstance(event, dict) else {}
    channel, ts, thread = (_text(said, name) for name in ("channel", "ts", "thread_ts"))
    user, text = _text(said, "user"), _text(said, "text")
    odd = said.get("subtype") not in _WRITTEN or said.get("bot_id") or user == me
    if odd or not text.strip() or ts == thread:
        return None
    if not (_ID.fullmatch(user) and _ID.fullmatch(channel)):
        return None
    if not (_TS.fullmatch(ts) and _TS.fullmatch(thread)):
        return None
    team = _text(said, "user_team") or _text(said, "team")
    return ThreadReply(
        by=Clicker(id=user, name=user, team_id=team or None),
        channel=channel,
        thread_ts=thread,
        ts=ts,
        text=readable(text.strip().removeprefix(f"<@{me}>")),
        to=_first_called(text, me),
        below_us=said.get("parent_user_id") in (None, me),
    )


def readable(text: str) -> str:
    """As the person has typed it; names stay `<@U…>`, until somebody looks them up."""
    parts, start = [], 0
    for found in _TOKEN.finditer(text):
        if found[2].startswith("@"):
            continue
        parts += [text[start : found.start()], _as_typed(*found.groups())]
        start = found.end()
    return unescape("".join([*parts, text[start:]])).strip()


def _as_typed(mark: str, name: str, label: str | None) -> str:
    if mark == "#":
        return f"#{label or name}"
    if mark == "!":
        return label or f"@{name.partition('^')[0]}"
    if not label or label == name:
        return name.removeprefix("mailto:")
    return label if name == f"mailto:{label}" else f"{label} ({name})"


def _first_called(text: str, me: str | None) -> str | None:
    """Whom a message is for that begins with somebody's name; None for us, and for everybody."""
    found = re.match(r"\s*<@([A-Za-z0-9]{1,64})(?:\|[^<>]*)?>", text)
    return found[1] if found and found[1] != me else None


def _text(event: dict[str, Any], name: str) -> str:
    value = event.get(name)
    return value if isinstance(value, str) else ""
