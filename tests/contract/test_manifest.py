"""The manifests ask Slack for exactly what the code uses: methods, scopes, events, commands.

Both were tried by hand against Slack's own JSON Schema for manifests (version 2.0.0); its limits
that concern them are stated here.
"""

from __future__ import annotations

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.cards.command_list import COMMANDS, usage_hint
from bot.cards.wording_command import HELP
from bot.doctor.scopes import NEEDED
from bot.usecases.commands.dispatch import VERBS
from docs import said
from docs.pages import ROOT, text_of
from handlers.slack.door import PATH, _take, make_bolt

#: Bot scopes a method needs, of all kinds of channels that we write to: public, private, direct.
#: From the scopes in Slack's method reference.
METHODS: dict[str, set[str]] = {
    "apps.connections.open": set(),  # an app-level token's: connections:write
    "auth.test": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history", "im:history"},
    "conversations.info": {"channels:read", "groups:read"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.open": {"im:write"},
    "conversations.replies": {"channels:history", "groups:history", "im:history"},
    "files.completeUploadExternal": {"files:write"},
    "files.getUploadURLExternal": {"files:write"},
    "usergroups.list": {"usergroups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "users.info": {"users:read", "users:read.email"},  # the address comes only with the second
    "users.list": {"users:read"},
    "users.lookupByEmail": {"users:read.email"},
    "views.open": set(),
    "views.publish": set(),
    "views.push": set(),
    "views.update": set(),
}
#: Bot scopes an event needs, from Slack's reference of events.
EVENTS: dict[str, set[str]] = {
    "app_home_opened": set(),
    "app_uninstalled": set(),
    "member_joined_channel": {"channels:read", "groups:read"},
    "message": {"channels:history", "groups:history"},
    "subteam_created": {"usergroups:read"},
    "subteam_members_changed": {"usergroups:read"},
    "subteam_updated": {"usergroups:read"},
    "team_join": {"users:read"},
    "tokens_revoked": set(),
    "user_change": {"users:read"},
}
#: Where Slack has one event, and the manifest names the kinds of conversations. What is written
#: directly to the bot is not among them: only threads of cards are heard.
SUBSCRIBED = {"message": {"message.channels", "message.groups"}}
_HTTP, _SOCKET = "manifest.yml", "manifest.socket.yml"
_HOST = f"https://YOUR-HOST{PATH}"

both = pytest.mark.parametrize("file", [_HTTP, _SOCKET])


def manifest(file: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ROOT / file).read_text())
    return read


def sources() -> list[str]:
    return [
        file.read_text() for room in ("bot", "handlers") for file in (ROOT / room).rglob("*.py")
    ]


def methods_called() -> set[str]:
    """Slack's library has a method for each of Slack's: `chat_postMessage`."""
    families = "api|apps|auth|bots|chat|conversations|dnd|files|pins|reactions|team|usergroups"
    calls = rf"client\s*\.((?:{families}|users|views)_\w+)\("
    return {name.replace("_", ".") for text in sources() for name in re.findall(calls, text)}


async def events_heard() -> set[str]:
    """Those with a listener of their own, as Bolt finds it; others are taken and forgotten."""
    desk: Any = None
    bolt = make_bolt(desk, AsyncWebClient("xoxb-manifest"))
    answer = BoltResponse(status=200)
    heard = set()
    for event in EVENTS:
        asked = AsyncBoltRequest(
            mode="socket_mode", body={"type": "event_callback", "event": {"type": event}}
        )
        for listener in bolt._async_listeners:
            if await listener.async_matches(req=asked, resp=answer):
                if listener.ack_function is not _take:
                    heard.add(event)
                break
    return heard


def asked_for(file: str) -> tuple[set[str], set[str]]:
    """Scopes and events."""
    asked = manifest(file)
    events = asked["settings"].get("event_subscriptions", {}).get("bot_events", [])
    return set(asked["oauth_config"]["scopes"]["bot"]), set(events)


def test_every_method_is_known_here() -> None:
    """A new method has its scopes in the table above, from Slack's reference."""
    assert methods_called() <= METHODS.keys(), "add the method and its scopes to METHODS"


@both
async def test_the_scopes_are_those_of_the_code(file: str) -> None:
    """None is missing, and none is asked for that nothing needs."""
    needed = {"commands"}.union(  # no method needs it, but a slash command does
        *(METHODS[method] for method in methods_called()),
        *(EVENTS[event] for event in await events_heard()),
    )

    asked, _ = asked_for(file)

    assert asked == needed, f"bring the scopes of {file} in line with what the code calls"


@both
async def test_the_events_are_those_of_the_code(file: str) -> None:
    """Slack sends what has a listener, and nothing else."""
    _, asked = asked_for(file)

    heard = await events_heard()
    heard = {one for event in heard for one in SUBSCRIBED.get(event, {event})}
    assert asked == heard, f"bring bot_events of {file} in line with the listeners"


@both
def test_the_doctor_and_the_page_ask_for_the_same(file: str) -> None:
    """One list of scopes, each with what it is for."""
    asked, _ = asked_for(file)
    page = text_of(Path("docs/howto/real-workspace.md")).partition("## The scopes")[2]

    shown = dict(re.findall(r"^\| `([a-z:.]+)` \| ([^|]+) \|$", page, re.MULTILINE))

    assert asked == NEEDED.keys()
    assert shown == NEEDED


def test_the_page_gives_each_method_its_scopes() -> None:
    """What `docs/said.py` says of a method is what Slack's reference says."""
    for method, (scopes, _) in said.METHODS.items():
        assert set(re.findall(r"`([a-z:.]+)`", scopes)) == METHODS[method], method


def test_the_socket_differs_only_in_who_calls_whom() -> None:
    """Without addresses, and with Socket Mode; all else is the same."""
    plain = deepcopy(manifest(_HTTP))
    for command in plain["features"]["slash_commands"]:
        assert command.pop("url") == _HOST
    for part in ("interactivity", "event_subscriptions"):
        if part in plain["settings"]:
            assert plain["settings"][part].pop("request_url") == _HOST
    plain["settings"]["socket_mode_enabled"] = True

    assert manifest(_SOCKET) == plain
    assert "YOUR-HOST" not in (ROOT / _SOCKET).read_text()


@both
async def test_the_app_offers_what_the_code_has(file: str) -> None:
    """One command; a Home tab, and messages to the bot, once somebody listens there."""
    _, asked = asked_for(file)
    features = manifest(file)["features"]
    (command,) = features["slash_commands"]

    assert (command["command"], command["should_escape"]) == ("/pullcord", True)
    assert command["usage_hint"] == usage_hint()
    home = features["app_home"]
    assert home["home_tab_enabled"] == ("views.publish" in methods_called())
    assert home["messages_tab_read_only_enabled"] == ("message.im" not in asked)
    assert "shortcuts" not in features


def test_one_list_of_commands() -> None:
    """What the code answers, the help, the manifests and the page for people on call agree."""
    page = text_of(Path("docs/howto/slack-commands.md"))

    listed = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \|$", page, re.MULTILINE)

    said = [(one.usage.replace("|", "\\|"), one.does, one.admins) for one in COMMANDS]
    assert [(usage, does, who == "admins") for usage, does, who in listed] == said
    assert VERBS.keys() | {"help"} == {one.name for one in COMMANDS}
    assert all(f"`{one.usage}` {one.does}" in HELP for one in COMMANDS)


@both
def test_a_token_never_ends_by_itself(file: str) -> None:
    """Nothing in the code refreshes a token, or serves a second workspace."""
    settings = manifest(file)["settings"]

    assert settings["token_rotation_enabled"] is False
    assert settings["org_deploy_enabled"] is False
    assert settings["interactivity"]["is_enabled"] is True


@both
def test_it_keeps_slacks_limits(file: str) -> None:
    """Lengths and keys as in Slack's schema, which refuses a key that it does not know."""
    read = manifest(file)
    about = read["display_information"]
    (command,) = read["features"]["slash_commands"]

    assert read.keys() == {
        "_metadata", "display_information", "features", "oauth_config", "settings"
    }  # fmt: skip
    assert about.keys() == {"name", "description", "long_description", "background_color"}
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert 175 <= len(about["long_description"]) <= 4000
    assert re.fullmatch(r"#[0-9a-f]{6}", about["background_color"])
    assert len(read["features"]["bot_user"]["display_name"]) <= 80
    assert command.keys() - {"url"} == {"command", "description", "usage_hint", "should_escape"}
    assert re.fullmatch(r"/[a-z]{1,31}", command["command"])
    assert len(command["usage_hint"]) <= 1000
    scopes = read["oauth_config"]["scopes"]["bot"]
    assert scopes == sorted(set(scopes))
    assert all(len(scope) <= 50 for scope in scopes)
