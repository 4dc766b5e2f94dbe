"""Reviews of what went out without a person, and the cards that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import or_, select, update

from bot.domain.errors import NotFoundError
from bot.domain.people import Actor
from bot.domain.review import Review, Verdict
from bot.store.messages import TOPIC, stand
from bot.store.tables import message, review

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from bot.domain.outgoing import MessageKind
    from bot.store.tx import Tx

_VERDICT = TypeAdapter(Verdict)
_ACTORS = TypeAdapter(tuple[Actor, ...])


def ask(tx: Tx, asked: Review, *, channel: str | None) -> None:
    """A card of the review shall stand in the channel; None: it waits for its session."""
    tx.add(
        review,
        {
            "id": asked.id,
            "escalation_id": asked.escalation_id,
            "output_id": asked.output_id,
            "purpose": asked.purpose,
            "second_of": asked.second_of,
            "category": asked.category,
            "route": asked.route,
            "created_at": asked.created_at,
            "expires_at": asked.expires_at,
            "digest": asked.digest,
            "due_at": asked.due_at,
            "skipped": [],
        },
    )
    if channel is not None:
        owe(tx, channel, review_id=asked.id)


def owe(
    tx: Tx, channel: str, *, review_id: str | None = None, session_id: str | None = None
) -> None:
    """Everything else in the channel goes first."""
    kind: MessageKind = "review" if session_id is None else "session"
    stand(tx, kind, channel, review_id=review_id, session_id=session_id)


def find(tx: Tx, review_id: str) -> Review:
    """Raises NotFoundError."""
    return from_row(tx.execute(select(review).where(review.c.id == review_id)).one_or_none())


def lock(tx: Tx, review_id: str) -> Review:
    """The same, and nobody else changes it before this transaction ends."""
    found = select(review).where(review.c.id == review_id).with_for_update()
    return from_row(tx.execute(found).one_or_none())


def save(tx: Tx, before: Review, after: Review) -> None:
    """Its cards are behind then. What is as it was is left alone."""
    if after is before:
        return
    verdict = after.verdict
    ended = after.expired_at if verdict is None else verdict.at
    tx.execute(
        update(review)
        .where(review.c.id == after.id)
        .values(
            skipped=_ACTORS.dump_python(after.skipped, mode="json"),
            verdict=None if verdict is None else _VERDICT.dump_python(verdict, mode="json"),
            ended_at=ended,
        )
    )
    now = tx.now()
    tx.execute(
        update(message)
        .where(
            message.c.review_id == after.id
            if after.session_id is None
            else message.c.session_id == after.session_id
        )
        .values(wanted_rev=message.c.wanted_rev + 1, due_at=now, behind_since=now)
    )
    tx.tell(TOPIC)


def overdue(tx: Tx, limit: int) -> list[Review]:
    """Reviews that nobody answered in time and that are not ended yet, locked."""
    rows = tx.execute(
        select(review)
        .where(review.c.ended_at.is_(None), review.c.expires_at <= tx.now())
        .order_by(review.c.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [from_row(row) for row in rows]


def verdicts(tx: Tx, ids: Sequence[str]) -> dict[str, Verdict]:
    """What was found of these cases, where somebody has looked at them."""
    rows = tx.execute(
        select(review.c.escalation_id, review.c.verdict).where(
            review.c.escalation_id.in_(ids),
            review.c.purpose == "audit",
            review.c.verdict.is_not(None),
        )
    )
    return {
        row.escalation_id: _VERDICT.validate_python(row.verdict)
        for row in rows
        if row.verdict is not None
    }


def judged_after(tx: Tx, since: datetime, review_id: str, limit: int) -> list[Review]:
    """By the moment of their verdict, oldest first, after that one of that moment."""
    # So that the index is read from there on, and not from its beginning.
    later = or_(review.c.ended_at > since, review.c.id > review_id)
    rows = tx.execute(
        select(review)
        .where(review.c.ended_at >= since, later, review.c.verdict.is_not(None))
        .order_by(review.c.ended_at, review.c.id)
        .limit(limit)
    )
    return [from_row(row) for row in rows]


def from_row(row: Row[Any] | None) -> Review:
    """Raises NotFoundError where there is no row."""
    if row is None:
        raise NotFoundError("There is no such review.")
    verdict = None if row.verdict is None else _VERDICT.validate_python(row.verdict)
    return Review(
        id=row.id,
        escalation_id=row.escalation_id,
        output_id=row.output_id,
        purpose=row.purpose,
        second_of=row.second_of,
        category=row.category,
        route=row.route,
        created_at=row.created_at,
        expires_at=row.expires_at,
        digest=row.digest,
        due_at=row.due_at,
        session_id=row.session_id,
        verdict=verdict,
        skipped=_ACTORS.validate_python(row.skipped),
        expired_at=row.ended_at if verdict is None else None,
    )
