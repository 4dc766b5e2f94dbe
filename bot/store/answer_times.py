"""How long people's answers took: a row for the first word of each on a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.store.tables import answer_time, escalation

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.store.tx import Tx

# More than anybody answers in a month with care; the newest say most.
_MOST = 5000


def add(tx: Tx, escalation_id: str, person_id: str, waited: timedelta) -> None:
    tx.add(
        answer_time,
        {
            "id": tx.new_id("ans"),
            "escalation_id": escalation_id,
            "person_id": person_id,
            "at": tx.now(),
            "waited_seconds": max(0, int(waited.total_seconds())),
        },
    )


def take_back(tx: Tx, escalation_id: str, person_id: str) -> None:
    """Their word was undone: the next one is the first."""
    tx.execute(
        delete(answer_time).where(
            answer_time.c.escalation_id == escalation_id, answer_time.c.person_id == person_id
        )
    )


def between(tx: Tx, since: datetime, until: datetime, category: str | None) -> list[int]:
    """Seconds, of everybody; of one category, or of all. The newest, where there are many."""
    asked = select(answer_time.c.waited_seconds).where(
        answer_time.c.at > since, answer_time.c.at <= until
    )
    if category is not None:
        asked = asked.join(escalation, escalation.c.id == answer_time.c.escalation_id)
        asked = asked.where(escalation.c.category == category)
    return list(tx.execute(asked.order_by(answer_time.c.at.desc()).limit(_MOST)).scalars())


def of(tx: Tx, person_id: str, since: datetime) -> list[int]:
    """Seconds, the newest first."""
    rows = tx.execute(
        select(answer_time.c.waited_seconds)
        .where(answer_time.c.person_id == person_id, answer_time.c.at > since)
        .order_by(answer_time.c.at.desc())
        .limit(_MOST)
    )
    return list(rows.scalars())
