"""Until when people say that they are away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.store.tables import person_setting

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.store.tx import Tx


def put(tx: Tx, person_id: str, until: datetime | None) -> None:
    """None: they are back."""
    tx.upsert(person_setting, {"person_id": person_id, "away_until": until})


def find(tx: Tx, ids: Iterable[str]) -> dict[str, datetime]:
    """Those of the people who are away now, and until when."""
    rows = tx.execute(
        select(person_setting).where(
            person_setting.c.person_id.in_(sorted(ids)), person_setting.c.away_until > tx.now()
        )
    )
    return {row.person_id: row.away_until for row in rows}
