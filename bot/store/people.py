"""People as Slack described them last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.people import Person
from bot.store.tables import person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.store.tx import Tx


def remember(tx: Tx, someone: Person) -> None:
    tx.upsert(
        person,
        {
            "id": someone.id,
            "display_name": someone.display_name,
            "team_id": someone.team_id,
            "email": someone.email,
            "tz": someone.tz,
            "deleted": someone.deleted,
            "bot": someone.bot,
            "guest": someone.guest,
            "fetched_at": tx.now(),
        },
    )


def find(tx: Tx, ids: Iterable[str]) -> dict[str, Person]:
    """Those of the ids that we know."""
    rows = tx.execute(select(person).where(person.c.id.in_(list(ids))))
    return {
        row.id: Person(
            id=row.id,
            display_name=row.display_name,
            team_id=row.team_id,
            email=row.email,
            tz=row.tz,
            deleted=row.deleted,
            bot=row.bot,
            guest=row.guest,
        )
        for row in rows
    }
