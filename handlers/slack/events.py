"""What Slack tells of people and usergroups, and of replies in the threads of cards.

Slack's signature vouches for it, but an event may come late or again: it only makes us look, and
what takes rights away acts at once. So no event has to be remembered. When the database cannot
answer nothing is caught here: Slack gets an error, and tells us again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_bolt.response import BoltResponse

from bot.usecases.hear_of_people import hear_of_person, hear_of_usergroup
from bot.usecases.hear_reply import hear_reply
from handlers.slack.replies import read_reply
from handlers.slack.who import OddPayloadError, read_change, read_usergroup

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.usecases.desk import Desk

#: A new account is harmless, and may have an address that the policy knows already.
OF_PEOPLE = ("user_change", "team_join")
OF_USERGROUPS = ("subteam_members_changed", "subteam_updated", "subteam_created")


def person_changed(desk: Desk) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, event: Any) -> None:
        try:
            change = read_change(event)
        except OddPayloadError:
            await ack()
            return
        await hear_of_person(desk, change)
        await ack()

    return listener


def usergroup_changed(desk: Desk) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, event: Any) -> None:
        try:
            usergroup, left = read_usergroup(event)
        except OddPayloadError:
            await ack()
            return
        await hear_of_usergroup(desk, usergroup, left)
        await ack()

    return listener


def somebody_wrote(desk: Desk) -> Callable[..., Awaitable[None]]:
    """A reply in a thread may be a question to an agent; all else is no business of ours."""

    async def listener(ack: Any, event: Any) -> None:
        me = desk.workspace.bot_user_id if desk.workspace else None
        reply = read_reply(event, me)
        if reply is None or await hear_reply(desk, reply):
            await ack()
        else:
            # No failure of ours, and Slack sends it again.
            ack.response = BoltResponse(status=503)

    return listener
