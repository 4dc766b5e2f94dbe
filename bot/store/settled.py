"""How each question ended by its tables, beside how it ended by the journal."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import select

from bot.domain.journal import Ending
from bot.store.tables import decision, escalation, journal

if TYPE_CHECKING:
    from bot.store.tx import Tx

ENDINGS: tuple[Ending, ...] = get_args(Ending)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the journal says of an end; `data` holds the decision's type and digest."""

    event: Ending
    data: dict[str, Any]
    by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One escalation; `decision` as it lies in its table, None where there is none."""

    escalation_id: str
    status: str
    decision_type: str | None
    decision: dict[str, Any] | None
    entries: tuple[Entry, ...]


def page(tx: Tx, after: str, limit: int) -> list[Settled]:
    """Escalations beyond an id, in the order of their ids."""
    ids = select(escalation.c.id).where(escalation.c.id > after).order_by(escalation.c.id)
    rows = tx.execute(
        select(
            escalation.c.id,
            escalation.c.status,
            decision.c.type,
            decision.c.body,
            journal.c.event,
            journal.c.data,
            journal.c.actor,
        )
        .outerjoin(decision, decision.c.escalation_id == escalation.c.id)
        .outerjoin(
            journal,
            (journal.c.escalation_id == escalation.c.id) & journal.c.event.in_(ENDINGS),
        )
        .where(escalation.c.id.in_(ids.limit(limit)))
        .order_by(escalation.c.id, journal.c.id)
    ).all()
    found = []
    for _, together in groupby(rows, key=lambda row: row.id):
        same = list(together)
        entries = tuple(
            Entry(event=row.event, data=row.data, by=(row.actor or {}).get("id"))
            for row in same
            if row.event is not None
        )
        found.append(
            Settled(
                escalation_id=same[0].id,
                status=same[0].status,
                decision_type=same[0].type,
                decision=same[0].body,
                entries=entries,
            )
        )
    return found
