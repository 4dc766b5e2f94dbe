"""files.*: announcing a file, sharing it, and asking for it."""

from typing import Any

from sandbox.clocks import new_id
from sandbox.files import LARGEST, File
from sandbox.limits import check_blocks
from sandbox.records import BOT_USER_ID, Channel, Json
from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call
from sandbox.webapi.chat import thread

ALT_TEXT = 1000
CHANNELS = 100


def get_upload_url(call: Call) -> Json:
    """files.getUploadURLExternal."""
    name, length = call.text("filename"), call.number("length", 0)
    if not name or length < 1:
        raise RefusedError("missing_argument")
    if len(call.text("alt_txt")) > ALT_TEXT:
        raise RefusedError("alt_txt_too_large")
    if length > LARGEST:
        raise RefusedError("file_upload_size_restricted")
    file = File(
        id=new_id("F"),
        name=name,
        length=length,
        user=BOT_USER_ID,
        created=int(call.workspace.now()),
        alt_txt=call.text("alt_txt"),
    )
    call.workspace.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{call.base_url}upload/{file.ticket}"}


def complete(call: Call) -> Json:
    """files.completeUploadExternal: one message in each channel, or a private file in none."""
    listed = _listed(call)
    channels = [_open(call, reference) for reference in _asked(call)]
    files = [_uploaded(call, str(item["id"])) for item in listed]
    comment = call.text("initial_comment")
    blocks = None if comment else call.json("blocks", "invalid_blocks")
    if blocks is not None:
        check_blocks(blocks)
    threads = [thread(call, channel.messages) for channel in channels]
    for item, file in zip(listed, files, strict=True):
        file.title, file.complete = str(item.get("title") or file.name), True
    for channel, parent in zip(channels, threads, strict=True):
        message = call.workspace.post(
            channel, BOT_USER_ID, text=comment, blocks=blocks or [], thread_ts=parent
        )
        message.files = [file.as_slack(call.base_url) for file in files]
        share = {"ts": message.ts} | ({"thread_ts": parent} if parent else {})
        for file in files:
            file.shares.setdefault(channel.id, []).append(share)
    # Slack shares a little later, so its answer knows of no message.
    return {"files": [{"id": file.id, "title": file.title} for file in files]}


def info(call: Call) -> Json:
    """files.info."""
    file = call.workspace.files.get(call.need("file"))
    if file is None or not file.complete:
        raise RefusedError("file_not_found")
    answer: Json = {"file": file.as_slack(call.base_url), "comments": []}
    return answer | {"response_metadata": {"next_cursor": ""}}


def _listed(call: Call) -> list[Json]:
    listed: Any = call.json("files", "invalid_arguments")
    if not isinstance(listed, list) or not listed:
        raise RefusedError("invalid_arguments", ["[ERROR] missing required field: files"])
    for item in listed:
        if not isinstance(item, dict) or not item.get("id"):
            raise RefusedError("invalid_arguments", ["[ERROR] missing required field: id"])
    return listed


def _asked(call: Call) -> list[str]:
    both = f"{call.text('channel_id')},{call.text('channels')}".replace(" ", "")
    asked = [reference for reference in dict.fromkeys(both.split(",")) if reference]
    if len(asked) > CHANNELS:
        raise RefusedError("channels_limit_exceeded")
    return asked


def _open(call: Call, reference: str) -> Channel:
    try:
        return call.workspace.writable(reference)
    except RefusedError as refused:
        if refused.code == "is_archived":
            raise RefusedError("posting_to_channel_denied") from None
        raise


def _uploaded(call: Call, file_id: str) -> File:
    file = call.workspace.files.get(file_id)
    if file is None or file.content is None:
        raise RefusedError("file_not_found")
    if file.complete:
        raise RefusedError("file_update_failed")
    return file
