"""conversations.*: channels, their members and their history."""

from sandbox.records import BOT_USER_ID, Channel, Json, Message
from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call
from sandbox.webapi.pages import page_of

_TYPES = frozenset({"public_channel", "private_channel", "im", "mpim"})


def info(call: Call) -> Json:
    """conversations.info."""
    return {"channel": _channel(call).as_slack()}


def list_all(call: Call) -> Json:
    """conversations.list."""
    types = set(call.text("types", "public_channel").replace(" ", "").split(","))
    if types - _TYPES:
        raise RefusedError("invalid_types")
    found = [
        channel.as_slack()
        for channel in call.workspace.channels.values()
        if channel.kind in types
        and (not channel.is_private or BOT_USER_ID in channel.members)
        and not (call.flag("exclude_archived") and channel.is_archived)
    ]
    page, more = page_of(call, found, default=100)
    return {"channels": page, **more}


def open_direct(call: Call) -> Json:
    """conversations.open."""
    if call.text("channel"):
        return {"channel": {"id": _channel(call).id}, "no_op": True, "already_open": True}
    users = [user for user in call.text("users").replace(" ", "").split(",") if user]
    if not users:
        raise RefusedError("users_list_not_supplied")
    if len(users) > 1:
        raise RefusedError("method_not_supported_for_channel_type")
    if call.workspace.person(users[0]).deleted:
        raise RefusedError("user_disabled")
    channel = call.workspace.direct(users[0])
    return {"channel": channel.as_slack() if call.flag("return_im") else {"id": channel.id}}


def members(call: Call) -> Json:
    """conversations.members."""
    page, more = page_of(call, _channel(call).members, default=100)
    return {"members": page, **more}


def join(call: Call) -> Json:
    """conversations.join."""
    channel = _channel(call)
    if channel.is_archived:
        raise RefusedError("is_archived")
    if channel.is_private or channel.partner:
        raise RefusedError("method_not_supported_for_channel_type")
    if BOT_USER_ID not in channel.members:
        channel.members.append(BOT_USER_ID)
        call.workspace.changes.happened()
    return {"channel": channel.as_slack()}


def history(call: Call) -> Json:
    """conversations.history: newest first, without thread replies and ephemeral messages."""
    channel = _readable(call)
    found = [
        message
        for message in reversed(channel.messages.values())
        if message.only_for is None and not message.thread_ts and _between(message.ts, call)
    ]
    page, more = page_of(call, found, default=100)
    return {
        "messages": _with_threads(channel, page, call),
        "has_more": bool(more["response_metadata"]["next_cursor"]),
        "pin_count": 0,
        "channel_actions_ts": None,
        "channel_actions_count": 0,
        **more,
    }


def replies(call: Call) -> Json:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = _readable(call)
    asked = channel.messages.get(call.need("ts"))
    if asked is None or asked.only_for is not None:
        raise RefusedError("thread_not_found")
    root = asked.thread_ts or asked.ts
    found = [
        message
        for message in channel.messages.values()
        if message.only_for is None
        and (message.ts == root or (message.thread_ts == root and _between(message.ts, call)))
    ]
    page, more = page_of(call, found, default=1000)
    return {
        "messages": _with_threads(channel, page, call),
        "has_more": bool(more["response_metadata"]["next_cursor"]),
        **more,
    }


def _channel(call: Call) -> Channel:
    found = call.workspace.channels.get(call.need("channel"))
    if found is None:
        raise RefusedError("channel_not_found")
    return call.workspace.channel(found.id)


def _readable(call: Call) -> Channel:
    channel = _channel(call)
    if BOT_USER_ID not in channel.members:
        raise RefusedError("not_in_channel")
    return channel


def _between(ts: str, call: Call) -> bool:
    stamp, inclusive = float(ts), call.flag("inclusive")
    oldest, latest = _stamp(call, "oldest", 0.0), _stamp(call, "latest", float("inf"))
    return oldest < stamp < latest or (inclusive and stamp in (oldest, latest))


def _stamp(call: Call, name: str, default: float) -> float:
    try:
        return float(call.text(name) or default)
    except ValueError:
        raise RefusedError(f"invalid_ts_{name}") from None


def _with_threads(channel: Channel, messages: list[Message], call: Call) -> list[Json]:
    answers: dict[str, list[Message]] = {}
    for message in channel.messages.values():
        if message.thread_ts and message.only_for is None:
            answers.setdefault(message.thread_ts, []).append(message)
    metadata = call.flag("include_all_metadata")
    return [
        message.as_slack(metadata=metadata) | _thread_of(message, answers.get(message.ts, []))
        for message in messages
    ]


def _thread_of(message: Message, answers: list[Message]) -> Json:
    if not answers:
        return {}
    users = list(dict.fromkeys(answer.user for answer in answers))
    return {
        "thread_ts": message.ts,
        "reply_count": len(answers),
        "reply_users_count": len(users),
        "latest_reply": answers[-1].ts,
        "reply_users": users[:5],
        "is_locked": False,
        "subscribed": True,
    }
