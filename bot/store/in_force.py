"""What must be the same at every replica, by what each of them says that it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.store.tables import in_force

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.store.tx import Tx


def say(tx: Tx, name: str, value: str, *, forget: timedelta) -> None:
    """This replica has it so now. What nobody has said for `forget` is forgotten."""
    now = tx.now()
    tx.execute(delete(in_force).where(in_force.c.name == name, in_force.c.seen_at < now - forget))
    row = {"name": name, "value": value, "since": now, "seen_at": now}
    if not tx.add_once(in_force, row):
        tx.execute(
            update(in_force)
            .where(in_force.c.name == name, in_force.c.value == value)
            .values(seen_at=now)
        )


def said(tx: Tx, name: str) -> dict[str, datetime]:
    """Value → since when there has been a replica with it."""
    rows = tx.execute(
        select(in_force.c.value, in_force.c.since)
        .where(in_force.c.name == name)
        .order_by(in_force.c.since)
    )
    return {row.value: row.since for row in rows}
