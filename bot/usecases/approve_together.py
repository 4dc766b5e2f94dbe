"""Several that are alike, approved at once: each by a decision of its own, or not at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.errors import InvalidError, PullcordError, StaleActionError
from bot.store import escalations
from bot.usecases.ballot import Ballot
from bot.usecases.decide import decide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.escalation import Escalation
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk


async def approve_together(
    desk: Desk, shown: Sequence[tuple[str, str]], voter: Voter
) -> list[tuple[str, Escalation | PullcordError]]:
    """What became of each, by its id, in their order. `shown` has the digest of each action.

    What is risky, cannot be undone, or was changed since has to be looked at by itself.
    """
    return await asyncio.gather(*(_approve(desk, *one, voter) for one in shown))


async def _approve(
    desk: Desk, escalation_id: str, digest: str, voter: Voter
) -> tuple[str, Escalation | PullcordError]:
    try:
        seen = await desk.ledger.read(escalations.find, escalation_id)
        seen.refuse_if_settled()
        if seen.shown_digest != digest:
            raise StaleActionError("The action has changed since it was shown. Look at it again.")
        if seen.shown.dangerous:
            raise InvalidError("This one is approved on its own card only.", [])
        ballot = Ballot(type="approve", shown_digest=digest)
        return escalation_id, await decide(desk, escalation_id, ballot, voter)
    except PullcordError as refusal:
        return escalation_id, refusal
