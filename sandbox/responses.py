"""response_url: how an app answers one interaction without the Web API."""

import orjson
from aiohttp import web

from sandbox.box import SANDBOX
from sandbox.files import check_pictures
from sandbox.limits import check_blocks
from sandbox.passes import ResponseUrl
from sandbox.records import BOT_USER_ID, Json, Message
from sandbox.refusals import RefusedError
from sandbox.wire import Carried, answered, json_response
from sandbox.workspace import Workspace

# An archived channel is gone for incoming webhooks, so it is here.
_STATUS = dict.fromkeys(("used_url", "expired_url", "invalid_url"), 404) | {
    "channel_is_archived": 410
}


async def handle(request: web.Request) -> web.Response:
    """Take an answer sent to a response_url."""
    workspace = request.app[SANDBOX].workspace
    body = await request.read()

    def carry_out() -> Carried:
        try:
            found = workspace.passes.response(request.match_info["token"])
            found.uses += 1
            _respond(workspace, found, _object(body))
        except RefusedError as refused:
            status = _STATUS.get(refused.code, 400)
            answer = {"ok": False, "error": refused.code, "errors": refused.problems}
            return json_response(answer, status=status), refused.code
        return json_response({"ok": True}), found.channel

    searchable = body.decode(errors="replace")
    return await answered(request, workspace, "response_url", searchable, carry_out)


def say(workspace: Workspace, user: str, channel_id: str, said: Json, *, by: str) -> Message:
    """Post what an app answered: to the person alone unless it says `in_channel`."""
    text, blocks = str(said.get("text") or ""), said.get("blocks")
    if blocks is not None:
        check_blocks(blocks)
        check_pictures(workspace.files, blocks)
    if not text and not blocks:
        raise RefusedError("no_text")
    return workspace.post(
        workspace.channels[channel_id],  # the bot need not be in it
        by,
        text=text,
        blocks=blocks or [],
        thread_ts=said.get("thread_ts"),
        only_for=None if said.get("response_type") == "in_channel" else user,
    )


def _respond(workspace: Workspace, at: ResponseUrl, said: Json) -> None:
    channel = workspace.channels[at.channel]
    if channel.is_archived:
        raise RefusedError("channel_is_archived")
    original = channel.messages.get(at.message_ts) if at.message_ts else None
    if said.get("delete_original"):
        if original is not None:
            workspace.remove(original)
        return
    if said.get("replace_original") and original is not None and original.user == BOT_USER_ID:
        text, blocks = str(said.get("text") or ""), said.get("blocks")
        if blocks is not None:
            check_blocks(blocks)
            check_pictures(workspace.files, blocks)
        if not text and not blocks:
            raise RefusedError("no_text")
        workspace.redraw(original, text=text, blocks=blocks or [])
        if isinstance(said.get("metadata"), dict):
            original.metadata = said["metadata"] or None
        return
    say(workspace, at.user, at.channel, said, by=BOT_USER_ID)


def _object(body: bytes) -> Json:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise RefusedError("invalid_payload") from None
    if not isinstance(value, dict):
        raise RefusedError("invalid_payload")
    return value
