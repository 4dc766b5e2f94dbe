"""The events Slack tells an app of, each in Slack's shape."""

from sandbox.clocks import new_id
from sandbox.records import (
    BOT_USER_ID,
    TEAM_ID,
    Channel,
    Json,
    Message,
    OpenView,
    Person,
    Usergroup,
)
from sandbox.workspace import Workspace


def subscription(event: Json) -> str:
    """Return the name under which an app subscribes to it."""
    kind = str(event["type"])
    if kind != "message":
        return kind
    return {"channel": "message.channels", "group": "message.groups"}.get(
        event["channel_type"], "message.im"
    )


def message(channel: Channel, said: Message) -> Json:
    """Somebody wrote something."""
    event: Json = {
        "type": "message",
        "user": said.user,
        "text": said.text,
        "ts": said.ts,
        "channel": channel.id,
        "channel_type": "im" if channel.partner else "group" if channel.is_private else "channel",
        "event_ts": said.ts,
        "team": TEAM_ID,
        "client_msg_id": new_id("", 24).lower(),
    }
    return event | ({"thread_ts": said.thread_ts} if said.thread_ts else {})


def app_home_opened(workspace: Workspace, person: Person, tab: str) -> Json:
    """Somebody looks at the app; the first time, there is no view yet."""
    home: OpenView | None = workspace.homes.get(person.id)
    return {
        "type": "app_home_opened",
        "user": person.id,
        "channel": workspace.direct(person.id).id,
        "tab": tab,
        "event_ts": workspace.stamps.next(),
    } | ({"view": home.as_slack()} if home else {})


def person_changed(workspace: Workspace, person: Person, *, new: bool) -> Json:
    """Somebody's account was changed, or is new."""
    return {
        "type": "team_join" if new else "user_change",
        "user": workspace.shown(person),
        "cache_ts": int(workspace.now()),
        "event_ts": workspace.stamps.next(),
    }


def tokens_revoked(workspace: Workspace) -> Json:
    """Somebody took the app's token away."""
    return {
        "type": "tokens_revoked",
        "tokens": {"oauth": [], "bot": [BOT_USER_ID]},
        "event_ts": workspace.stamps.next(),
    }


def usergroup_changed(workspace: Workspace, group: Usergroup, *, new: bool) -> Json:
    """A user group was changed, or is new."""
    return {
        "type": "subteam_created" if new else "subteam_updated",
        "subteam": group.as_slack(),
        "event_ts": workspace.stamps.next(),
    }


def members_changed(
    workspace: Workspace, group: Usergroup, before: list[str], previous_update: int
) -> Json:
    """Somebody joined a user group, or left it."""
    added = [user for user in group.users if user not in before]
    removed = [user for user in before if user not in group.users]
    return {
        "type": "subteam_members_changed",
        "subteam_id": group.id,
        "team_id": TEAM_ID,
        "date_previous_update": previous_update,
        "date_update": group.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
        "event_ts": workspace.stamps.next(),
    }
