"""What a digest shows now, for its message and for the person who turns its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.digest_rows import Digest
from bot.policy.slots import next_slot
from bot.store import digests, escalations
from bot.usecases.look import around, counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.cards.question_row import Row
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk


async def look_at_digest(desk: Desk, message_id: str) -> Digest | None:
    """None where there is no such digest any more."""
    return await desk.ledger.read(_look, desk.book, desk.team_id, message_id)


def _look(tx: Tx, book: Book, team_id: str | None, message_id: str) -> Digest | None:
    found = digests.shown_by(tx, message_id)
    if found is None or not found[2]:
        return None
    name, slot, ids = found
    rows = []
    for one in escalations.find_all(tx, ids):
        escalation = counted(tx, book, team_id, one)
        rows.append((escalation, around(tx, book, escalation)))
    return digest_of(tx, book, message_id, (name, slot), rows)


def digest_of(
    tx: Tx, book: Book, message_id: str, run: tuple[str, datetime], rows: Sequence[Row]
) -> Digest:
    """The rows with what is said around them."""
    name, slot = run
    made = digests.find_run(tx, name, slot)
    digest = book.digests.get(name)
    return Digest(
        message_id=message_id,
        run=made,
        timezone=book.timezone if digest is None else digest.timezone,
        next=None if digest is None else next_slot(digest, made.made_at),
        rows=rows,
    )
