"""Agents that are paused, and how far the cards of their questions have been told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import and_, bindparam, delete, func, literal, or_, select, update

from bot.domain.pause import Pause
from bot.domain.people import Actor
from bot.store.columns import Instant
from bot.store.tables import escalation, message, paused_agent

if TYPE_CHECKING:
    from sqlalchemy import Row

    from bot.store.tx import Tx

_ACTOR = TypeAdapter(Actor)
_NOW = bindparam("now", type_=Instant)
_EVERY = select(paused_agent).where(
    paused_agent.c.ended_at.is_(None),
    or_(paused_agent.c.until.is_(None), paused_agent.c.until > _NOW),
)
_ONE = _EVERY.where(paused_agent.c.agent == bindparam("wanted"))


@dataclass(frozen=True, slots=True)
class Telling:
    """An agent whose cards do not all say yet whether it is paused, and the last that does."""

    agent: str
    up_to: str
    #: It is no longer paused.
    over: bool


def every(tx: Tx) -> list[Pause]:
    """All that are paused at this moment."""
    return [_pause(row) for row in tx.execute(_EVERY, {"now": tx.now()})]


def of(tx: Tx, agent: str) -> Pause | None:
    """The agent's pause, if it is paused at this moment."""
    row = tx.execute(_ONE, {"now": tx.now(), "wanted": agent}).one_or_none()
    return None if row is None else _pause(row)


def put(tx: Tx, pause: Pause) -> None:
    """From now on it is paused, until then; an earlier pause of it ends with this one."""
    tx.upsert(
        paused_agent,
        {
            "agent": pause.agent,
            "since": pause.since,
            "until": pause.until,
            "by": _ACTOR.dump_python(pause.by, mode="json"),
            "ended_at": None,
            "told_up_to": "",
        },
    )


def end(tx: Tx, agent: str) -> None:
    tx.execute(
        update(paused_agent)
        .where(paused_agent.c.agent == agent)
        .values(ended_at=tx.now(), told_up_to="")
    )


def anything_to_tell(tx: Tx) -> bool:
    """Without a lock: nearly always there is nothing."""
    found = tx.execute(
        select(paused_agent.c.agent)
        .where(
            or_(
                paused_agent.c.told_up_to.is_not(None),
                and_(paused_agent.c.ended_at.is_(None), paused_agent.c.until <= tx.now()),
            )
        )
        .limit(1)
    )
    return found.first() is not None


def run_out(tx: Tx) -> list[str]:
    """Agents whose pauses have reached their ends, and nobody has said so yet."""
    rows = tx.execute(
        select(paused_agent.c.agent)
        .where(paused_agent.c.ended_at.is_(None), paused_agent.c.until <= tx.now())
        .with_for_update(skip_locked=True)
    )
    return [row.agent for row in rows]


def to_tell(tx: Tx) -> Telling | None:
    """One whose cards are still to be told, in nobody else's hands."""
    row = tx.execute(
        select(paused_agent)
        .where(paused_agent.c.told_up_to.is_not(None))
        .order_by(paused_agent.c.since)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    return None if row is None else Telling(row.agent, row.told_up_to, row.ended_at is not None)


def told(tx: Tx, telling: Telling, up_to: str | None) -> None:
    """Its cards up to this id have been told; None: there is none left."""
    mine = paused_agent.c.agent == telling.agent
    if up_to is None and telling.over:
        tx.execute(delete(paused_agent).where(mine))
    else:
        tx.execute(update(paused_agent).where(mine).values(told_up_to=up_to))


def open_after(tx: Tx, telling: Telling, limit: int) -> list[str]:
    """The agent's next open questions, in the order of their ids."""
    rows = tx.execute(
        select(escalation.c.id)
        .where(
            escalation.c.agent == telling.agent,
            # Written out: only so does SQLite know that its index of open ones will do.
            escalation.c.status == literal("open", literal_execute=True),
            escalation.c.id > telling.up_to,
        )
        .order_by(escalation.c.id)
        .limit(limit)
    )
    return list(rows.scalars())


def waiting_redraws(tx: Tx, at_most: int) -> int:
    """How many cards that stand wait to be drawn anew; counted no further than `at_most`."""
    some = (
        select(message.c.id)
        .where(message.c.ts.is_not(None), message.c.posted_rev < message.c.wanted_rev)
        .limit(at_most)
        .subquery()
    )
    count: int = tx.execute(select(func.count()).select_from(some)).scalar_one()
    return count


def _pause(row: Row[Any]) -> Pause:
    return Pause(
        agent=row.agent, since=row.since, until=row.until, by=_ACTOR.validate_python(row.by)
    )
