"""chat.*: posting, changing and removing messages."""

from typing import Any

from sandbox.files import check_pictures
from sandbox.limits import check_blocks, check_metadata
from sandbox.records import BOT_USER_ID, Json, Message
from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call

POST_TEXT = 40_000
UPDATE_TEXT = 4_000
MARKDOWN_TEXT = 12_000


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    channel = call.workspace.writable(call.need("channel"))
    text, blocks = content(call)
    message = call.workspace.post(
        channel,
        BOT_USER_ID,
        text=text[:POST_TEXT],  # Slack cuts here, it does not refuse
        blocks=blocks,
        metadata=_metadata(call),
        attachments=call.json("attachments", "invalid_attachments") or [],
        thread_ts=thread(call, channel.messages),
    )
    return {"channel": channel.id, "ts": message.ts, "message": message.as_slack()}


def update(call: Call) -> Json:
    """chat.update."""
    workspace = call.workspace
    if call.need("channel") not in workspace.channels:
        raise RefusedError("channel_not_found")
    channel = workspace.channel(call.need("channel"))
    message = workspace.message(channel, call.need("ts"))
    if channel.is_archived:
        raise RefusedError("is_inactive")
    if not message.by_bot:
        raise RefusedError("cant_update_message")
    if "text" in call.args and len(call.text("text")) > UPDATE_TEXT:
        raise RefusedError("msg_too_long")
    metadata = _metadata(call) if call.args.get("metadata") is not None else message.metadata
    given = call.json("blocks", "invalid_blocks_format")
    if given is not None and "text" not in call.args:
        # New blocks alone: the old notification text stays.
        checked_blocks(call, given)
        text, blocks = message.text, given
    else:
        text, blocks = content(call)
    workspace.redraw(message, text=text, blocks=blocks)
    message.metadata = metadata or None
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.as_slack(),
    }


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    channel = call.workspace.writable(call.need("channel"))
    user = call.need("user")
    call.workspace.person(user)
    if user not in channel.members:
        raise RefusedError("user_not_in_channel")
    text, blocks = content(call)
    message = call.workspace.post(
        channel,
        BOT_USER_ID,
        text=text[:POST_TEXT],
        blocks=blocks,
        only_for=user,
        thread_ts=thread(call, channel.messages),
    )
    return {"message_ts": message.ts}


def delete(call: Call) -> Json:
    """chat.delete."""
    channel = call.workspace.channel(call.need("channel"))
    message = call.workspace.message(channel, call.need("ts"))
    if not message.by_bot:
        raise RefusedError("cant_delete_message")
    call.workspace.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    """chat.getPermalink."""
    channel = call.workspace.channel(call.need("channel"))
    message = call.workspace.message(channel, call.need("message_ts"))
    link = f"{call.base_url}archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.thread_ts:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def content(call: Call) -> tuple[str, list[Json]]:
    """Return a message's text and checked blocks; one of the two must be there."""
    text = call.text("text")
    blocks: Any = call.json("blocks", "invalid_blocks_format")
    markdown = call.text("markdown_text")
    if markdown:
        if text or blocks:
            raise RefusedError("markdown_text_conflict")
        if len(markdown) > MARKDOWN_TEXT:
            raise RefusedError("msg_too_long")
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    if blocks is not None:
        checked_blocks(call, blocks)
    if not text and not blocks and not call.args.get("attachments"):
        raise RefusedError("no_text")
    return text, blocks or []


def checked_blocks(call: Call, blocks: object) -> None:
    """Refuse blocks over Slack's limits, and pictures that cannot be shown."""
    check_blocks(blocks)
    check_pictures(call.workspace.files, blocks)


def _metadata(call: Call) -> Json | None:
    metadata = call.json("metadata", "invalid_metadata_format")
    if metadata in (None, {}):
        return None
    check_metadata(metadata)
    return dict(metadata)


def thread(call: Call, messages: dict[str, Message]) -> str | None:
    """Find the thread to answer in; Slack puts a reply to a reply into the same thread."""
    asked = call.text("thread_ts")
    if not asked:
        return None
    parent = messages.get(asked)
    if parent is None:
        raise RefusedError("thread_not_found")
    return parent.thread_ts or parent.ts
