"""What is learned of categories: their events, and where each of them stands."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select, update

from bot.learning.epochs import fold
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
    kept = Kept(before.category, seq, standing)
    tx.add(
        learning_event,
        {"category": before.category, "seq": seq, "at": event.at, "body": event_to_json(event)},
    )
    keep(tx, kept)
    return kept


def events(tx: Tx, category: str) -> list[Event]:
    """All of them in their order: what the standing is a fold over."""
    rows = tx.execute(
        select(learning_event.c.body)
        .where(learning_event.c.category == category)
        .order_by(learning_event.c.seq)
    )
    return [event_from_json(row.body) for row in rows]


def names(tx: Tx) -> list[str]:
    """Of all categories that have events."""
    return list(tx.execute(select(learning_standing.c.category)).scalars())


def keep(tx: Tx, kept: Kept) -> None:
    """The standing as it follows from the events, whatever stood there."""
    text = standing_to_json(kept.standing)
    tx.upsert(learning_standing, {"category": kept.category, "seq": kept.seq, "standing": text})


def forget(tx: Tx, person_id: str, alias: str, *, with_words: bool) -> int:
    """Another name for somebody who ordered or found something, and no reasons of theirs."""
    said = f'"by":{json.dumps(person_id)}'
    rows = tx.execute(
        select(learning_event).where(tx.holds_text(learning_event.c.body, said))
    ).all()
    for row in rows:
        body = json.loads(row.body) | {"by": alias}
        if with_words:
            body["reason"] = "(erased)"
        mine = (learning_event.c.category == row.category, learning_event.c.seq == row.seq)
        text = json.dumps(body, separators=(",", ":"))
        tx.execute(update(learning_event).where(*mine).values(body=text))
    for category in sorted({row.category for row in rows}):
        kept = lock(tx, category)
        keep(tx, Kept(category, kept.seq, fold(events(tx, category))))
    return len(rows)


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
