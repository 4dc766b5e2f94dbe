"""What people said of themselves, each in one row; `away` has its own verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import select

from bot.domain.person_settings import PersonSettings, QueueFilter, WorkingHours
from bot.store.tables import person_setting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.store.tx import Tx

_HOURS = TypeAdapter(WorkingHours)
_FILTER = TypeAdapter(QueueFilter)


def find(tx: Tx, ids: Iterable[str]) -> dict[str, PersonSettings]:
    """Of those who ever said something."""
    rows = tx.execute(select(person_setting).where(person_setting.c.person_id.in_(sorted(ids))))
    return {
        row.person_id: PersonSettings(
            away_until=row.away_until,
            hours=None if row.working_hours is None else _HOURS.validate_python(row.working_hours),
            filter=_FILTER.validate_python(row.home_filter or {}),
        )
        for row in rows
    }


def of(tx: Tx, person_id: str) -> PersonSettings:
    return find(tx, [person_id]).get(person_id) or PersonSettings()


def put(tx: Tx, person_id: str, away_until: datetime | None, hours: WorkingHours | None) -> None:
    kept: Any = None if hours is None else _HOURS.dump_python(hours, mode="json")
    row = {"person_id": person_id, "away_until": away_until, "working_hours": kept}
    tx.upsert(person_setting, row)


def put_filter(tx: Tx, person_id: str, chosen: QueueFilter) -> None:
    kept = None if chosen == QueueFilter() else _FILTER.dump_python(chosen, mode="json")
    tx.upsert(person_setting, {"person_id": person_id, "home_filter": kept})
