"""What one replica does for all of them: whoever holds the duty, until its lease runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, update

from bot.store.tables import duty

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.store.tx import Tx


def take(tx: Tx, name: str, owner: str, lease: timedelta) -> bool:
    """Take the duty, or keep it; False while somebody else has it."""
    until = tx.now() + lease
    taken = tx.execute(
        update(duty)
        .where(duty.c.name == name, or_(duty.c.owner == owner, duty.c.lease_until <= tx.now()))
        .values(owner=owner, lease_until=until)
    )
    return taken.rowcount == 1 or tx.add_once(
        duty, {"name": name, "owner": owner, "lease_until": until}
    )


def leave(tx: Tx, name: str, owner: str) -> None:
    """Let another one begin at once."""
    tx.execute(
        update(duty).where(duty.c.name == name, duty.c.owner == owner).values(lease_until=tx.now())
    )
