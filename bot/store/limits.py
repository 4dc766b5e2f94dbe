"""How fast an agent asks, and how many of its questions are open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, literal, select

from bot.store.tables import allowance, escalation

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.tx import Tx


def spend(tx: Tx, agent: str, *, count: int, per: timedelta) -> timedelta:
    """Take one of `count` in `per`, all of which may come at once.

    Returns how much of the window is used up then; more than `per` means that there was none.
    (The generic cell rate algorithm: one row an agent, whatever the number of replicas.)
    """
    tx.queue_up("rate", agent)
    now = tx.now()
    kept: datetime | None = tx.execute(
        select(allowance.c.used_until).where(allowance.c.agent == agent)
    ).scalar_one_or_none()
    used_until = max(kept or now, now) + per / count
    if used_until - now <= per:
        tx.upsert(allowance, {"agent": agent, "used_until": used_until})
    return used_until - now


def open_of(tx: Tx, agent: str, at_most: int) -> int:
    """How many questions of the agent are open; counted no further than `at_most`."""
    some = (
        select(literal(1).label("one"))
        .where(
            escalation.c.agent == agent,
            # Written out: only so does SQLite know that its index of open ones will do.
            escalation.c.status == literal("open", literal_execute=True),
        )
        .limit(at_most)
        .subquery()
    )
    count: int = tx.execute(select(func.count()).select_from(some)).scalar_one()
    return count
