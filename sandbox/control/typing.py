"""A person types: a message or a slash command."""

import orjson

from sandbox import events, payloads, responses
from sandbox.box import Box
from sandbox.control.asked import Asked
from sandbox.delivery import KEPT_BACK, Answer
from sandbox.records import BOT_USER_ID, SLACKBOT_ID, Channel, Json, Person
from sandbox.refusals import ControlError, RefusedError


async def message(box: Box, asked: Asked) -> Json:
    """Post a person's message and tell the app of it."""
    person, channel = asked.person(), _own_channel(asked)
    text = asked.need("text")
    posted = box.workspace.post(
        channel, person.id, text=text, blocks=[], thread_ts=asked.get("thread_ts")
    )
    if BOT_USER_ID not in channel.members:
        # Slack tells an app only of conversations it is in.
        return KEPT_BACK.as_json() | {"ts": posted.ts}
    event = events.message(channel, posted)
    answer = await box.delivery.event(event, f"{person.display_name} in {channel.id}")
    return answer.as_json() | {"ts": posted.ts}


async def command(box: Box, asked: Asked, base_url: str) -> Json:
    """Run a slash command; what the app answers at once is shown."""
    person, channel = asked.person(), _own_channel(asked)
    name, text = asked.need("command"), str(asked.get("text") or "")
    token = box.workspace.passes.new_response(person.id, channel.id, None)
    fields = payloads.command(
        box.workspace, person, channel, name, text, f"{base_url}response/{token}"
    )
    answer = await box.delivery.command(fields)
    _show(box, person, channel, name, answer)
    return answer.as_json()


def _show(box: Box, person: Person, channel: Channel, name: str, answer: Answer) -> None:
    """Show an answer to a command; Slackbot speaks when the app failed."""
    if not answer.ok:
        reason = {
            "timed_out": "operation_timeout",
            "connection_failed": "dispatch_failed",
        }.get(answer.error or "", "dispatch_unknown_error")
        said: Json = {"text": f"{name} failed with the error “{reason}”"}
        responses.say(box.workspace, person.id, channel.id, said, by=SLACKBOT_ID)
        return
    if not answer.body.strip():
        return
    try:
        parsed = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        parsed = {"text": answer.body}
    said = parsed if isinstance(parsed, dict) else {"text": answer.body}
    try:
        responses.say(box.workspace, person.id, channel.id, said, by=BOT_USER_ID)
    except RefusedError as refused:
        said = {"text": f"{name} failed with the error “{refused.code}”"}
        responses.say(box.workspace, person.id, channel.id, said, by=SLACKBOT_ID)


def _own_channel(asked: Asked) -> Channel:
    channel = asked.channel()
    if asked.person().id not in channel.members:
        raise ControlError("user_not_in_channel")
    if channel.is_archived:
        raise ControlError("is_archived")
    return channel
