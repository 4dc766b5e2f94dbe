"""What happened, in the past tense, written in the transaction that made it happen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import select

from bot.domain.journal import Event
from bot.domain.people import Actor
from bot.store.tables import journal

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Row

    from bot.store.tx import Tx

_ACTOR = TypeAdapter(Actor)
_MOST = 100


def note(tx: Tx, escalation_id: str | None, event: Event, actor: Actor | None, **data: Any) -> None:
    """Write one entry. `data` is JSON-ready and holds no question texts and no secrets."""
    tx.add(
        journal,
        {
            "id": tx.new_id("ent"),
            "at": tx.now(),
            "escalation_id": escalation_id,
            "event": event,
            "actor": None if actor is None else _ACTOR.dump_python(actor, mode="json"),
            "data": data,
        },
    )


def of(tx: Tx, escalation_id: str) -> list[tuple[Event, dict[str, Any]]]:
    """The story of one escalation, oldest first."""
    rows = tx.execute(
        select(journal.c.event, journal.c.data)
        .where(journal.c.escalation_id == escalation_id)
        .order_by(journal.c.id)
    )
    return [(row.event, row.data) for row in rows]


def of_house(tx: Tx, events: Collection[Event], since: datetime, until: datetime) -> list[Entry]:
    """What concerns no question, oldest first; the first hundred."""
    rows = tx.execute(
        select(journal)
        .where(
            journal.c.escalation_id.is_(None),
            journal.c.event.in_(events),
            journal.c.at > since,
            journal.c.at <= until,
        )
        .order_by(journal.c.id)
        .limit(_MOST)
    )
    return [_entry(row) for row in rows]


def removed_by_retention(tx: Tx) -> int:
    """How many entries the journal itself says were removed."""
    rows = tx.execute(select(journal.c.data).where(journal.c.event == "retention.removed"))
    return sum(row.data["entries"] for row in rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    at: datetime
    event: Event
    actor: Actor | None
    data: dict[str, Any]


def story(tx: Tx, escalation_id: str) -> list[Entry]:
    """The same with who did it and when."""
    rows = tx.execute(
        select(journal).where(journal.c.escalation_id == escalation_id).order_by(journal.c.id)
    )
    return [_entry(row) for row in rows]


def _entry(row: Row[Any]) -> Entry:
    return Entry(
        at=row.at,
        event=row.event,
        actor=None if row.actor is None else _ACTOR.validate_python(row.actor),
        data=row.data,
    )
