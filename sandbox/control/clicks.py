"""A person clicks something in a message."""

from typing import Any

from sandbox import payloads, values
from sandbox.box import Box
from sandbox.control.asked import Asked
from sandbox.records import Json, Message
from sandbox.refusals import ControlError
from sandbox.workspace import elements_of

Found = tuple[Json, Json]


async def click(box: Box, asked: Asked, base_url: str) -> Json:
    """Deliver a click on a message's element, as long as a real client would allow it."""
    workspace = box.workspace
    person, channel = asked.person(), asked.channel()
    message = asked.message(channel, person)
    if person.id not in channel.members:
        raise ControlError("user_not_in_channel")
    block, element = _look(message, asked)
    raw = asked.get("value")
    check_confirmed(element, asked)
    action = action_for(block, element, raw, workspace.stamps.next())
    token = workspace.passes.new_response(person.id, channel.id, message.ts)
    url = f"{base_url}response/{token}"
    typed = asked.get("values") or {}
    payload = payloads.message_click(workspace, person, channel, message, action, url, typed=typed)
    summary = f"{person.display_name}: {element['action_id']} in {message.ts}"
    answer = await box.delivery.interact(payload, summary)
    return answer.as_json()


def find(blocks: list[Json], asked: Asked) -> Found | None:
    """Find an element by action_id and, when given, block_id (and a button's own value)."""
    action_id, block_id, value = asked.need("action_id"), asked.get("block_id"), asked.get("value")
    for block in blocks:
        if block_id and block["block_id"] != block_id:
            continue
        for element in elements_of(block):
            if element.get("action_id") != action_id:
                continue
            if block["type"] == "input" and not block.get("dispatch_action"):
                continue
            if element["type"] == "button" and value not in (None, element.get("value")):
                continue
            return block, element
    return None


def action_for(block: Json, element: Json, raw: Any, action_ts: str) -> Json:
    """Build the action; an option that is not on offer cannot be chosen."""
    if element["type"] in values.CHOICE and raw in (None, ""):
        raise ControlError("missing_field", status=400, field="value")
    try:
        return values.action_of(block, element, raw, action_ts)
    except values.NoSuchOptionError as missing:
        raise ControlError("no_such_option", value=str(missing)) from None


def check_confirmed(element: Json, asked: Asked) -> None:
    """Ask for confirmation where the app wants one."""
    confirm = element.get("confirm")
    if confirm is not None and asked.get("confirmed") is not True:
        raise ControlError("confirm_needed", confirm=confirm)


def _look(message: Message, asked: Asked) -> Found:
    found = find(message.blocks, asked)
    if found is None and asked.get("stale") is True:
        for blocks in reversed(message.earlier):
            found = find(blocks, asked)
            if found is not None:
                break
    if found is None:
        raise ControlError("no_such_element", action_id=asked.need("action_id"))
    return found
