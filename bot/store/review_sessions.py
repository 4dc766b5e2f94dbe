"""Reviews that come together: who waits for which slot, and the message that shows them then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, select, update

from bot.domain.errors import NotFoundError
from bot.domain.review import Review, Session
from bot.store import reviews
from bot.store.tables import review, review_session

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from bot.store.tx import Tx

#: What is waiting for a digest, by category.
Waiting = tuple[str, str]


def due(tx: Tx) -> list[Waiting]:
    """Digests and categories whose outputs wait for a slot that has come."""
    rows = tx.execute(
        select(review.c.digest, review.c.category)
        .where(_waits(), review.c.due_at <= tx.now())
        .distinct()
        .order_by(review.c.digest, review.c.category)
    )
    return [(row.digest, row.category) for row in rows]


def begin(tx: Tx, waiting: Waiting, *, channel: str, most: int) -> int:
    """How many were brought together in a session of their own; 0: somebody else did it."""
    digest, category = waiting
    tx.queue_up("session", digest, category)
    found = (
        select(review.c.id)
        .where(
            _waits(),
            review.c.digest == digest,
            review.c.category == category,
            review.c.due_at <= tx.now(),
        )
        .order_by(review.c.id)
        .limit(most)
    )
    ids = list(tx.execute(found).scalars())
    if not ids:
        return 0
    session_id = tx.new_id("ses")
    tx.add(
        review_session,
        {"id": session_id, "category": category, "digest": digest, "created_at": tx.now()},
    )
    tx.execute(update(review).where(review.c.id.in_(ids)).values(session_id=session_id))
    reviews.owe(tx, channel, session_id=session_id)
    return len(ids)


def find(tx: Tx, session_id: str) -> Session:
    """Raises NotFoundError."""
    row = tx.execute(select(review_session).where(review_session.c.id == session_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such review session.")
    return Session(id=row.id, category=row.category, reviews=tuple(_of(tx, session_id)))


def any_open(tx: Tx, session_id: str) -> bool:
    left = select(func.count()).where(
        review.c.session_id == session_id, review.c.ended_at.is_(None)
    )
    return bool(tx.execute(left).scalar_one())


def _of(tx: Tx, session_id: str) -> list[Review]:
    rows = tx.execute(select(review).where(review.c.session_id == session_id).order_by(review.c.id))
    return [reviews.from_row(row) for row in rows]


def _waits() -> ColumnElement[bool]:
    return and_(
        review.c.digest.is_not(None), review.c.session_id.is_(None), review.c.ended_at.is_(None)
    )
