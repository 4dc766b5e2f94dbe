"""Words that we owe somebody, each until it is said or given up."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select, update

from bot.domain.outgoing import Alert, Checkpoint, Direct, Owed, Reply, Whisper
from bot.store.tables import outbox

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement, Row

    from bot.store.tx import Tx

TOPIC = "outbox"
LEASE = timedelta(seconds=30)
#: How many of a kind are looked at to find one for each channel.
_LOOKED_AT = 50
_KINDS: dict[str, type[Owed]] = {
    "whisper": Whisper,
    "direct": Direct,
    "reply": Reply,
    "alert": Alert,
    "checkpoint": Checkpoint,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    id: str
    owed: Owed
    attempts: int
    owner: str
    created_at: datetime
    #: By this process's own stopwatch: after it no call may begin. Set by who claims.
    deadline: float = math.inf


@dataclass(frozen=True, slots=True)
class Place:
    """The next word for a channel, or for a person's own conversation with the bot."""

    id: str
    channel: str
    #: It may have been said before: its answer was lost, or who was to say it is gone.
    unsure: bool


def owe(tx: Tx, owed: Owed) -> None:
    tx.add(outbox, _row(tx, tx.new_id("out"), owed))
    tx.tell(TOPIC)


def owe_once(tx: Tx, name: str, owed: Owed) -> None:
    """The same, but only once for ever under this name."""
    if tx.add_once(outbox, _row(tx, f"out_{name}", owed)):
        tx.tell(TOPIC)


def kinds_due(tx: Tx) -> set[str]:
    """Which kinds of words are due now."""
    rows = tx.execute(select(outbox.c.kind).where(*_claimable(tx.now())).distinct())
    return {row.kind for row in rows}


def claim(tx: Tx, owner: str, limit: int, kind: str, busy: Collection[str]) -> list[Claimed]:
    """Take what is due of one kind, the oldest first, and none of those that are in hand."""
    now = tx.now()
    rows = tx.execute(
        select(outbox)
        .where(*_claimable(now), outbox.c.kind == kind, outbox.c.id.not_in(sorted(busy)))
        .order_by(outbox.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    return _take(tx, owner, rows)


def places(tx: Tx, kind: str, busy: Collection[str]) -> list[Place]:
    """Where words of a kind wait to be said, each with the one that comes first there."""
    rows = tx.execute(
        select(outbox)
        .where(*_claimable(tx.now()), outbox.c.kind == kind, outbox.c.id.not_in(sorted(busy)))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(_LOOKED_AT)
    )
    first: dict[str, Place] = {}
    for row in rows:
        place = _KINDS[row.kind](**row.payload).place  # type: ignore[union-attr]  # of these kinds
        first.setdefault(place, Place(row.id, place, row.attempts > 0))
    return list(first.values())


def claim_these(tx: Tx, owner: str, ids: Iterable[str]) -> list[Claimed]:
    """Take these words, where nobody else just has."""
    rows = tx.execute(
        select(outbox)
        .where(outbox.c.id.in_(sorted(ids)), *_claimable(tx.now()))
        .with_for_update(skip_locked=True)
    ).all()
    return _take(tx, owner, rows)


def _take(tx: Tx, owner: str, rows: Iterable[Row[Any]]) -> list[Claimed]:
    found = list(rows)
    if found:
        tx.execute(
            update(outbox)
            .where(outbox.c.id.in_([row.id for row in found]))
            .values(owner=owner, lease_until=tx.now() + LEASE, attempts=outbox.c.attempts + 1)
        )
    return [
        Claimed(
            id=row.id,
            owed=_KINDS[row.kind](**row.payload),
            attempts=row.attempts + 1,
            owner=owner,
            created_at=row.created_at,
        )
        for row in found
    ]


def settle_done(tx: Tx, claimed: Claimed, *, problem: str | None = None) -> None:
    """Said; or given up, when there is a problem."""
    _finish(tx, claimed, done_at=tx.now(), problem=problem)


def settle_held(tx: Tx, claimed: Claimed, *, problem: str) -> None:
    """Slack asked for a rest before it was said: as if it had never been claimed."""
    _finish(tx, claimed, attempts=claimed.attempts - 1, problem=problem[:300])


def settle_later(tx: Tx, claimed: Claimed, *, wait: timedelta, problem: str) -> None:
    _finish(tx, claimed, due_at=tx.now() + wait, problem=problem[:300])
    tx.tell(TOPIC)


def free_leases(tx: Tx) -> None:
    """Nobody else can be working: the only process has just started."""
    tx.execute(
        update(outbox).where(outbox.c.owner.is_not(None)).values(owner=None, lease_until=None)
    )


def _claimable(now: datetime) -> list[ColumnElement[bool]]:
    return [
        outbox.c.done_at.is_(None),
        outbox.c.due_at <= now,
        or_(outbox.c.owner.is_(None), outbox.c.lease_until <= now),
    ]


def _row(tx: Tx, outbox_id: str, owed: Owed) -> dict[str, Any]:
    now = tx.now()
    return {
        "id": outbox_id,
        "kind": _NAMES[type(owed)],
        "payload": asdict(owed),
        "created_at": now,
        "due_at": now,
        "attempts": 0,
    }


def _finish(tx: Tx, claimed: Claimed, **values: Any) -> None:
    tx.execute(
        update(outbox)
        .where(
            outbox.c.id == claimed.id,
            outbox.c.owner == claimed.owner,
            outbox.c.attempts == claimed.attempts,
        )
        .values({"owner": None, "lease_until": None} | values)
    )
