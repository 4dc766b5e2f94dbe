"""What is due when: one row for each kind. Whoever settles the escalation takes them away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, select

from bot.store.tables import timer

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.tx import Tx

#: `expire` is the end; the others come before it, and each moves on from one moment to the next.
Kind = Literal["expire", "remind", "tier", "grace", "release", "wake"]


def put(tx: Tx, escalation_id: str, kind: Kind, due_at: datetime) -> None:
    tx.add(timer, {"escalation_id": escalation_id, "kind": kind, "due_at": due_at})


def move(tx: Tx, escalation_id: str, kind: Kind, due_at: datetime) -> None:
    """From now on it is due then, whether it was there before or not."""
    tx.upsert(timer, {"escalation_id": escalation_id, "kind": kind, "due_at": due_at})


def drop(tx: Tx, escalation_id: str, kind: Kind | None = None) -> None:
    """One of them, or all."""
    which = [] if kind is None else [timer.c.kind == kind]
    tx.execute(delete(timer).where(timer.c.escalation_id == escalation_id, *which))


def due(tx: Tx, limit: int) -> list[tuple[str, Kind]]:
    """`(escalation id, kind)` of what is due now, the longest overdue first."""
    rows = tx.execute(
        select(timer.c.escalation_id, timer.c.kind)
        .where(timer.c.due_at <= tx.now())
        .order_by(timer.c.due_at)
        .limit(limit)
    )
    return [(row.escalation_id, row.kind) for row in rows]
