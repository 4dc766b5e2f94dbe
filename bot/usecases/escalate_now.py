"""It cannot wait: the next people are asked at once, or those who are asked hear it is urgent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards import thread_words, wording_hands
from bot.domain.directory import Directory
from bot.domain.errors import InvalidError
from bot.domain.request import URGENCIES
from bot.store import messages, timers
from bot.usecases.arrange import Arranging, arrange
from bot.usecases.settling import keep
from bot.usecases.speak import speak
from bot.usecases.waiting_steps import raise_to

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk

_MOST_MENTIONED = 10


async def escalate_now(desk: Desk, escalation_id: str, voter: Voter) -> Escalation:
    """Brings the next tier forward; where there is none, it is urgent from now on, and the people
    who are asked are called into the card's thread.

    Raises InvalidError where neither is left to do, and as `arrange` does.
    """
    return await arrange(desk, escalation_id, voter, _hurry)


def _hurry(of: Arranging) -> Escalation:
    before = of.found
    timers.drop(of.tx, before.id, "wake")
    further = of.book.route(before.need.route).tiers[before.tier :]
    if further:
        after = before.hurry(before.urgency)
        awake = keep(of.tx, before, after, "escalation.hurried", of.actor, by="tier")
        return raise_to(of.tx, awake, further[:1])
    if URGENCIES.index(before.urgency) >= URGENCIES.index("high"):
        raise InvalidError(wording_hands.URGENT_ALREADY)
    after = before.hurry("high")
    messages.hurry(of.tx, before.id, URGENCIES.index("high"))
    speak(of.tx, after, thread_words.cannot_wait(of.name, _called(of)), by=of.actor.id)
    return keep(of.tx, before, after, "escalation.hurried", of.actor, by="urgency")


def _called(of: Arranging) -> list[str]:
    """Who is asked, apart from the one who calls; the first few, and nobody who is gone."""
    directory: Directory = of.directory
    groups = of.book.groups_asked(of.found, of.found.shown_need.route)
    asked = of.book.members(groups, directory) - {of.actor.id}
    return sorted(one for one in asked if directory.bar(one) in {None, "stale"})[:_MOST_MENTIONED]
