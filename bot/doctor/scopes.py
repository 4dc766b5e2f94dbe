"""The scopes that the bot's token needs. manifest.yml asks for these; a test holds them equal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.doctor.lines import note, ok, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.doctor.lines import Line

#: What for, in words that follow "for".
NEEDED = {
    "channels:history": "replies in the threads of cards, and looking whether a card that Slack "
    "never confirmed stands in a channel",
    "channels:read": "the ids of channels that are given by name, and `doctor`",
    "chat:write": "cards, their updates, and private words to people who clicked",
    "commands": "`/pullcord`",
    "files:write": "the charts of the weekly report",
    "groups:history": "the same in private channels",
    "groups:read": "the same for private channels",
    "im:history": "the same look into direct messages",
    "im:write": "writing to reviewers directly when no channel takes the card",
    "usergroups:read": "groups of the policy by `usergroup`",
    "users:read": "who the reviewers are: name, guest, deactivated, bot",
    "users:read.email": "groups by `emails`, and people whom agents name by e-mail",
}

#: Where to add a scope; the token stays the same.
HOW_TO_ADD = (
    "under OAuth & Permissions of your Slack app add {} (or put manifest.yml once more into "
    "App Manifest), then Reinstall to Workspace"
)


def look_at_scopes(granted: frozenset[str]) -> Iterator[Line]:
    """A line for each that is missing; those that nobody needs are only noted."""
    missing = sorted(NEEDED.keys() - granted)
    for scope in missing:
        yield wrong(f"scopes: {scope} is missing, for {NEEDED[scope]}", HOW_TO_ADD.format(scope))
    if not missing:
        yield ok(f"scopes: all {len(NEEDED)} that the bot needs")
    more = sorted(granted - NEEDED.keys() - {""})
    if more:
        yield note(f"scopes: the bot has no use for {', '.join(more)}")
