"""What one replica does for all, so that Slack is not asked the same by each of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.store import duties

if TYPE_CHECKING:
    from bot.usecases.desk import Desk

# So long nobody does it when its replica dies. One that is slower than this is joined by another,
# so whatever is a duty must bear being done twice.
_LEASE = timedelta(seconds=15)


async def on_duty(desk: Desk, name: str, owner: str, lease: timedelta = _LEASE) -> bool:
    """Whether it is this replica's to do now; asked again and again while it is done.

    `lease`: longer than the time until it asks again.
    """
    if desk.ledger.hears_others is None:
        return True
    return await desk.ledger.run_behind(duties.take, name, owner, lease)


async def off_duty(desk: Desk, name: str, owner: str) -> None:
    """Another one may begin at once."""
    if desk.ledger.hears_others is not None:
        await desk.ledger.run_behind(duties.leave, name, owner)
