"""Everything the page shows to one person, as one JSON object."""

from sandbox.records import TEAM_DOMAIN, TEAM_ID, Channel, Json, Message, OpenView, Person
from sandbox.workspace import Workspace

SHOWN = 200
LOG_SHOWN = 60


def picture(workspace: Workspace, person: Person, only: str | None = None) -> Json:
    """Return what `person` sees; with `only`, messages of that channel alone."""
    now = workspace.now()
    return {
        "version": workspace.changes.number,
        "team": {"id": TEAM_ID, "name": "Sandbox", "domain": TEAM_DOMAIN},
        "me": person.id,
        "now": now,
        "users": [_person(one, now) for one in workspace.people.values()],
        "usergroups": [group.as_slack() for group in workspace.usergroups.values()],
        "channels": [
            _channel(channel, person, with_messages=only in (None, channel.id))
            for channel in workspace.channels.values()
            if person.id in channel.members
        ],
        "views": [_view(view) for view in workspace.modals.stack(person.id)],
        "home": _home(workspace, person),
        "log": workspace.log.last(LOG_SHOWN),
    }


def raw(message: Message) -> Json:
    """Return a message with all that the sandbox knows of it."""
    return message.as_slack() | {
        "channel": message.channel,
        "blocks": message.blocks,
        "metadata": message.metadata,
        "edited": message.edited,
        "ephemeral_for": message.only_for,
        "thread_ts": message.thread_ts,
        "by_bot": message.by_bot,
        "revisions": len(message.earlier),
    }


def _person(person: Person, now: float) -> Json:
    return person.as_slack(now) | {
        "display_name": person.display_name,
        "presence": "away" if person.deleted else person.presence,
        "quiet": person.quiet(now),
    }


def _channel(channel: Channel, person: Person, *, with_messages: bool) -> Json:
    seen = [m for m in channel.messages.values() if m.only_for in (None, person.id)]
    answer = channel.as_slack() | {
        "name": channel.name,
        "members": channel.members,
        "latest": seen[-1].ts if seen else None,
        "latest_by_others": next((m.ts for m in reversed(seen) if m.user != person.id), None),
        "count": len(seen),
    }
    if not with_messages:
        return answer
    replies: dict[str, list[Json]] = {}
    for message in seen:
        if message.thread_ts:
            replies.setdefault(message.thread_ts, []).append(raw(message))
    tops = [message for message in seen if not message.thread_ts][-SHOWN:]
    answer["messages"] = [raw(m) | {"replies": replies.get(m.ts, [])} for m in tops]
    return answer


def _home(workspace: Workspace, person: Person) -> Json | None:
    home = workspace.homes.get(person.id)
    return home.as_slack() if home else None


def _view(view: OpenView) -> Json:
    return view.as_slack() | {
        "typed": view.typed,
        "errors": view.errors,
        "trouble": view.trouble,
    }
