"""Ask Slack who the people of the policy are, and remember it: no click waits for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import people

if TYPE_CHECKING:
    from bot.senders.slack import SlackSender
    from bot.usecases.desk import Desk


async def learn_people(desk: Desk, sender: SlackSender) -> int:
    """How many of them Slack knew. Those it does not answer for stay as they were."""
    learned = 0
    for user_id in sorted(desk.book.people()):
        someone = await sender.person(user_id)
        if someone is not None:
            await desk.ledger.run_behind(people.remember, someone)
            learned += 1
    return learned
