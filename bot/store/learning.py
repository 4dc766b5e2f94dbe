"""What is learned of categories: their events, and where each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from bot.learning.events import event_from_json, event_to_json
from bot.learning.standing import Standing
from bot.learning.stored import standing_from_json, standing_to_json
from bot.store.tables import learning_event, learning_standing, learning_version

if TYPE_CHECKING:
    from bot.learning.events import Event
    from bot.store.tx import Tx

_ONE = select(learning_standing).where(learning_standing.c.category == bindparam("wanted"))
#: What was not seen for so long may have become something else under its old name.
_STALE = timedelta(days=30)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Kept:
    """A category's standing, and how many events it is folded from."""

    category: str
    seq: int
    standing: Standing


def lock(tx: Tx, category: str) -> Kept:
    """Nobody else changes it before this transaction ends. It comes after every escalation."""
    tx.queue_up("category", category)
    return find(tx, category)


def find(tx: Tx, category: str) -> Kept:
    """A category of which nothing is known yet stands at its beginning."""
    row = tx.execute(_ONE, {"wanted": category}).one_or_none()
    if row is None:
        return Kept(category, 0, Standing())
    return Kept(category, row.seq, standing_from_json(row.standing))


def every(tx: Tx) -> dict[str, Standing]:
    """All categories of which anything is known, by name."""
    rows = tx.execute(select(learning_standing).order_by(learning_standing.c.category))
    return {row.category: standing_from_json(row.standing) for row in rows}


def append(tx: Tx, before: Kept, event: Event, standing: Standing) -> Kept:
    """The event, and what it has made of the standing."""
    seq = before.seq + 1
    tx.add(
        learning_event,
        {"category": before.category, "seq": seq, "at": event.at, "body": event_to_json(event)},
    )
    text = standing_to_json(standing)
    tx.upsert(learning_standing, {"category": before.category, "seq": seq, "standing": text})
    return Kept(before.category, seq, standing)


def events(tx: Tx, category: str) -> list[Event]:
    """All of them in their order: what the standing is a fold over."""
    rows = tx.execute(
        select(learning_event.c.body)
        .where(learning_event.c.category == category)
        .order_by(learning_event.c.seq)
    )
    return [event_from_json(row.body) for row in rows]


def is_new(tx: Tx, category: str, agent: str, version: str) -> bool:
    """Whether nothing was heard for a month from the agent as this version; it is from now on."""
    now = tx.now()
    who = {"category": category, "agent": agent, "version": version}
    if tx.add_once(learning_version, {**who, "seen_at": now}):
        return True
    mine = [learning_version.c[name] == value for name, value in who.items()]
    seen = tx.execute(select(learning_version.c.seen_at).where(*mine)).scalar_one()
    if now - seen >= _DAY:
        tx.execute(update(learning_version).where(*mine).values(seen_at=now))
    return bool(now - seen >= _STALE)
