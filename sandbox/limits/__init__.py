"""Slack's limits: what a message or a view may hold before Slack refuses it."""

import orjson

from sandbox.limits.blocks import blocks
from sandbox.limits.check import Check
from sandbox.limits.texts import text, total
from sandbox.records import Json
from sandbox.refusals import RefusedError

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Undocumented: reports of `msg_blocks_too_long` start at about 13,172 characters.
MESSAGE_TEXT = 13_000
VIEW_BYTES = 250 * 1024
METADATA_BYTES = 8 * 1024

_VIEW_KEYS = (
    "private_metadata",
    "callback_id",
    "external_id",
    "close",
    "submit",
    "title",
    "clear_on_close",
    "notify_on_close",
    "submit_disabled",
)


def check_blocks(value: object) -> None:
    """Refuse blocks that Slack would refuse in a message."""
    check = Check("message")
    blocks(check, value, "/blocks", most=MESSAGE_BLOCKS)
    if check.problems:
        raise RefusedError("invalid_blocks", check.problems)
    if sum(isinstance(block, dict) and block["type"] == "table" for block in _list(value)) > 1:
        # Slack attaches a table below the message, and says so.
        raise RefusedError("invalid_attachments", ["only_one_table_allowed"])
    if total(value) > MESSAGE_TEXT:
        raise RefusedError("msg_blocks_too_long")


def check_view(value: object) -> None:
    """Refuse a view (a modal or a Home tab) that Slack would refuse."""
    if not isinstance(value, dict):
        raise RefusedError("invalid_arguments", ["[ERROR] view must be an object"])
    if len(orjson.dumps(value)) > VIEW_BYTES:
        raise RefusedError("view_too_large")
    kind = str(value.get("type"))
    check = Check(kind)
    if kind not in {"modal", "home"}:
        check.fail("/view/type", "must be one of: modal, home")
    # `state`, `hash` and the like come back when an app echoes a view: Slack refuses them too.
    check.keys(value, "/view", allowed=_VIEW_KEYS, needed=("blocks",))
    if value.get("blocks") is not None:
        blocks(check, value["blocks"], "/view/blocks", most=VIEW_BLOCKS)
    check.string(value.get("private_metadata"), "/view/private_metadata", most=3000)
    check.string(value.get("callback_id"), "/view/callback_id", most=255)
    check.string(value.get("external_id"), "/view/external_id", most=255)
    if kind == "modal":
        _modal(check, value)
    if check.problems:
        raise RefusedError("invalid_arguments", [f"[ERROR] {line}" for line in check.problems])


def check_metadata(value: object) -> None:
    """Refuse message metadata that Slack would refuse."""
    if not isinstance(value, dict) or set(value) - {"event_type", "event_payload", "entities"}:
        raise RefusedError("invalid_metadata_format")
    event_type, payload = value.get("event_type"), value.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise RefusedError("invalid_metadata_format")
    if len(orjson.dumps(value)) > METADATA_BYTES:
        raise RefusedError("metadata_too_large")


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _modal(check: Check, view: Json) -> None:
    for key in ("title", "submit", "close"):
        if view.get(key) is not None:
            text(check, view[key], f"/view/{key}", most=24)
    if view.get("title") is None:
        check.fail("/view", "missing required field: title")
    found = view.get("blocks")
    inputs = isinstance(found, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in found
    )
    if inputs and view.get("submit") is None:
        check.fail("/view", "missing required field: submit (the view has input blocks)")
