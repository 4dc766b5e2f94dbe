"""What became of the latest questions: read from the newest on, and never all of history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.store.tables import decision, escalation

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    category: str | None
    status: str
    created_at: datetime
    settled_at: datetime | None
    #: Of its decision, if it has one.
    type: str | None
    by_rule: bool


def latest(tx: Tx, since: datetime, limit: int) -> list[Recent]:
    """The newest first; ids sort by time."""
    newest = (
        select(
            escalation.c.id,
            escalation.c.category,
            escalation.c.status,
            escalation.c.created_at,
            escalation.c.settled_at,
        )
        .order_by(escalation.c.id.desc())
        .limit(limit)
        .subquery()
    )
    rows = tx.execute(
        select(
            newest,
            decision.c.type,
            # Free text in it has its quotes escaped.
            tx.holds_text(decision.c.body, '"provenance":"rule"').label("by_rule"),
        )
        .outerjoin(decision, decision.c.escalation_id == newest.c.id)
        .where(newest.c.created_at > since)
        .order_by(newest.c.id.desc())
    )
    return [
        Recent(
            category=row.category,
            status=row.status,
            created_at=row.created_at,
            settled_at=row.settled_at,
            type=row.type,
            by_rule=bool(row.by_rule),
        )
        for row in rows
    ]
