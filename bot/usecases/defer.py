"""What one form does at once: name somebody, and let it rest for a while."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.usecases import assign, snooze
from bot.usecases.arrange import Arranging, arrange

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


async def defer(
    desk: Desk,
    escalation_id: str,
    voter: Voter,
    *,
    when: snooze.When | None,
    person_id: str | None,
) -> Escalation:
    """Both or neither; raises as `assign` and `snooze` do."""

    def change(of: Arranging) -> Escalation:
        after = of.found
        if person_id is not None:
            after = assign.change(of, person_id)
        if when is not None:
            after = snooze.change(replace(of, found=after), when)
        return after

    about = frozenset({person_id} if person_id else ())
    return await arrange(desk, escalation_id, voter, change, about=about)
