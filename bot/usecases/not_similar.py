"""Somebody who is asked says that a case is not like the overrides that a boundary names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import boundaries, journal, learning, messages
from bot.usecases.arrange import arrange
from bot.usecases.boundary_on_card import held_by

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.usecases.arrange import Arranging
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


async def not_similar(desk: Desk, escalation_id: str, voter: Voter) -> Escalation:
    """They are no reason any more, for this case and for any other; said twice it is said once.

    Nothing is unlearned by it, and the question stays open. Raises as `arrange` does.
    """
    return await arrange(desk, escalation_id, voter, _not_similar)


def _not_similar(of: Arranging) -> Escalation:
    tx, found = of.tx, of.found
    category = found.request.category
    seen = held_by(tx, found)
    if seen is None or category is None:
        return found
    # One at a time, so that what two of them say is written down once.
    learning.lock(tx, category)
    named = seen.held.similar
    unlike = sorted(set(named) - boundaries.not_similar(tx, category, named))
    if unlike:
        for one in unlike:
            boundaries.append(tx, category, one, "not_similar")
        journal.note(tx, found.id, "boundary.not_similar", of.actor, overrides=unlike)
        messages.touch(tx, found.id)
    return found
