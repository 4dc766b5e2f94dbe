"""Owe somebody a word: a person privately, or the operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store import outbox

if TYPE_CHECKING:
    from bot.domain.outgoing import Owed
    from bot.usecases.desk import Desk


async def tell(desk: Desk, owed: Owed) -> None:
    """Remembered until it is said."""
    await desk.ledger.run(outbox.owe, owed)
