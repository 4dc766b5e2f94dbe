"""What a workspace remembers: people, channels, messages and open views."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]

TEAM_ID = "T01SANDBOX"
TEAM_DOMAIN = "sandbox"
APP_ID = "A00PULLCORD"
BOT_ID = "B00PULLCORD"
BOT_USER_ID = "U00PULLCORD"
SLACKBOT_ID = "USLACKBOT"


@dataclass(kw_only=True)
class Person:
    """Somebody (or some bot) who has an account here."""

    id: str
    username: str
    real_name: str
    display_name: str
    tz: str = "Europe/London"
    email: str = ""
    team_id: str = TEAM_ID
    is_bot: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    deleted: bool = False
    updated: int = 1_700_000_000
    presence: str = "active"
    dnd_enabled: bool = False
    next_dnd_start_ts: int = 1
    next_dnd_end_ts: int = 1
    snooze_endtime: int = 0

    def quiet(self, now: float) -> bool:
        """Whether they asked not to be disturbed at this moment."""
        planned = self.dnd_enabled and self.next_dnd_start_ts <= now < self.next_dnd_end_ts
        return planned or now < self.snooze_endtime

    def as_slack(self, now: float, *, email: bool = True) -> Json:
        """Slack's user object; the zone's offset is the one in force at `now`."""
        there = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(self.tz))
        offset = there.utcoffset()
        profile: Json = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "team": self.team_id,
        }
        if email:
            profile["email"] = self.email
        if self.is_bot:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.username,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": self.tz,
            "tz_label": there.tzname() or self.tz,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "profile": profile,
            "is_admin": self.is_admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": self.is_ultra_restricted,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }


@dataclass(kw_only=True)
class Usergroup:
    """People who can be mentioned, and put in charge, together."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    description: str = ""
    created: int = 1_700_000_000
    updated: int = 1_700_000_000
    # When it was disabled: Slack deletes no group for good.
    disabled: int = 0

    def as_slack(self, *, users: bool = True, count: bool = True) -> Json:
        """Slack's subteam object; its members and their number come on request."""
        answer: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "date_create": self.created,
            "date_update": self.updated,
            "date_delete": self.disabled,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": "U01ALICE",
            "updated_by": "U01ALICE",
            "deleted_by": "U01ALICE" if self.disabled else None,
            "prefs": {"channels": [], "groups": []},
        }
        if users:
            answer["users"] = list(self.users)
        if count:
            answer["user_count"] = len(self.users)
        return answer


@dataclass(kw_only=True)
class Message:
    """One message; `only_for` makes it an ephemeral one."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[Json] = field(default_factory=list)
    metadata: Json | None = None
    attachments: list[Json] = field(default_factory=list)
    files: list[Json] = field(default_factory=list)
    thread_ts: str | None = None
    only_for: str | None = None
    edited: Json | None = None
    # What the message looked like before: a person may click what their screen still shows.
    earlier: list[list[Json]] = field(default_factory=list)

    @property
    def by_bot(self) -> bool:
        """Whether our app wrote it."""
        return self.user == BOT_USER_ID

    def as_slack(self, *, metadata: bool = True) -> Json:
        """Slack's message object."""
        answer: Json = {
            "type": "message",
            "user": self.user,
            "ts": self.ts,
            "text": self.text,
            "team": TEAM_ID,
        }
        if self.by_bot:
            answer |= {
                "bot_id": BOT_ID,
                "app_id": APP_ID,
                "bot_profile": {
                    "id": BOT_ID,
                    "app_id": APP_ID,
                    "name": "Pullcord",
                    "deleted": False,
                    "team_id": TEAM_ID,
                },
            }
        if self.blocks:
            answer["blocks"] = deepcopy(self.blocks)
        if self.attachments:
            answer["attachments"] = deepcopy(self.attachments)
        if self.files:
            answer["files"] = deepcopy(self.files)
        if self.thread_ts:
            answer["thread_ts"] = self.thread_ts
        if self.edited:
            answer["edited"] = self.edited
        if metadata and self.metadata:
            answer["metadata"] = deepcopy(self.metadata)
        return answer


@dataclass(kw_only=True)
class Channel:
    """A channel, or a direct message when `partner` is set."""

    id: str
    name: str = ""
    members: list[str] = field(default_factory=list)
    partner: str | None = None
    is_archived: bool = False
    is_private: bool = False
    created: int = 1_700_000_000
    messages: dict[str, Message] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What Slack's `types` call it."""
        if self.partner is not None:
            return "im"
        return "private_channel" if self.is_private else "public_channel"

    def as_slack(self) -> Json:
        """Slack's conversation object."""
        answer: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.is_archived,
            "is_im": self.partner is not None,
            "is_org_shared": False,
            "context_team_id": TEAM_ID,
        }
        if self.partner is not None:
            return answer | {"user": self.partner, "is_user_deleted": False, "priority": 0}
        return answer | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": not self.is_private,
            "is_group": self.is_private,
            "is_mpim": False,
            "is_private": self.is_private,
            "is_general": False,
            "is_shared": False,
            "is_ext_shared": False,
            "is_member": BOT_USER_ID in self.members,
            "creator": BOT_USER_ID,
            "num_members": len(self.members),
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


@dataclass(kw_only=True)
class OpenView:
    """A modal on somebody's screen."""

    id: str
    user: str
    view: Json
    hash: str
    root: str
    previous: str | None = None
    # What the person has typed so far, by block_id; survives an update of the same input.
    typed: Json = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None

    def as_slack(self, values: Json | None = None) -> Json:
        """Slack's view object, with `values` as its state."""
        view = self.view
        return {
            "id": self.id,
            "team_id": TEAM_ID,
            "app_id": APP_ID,
            "app_installed_team_id": TEAM_ID,
            "bot_id": BOT_ID,
            "type": view["type"],
            "title": view.get("title"),
            "close": view.get("close"),
            "submit": view.get("submit"),
            "blocks": deepcopy(view["blocks"]),
            "private_metadata": view.get("private_metadata", ""),
            "callback_id": view.get("callback_id", ""),
            "external_id": view.get("external_id", ""),
            "state": {"values": values or {}},
            "hash": self.hash,
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "root_view_id": self.root,
            "previous_view_id": self.previous,
        }
