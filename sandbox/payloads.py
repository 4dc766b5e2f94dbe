"""The payloads Slack sends to apps, in Slack's full shape."""

from sandbox import values
from sandbox.delivery import VERIFICATION_TOKEN
from sandbox.records import APP_ID, TEAM_DOMAIN, TEAM_ID, Channel, Json, Message, OpenView, Person
from sandbox.workspace import Workspace, elements_of


def message_click(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    message: Message,
    action: Json,
    response_url: str,
    *,
    typed: Json,
) -> Json:
    """Build block_actions for an element of a message; `typed` fills its input blocks."""
    private = message.only_for is not None
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": private,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = _frame("block_actions", person)
    payload |= {
        "container": container,
        "trigger_id": workspace.passes.new_trigger(person.id),
        "channel": {"id": channel.id, "name": "directmessage" if channel.partner else channel.name},
        "state": {"values": _message_state(message, action, typed)},
        "response_url": response_url,
        "actions": [action],
    }
    # Slack keeps no copy of an ephemeral message, so it cannot send one.
    if not private:
        payload["message"] = message.as_slack()
    return payload


def view_click(
    workspace: Workspace, person: Person, open_view: OpenView, state: Json, action: Json
) -> Json:
    """Build block_actions for an element of a view."""
    return _frame("block_actions", person) | {
        "container": {"type": "view", "view_id": open_view.id},
        "trigger_id": workspace.passes.new_trigger(person.id),
        "view": open_view.as_slack(state),
        "actions": [action],
    }


def submission(workspace: Workspace, person: Person, open_view: OpenView, state: Json) -> Json:
    """Build view_submission."""
    return _frame("view_submission", person) | {
        "trigger_id": workspace.passes.new_trigger(person.id),
        "view": open_view.as_slack(state),
        "response_urls": [],
    }


def closed(person: Person, open_view: OpenView, *, cleared: bool) -> Json:
    """Build view_closed."""
    return _frame("view_closed", person) | {"view": open_view.as_slack(), "is_cleared": cleared}


def command(
    workspace: Workspace,
    person: Person,
    channel: Channel,
    name: str,
    text: str,
    response_url: str,
) -> dict[str, str]:
    """Build the form fields of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": person.team_id,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.partner else channel.name,
        "user_id": person.id,
        "user_name": person.username,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",  # a string, in commands
        "response_url": response_url,
        "trigger_id": workspace.passes.new_trigger(person.id),
    }


def _frame(kind: str, person: Person) -> Json:
    return {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {
            "id": person.id,
            "username": person.username,
            "name": person.username,
            "team_id": person.team_id,
        },
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _message_state(message: Message, action: Json, typed: Json) -> Json:
    built: Json = {}
    for block in message.blocks:
        for element in elements_of(block):
            if values.stateful(element):
                raw = typed.get(block["block_id"], values.initial(element))
                entry = values.state_of(element, raw)
                if (block["block_id"], element["action_id"]) == (
                    action["block_id"],
                    action["action_id"],
                ):
                    entry |= {key: action[key] for key in entry if key in action}
                built.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return built
