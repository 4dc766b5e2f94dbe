"""The chain of hashes over the journal: what is sealed cannot be changed unseen.

Each entry gets a number, and a hash over the entry, its number and the hash before it. Who did
it enters as a salted hash of its own, so that a person can be erased without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, func, select, type_coerce, update

from bot.store.columns import to_micros
from bot.store.tables import checkpoint, journal, seal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Row

    from bot.store.tx import Tx

#: What the first entry is chained to.
START = "0" * 64
#: The name that an erased person has in the journal begins so.
ERASED = "erased-"
# A transaction lasts seconds; what commits later than this after its entry's time does not exist.
_LATEST_COMMIT = timedelta(hours=1)
#: One at a time chains entries, or changes what was chained.
NAME = "seal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One seal with the entry under it; `entry` None: it is not there."""

    seq: int
    entry_id: str
    personal: str
    salt: str | None
    hash: str
    removed: bool
    entry: dict[str, Any] | None
    actor: str | None


def head(tx: Tx) -> Head:
    """The last seal; number 0 when there is none."""
    row = tx.execute(
        select(seal.c.seq, seal.c.hash).order_by(seal.c.seq.desc()).limit(1)
    ).one_or_none()
    return Head(seq=0, hash=START) if row is None else Head(seq=row.seq, hash=row.hash)


def seal_some(tx: Tx, limit: int, *, all_of_them: bool = False) -> int:
    """Chain up to `limit` entries that have no seal yet; how many they were.

    Entries are not committed in the order of their ids: what counts is that there is no seal.
    `all_of_them`: look through the whole journal, for what a clock that went back has left behind.
    """
    tx.queue_up(NAME)
    last = head(tx)
    since: datetime | None = tx.execute(select(func.max(seal.c.entry_at))).scalar_one()
    late = [] if since is None or all_of_them else [journal.c.at >= since - _LATEST_COMMIT]
    rows = tx.execute(
        _ENTRIES.outerjoin(seal, seal.c.entry_id == journal.c.id)
        .where(seal.c.seq.is_(None), *late)
        .order_by(journal.c.at, journal.c.id)
        .limit(limit)
    ).all()
    before = last.hash
    for seq, row in enumerate(rows, last.seq + 1):
        salt = secrets.token_hex(16)
        personal = hash_of_person(salt, row.actor)
        before = chained(before, seq, entry_of(row), personal)
        tx.add(
            seal,
            {
                "seq": seq,
                "entry_id": row.id,
                "entry_at": row.at,
                "personal": personal,
                "salt": salt,
                "hash": before,
                "removed": False,
            },
        )
    return len(rows)


def hash_of_person(salt: str, actor: str | None) -> str:
    """`actor`: the text as it lies in the journal."""
    return hashlib.sha256(f"{salt}\n{actor or ''}".encode()).hexdigest()


def chained(before: str, seq: int, entry: dict[str, Any], personal: str) -> str:
    """The hash of one link."""
    canonical = json.dumps(entry | {"personal": personal}, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{before}\n{seq}\n{canonical}".encode()).hexdigest()


def links(tx: Tx, after: int, limit: int) -> list[Link]:
    """The chain from a number on, each link with what lies in the journal under it."""
    rows = tx.execute(
        select(seal, *_ENTRY, _ACTOR)
        .outerjoin(journal, seal.c.entry_id == journal.c.id)
        .where(seal.c.seq > after)
        .order_by(seal.c.seq)
        .limit(limit)
    )
    return [
        Link(
            seq=row.seq,
            entry_id=row.entry_id,
            personal=row.personal,
            salt=row.salt,
            hash=row.hash,
            removed=row.removed,
            entry=None if row.id is None else entry_of(row),
            actor=row.actor,
        )
        for row in rows
    ]


def entry_of(row: Row[Any]) -> dict[str, Any]:
    """What is chained of an entry: everything but who did it."""
    return {
        "id": row.id,
        "at": to_micros(row.at),
        "escalation_id": row.escalation_id,
        "event": row.event,
        "data": row.data,
    }


def unsealed(tx: Tx) -> int:
    """How many entries have no seal yet."""
    count: int = tx.execute(
        select(func.count())
        .select_from(journal.outerjoin(seal, seal.c.entry_id == journal.c.id))
        .where(seal.c.seq.is_(None))
    ).scalar_one()
    return count


def witness(tx: Tx) -> Head | None:
    """Remember the chain's end as a checkpoint; None when it has not grown since the last one."""
    last = head(tx)
    if last.seq == 0 or not tx.add_once(
        checkpoint, {"seq": last.seq, "hash": last.hash, "at": tx.now()}
    ):
        return None
    return last


def checkpoints(tx: Tx) -> list[Head]:
    """Every checkpoint that was ever made, oldest first."""
    rows = tx.execute(select(checkpoint).order_by(checkpoint.c.seq))
    return [Head(seq=row.seq, hash=row.hash) for row in rows]


def forget_salts(tx: Tx, entry_ids: Iterable[str]) -> None:
    """Without its salt, the hash of an erased person says nothing about them."""
    tx.execute(update(seal).where(seal.c.entry_id.in_(list(entry_ids))).values(salt=None))


_ACTOR = type_coerce(journal.c.actor, Text).label("actor")
_ENTRY = (
    journal.c.id,
    journal.c.at,
    journal.c.escalation_id,
    journal.c.event,
    type_coerce(journal.c.data, Text).label("data"),
)
_ENTRIES = select(*_ENTRY, _ACTOR).select_from(journal)
