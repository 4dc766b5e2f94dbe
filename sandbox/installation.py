"""The app as it is installed here: what it may do, and what it is told."""

from dataclasses import dataclass, field
from typing import Literal

TokenState = Literal["ok", "revoked", "expired"]
# What the app's manifest asks for.
SCOPES = (
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "users:read.email",
    "usergroups:read",
    "dnd:read",
    "files:write",
    "files:read",
    "channels:read",
    "groups:read",
    "im:read",
    "channels:history",
    "groups:history",
    "im:history",
    "channels:join",
)
# The events the sandbox can send, each with the scope without which Slack keeps it back.
EVENTS: dict[str, str | None] = {
    "app_home_opened": None,
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "subteam_created": "usergroups:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "team_join": "users:read",
    "tokens_revoked": None,
    "user_change": "users:read",
}


@dataclass
class Installation:
    """One app in one workspace."""

    token_state: TokenState = "ok"  # noqa: S105 - a word, no token
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))
    events: list[str] = field(default_factory=lambda: list(EVENTS))

    def hears(self, subscription: str) -> bool:
        """Whether an event goes out: it is subscribed to, and its scope is granted."""
        scope = EVENTS.get(subscription)
        return subscription in self.events and (scope is None or scope in self.scopes)
