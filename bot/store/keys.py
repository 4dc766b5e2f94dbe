"""API keys: what proves an agent. Only a hash of the secret lies here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select, update

from bot.store.tables import api_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Row

    from bot.store.tx import Tx

#: A key's last use is written down at most so often, however many replicas see it used.
_USES_APART = timedelta(minutes=1)
_ONE = select(api_key).where(api_key.c.id == bindparam("wanted"))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredKey:
    id: str
    name: str
    secret_hash: str
    scopes: frozenset[str]
    owners: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    callback_secret: bool = False
    callback_hosts: frozenset[str] = frozenset()
    last_used_at: datetime | None = None
    #: The key that took over from it.
    successor: str | None = None

    def live(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def insert(tx: Tx, key: StoredKey) -> None:
    tx.add(
        api_key,
        {
            "id": key.id,
            "name": key.name,
            "secret_hash": key.secret_hash,
            "scopes": sorted(key.scopes),
            "owners": sorted(key.owners),
            "created_at": key.created_at,
            "expires_at": key.expires_at,
            "revoked_at": key.revoked_at,
            "callback_secret": key.callback_secret,
            "callback_hosts": sorted(key.callback_hosts),
        },
    )


def find(tx: Tx, key_id: str) -> StoredKey | None:
    return next(_read(tx.execute(_ONE, {"wanted": key_id})), None)


def lock(tx: Tx, key_id: str) -> StoredKey | None:
    """The key as it is now, and nobody else's to change until the commit."""
    tx.execute(select(api_key.c.id).where(api_key.c.id == key_id).with_for_update())
    return find(tx, key_id)


def of_agent(tx: Tx, name: str) -> list[StoredKey]:
    """Every key of this name, dead ones too."""
    return _select(tx, api_key.c.name == name)


def agents(tx: Tx) -> list[str]:
    """The NAMEs of all keys that there ever were."""
    return list(tx.execute(select(api_key.c.name).distinct().order_by(api_key.c.name)).scalars())


def all_of_them(tx: Tx) -> list[StoredKey]:
    return _select(tx, api_key.c.id != "")


def revoke(tx: Tx, key_id: str) -> bool:
    """False when there is no such key that still works."""
    return (
        tx.execute(
            update(api_key)
            .where(api_key.c.id == key_id, api_key.c.revoked_at.is_(None))
            .values(revoked_at=tx.now())
        ).rowcount
        == 1
    )


def succeed(tx: Tx, key_id: str, successor: str, ends_at: datetime) -> None:
    """End a key at that moment, for another one."""
    tx.execute(
        update(api_key)
        .where(api_key.c.id == key_id)
        .values(successor=successor, expires_at=ends_at)
    )


def note_uses(tx: Tx, uses: Mapping[str, datetime]) -> set[str]:
    """Write down when keys were used last. Returns those for which it is too early to."""
    rows = tx.execute(
        select(api_key.c.id, api_key.c.last_used_at)
        .where(api_key.c.id.in_(sorted(uses)))
        .order_by(api_key.c.id)
    ).all()
    too_early = set()
    for row in rows:
        at, before = uses[row.id], row.last_used_at
        if before is not None and before > at - _USES_APART:
            too_early |= {row.id} if before < at else set()
            continue
        tx.execute(
            update(api_key)
            .where(
                api_key.c.id == row.id,
                # Once more: another replica may have been faster.
                or_(api_key.c.last_used_at.is_(None), api_key.c.last_used_at <= at - _USES_APART),
            )
            .values(last_used_at=at)
        )
    return too_early


def _select(tx: Tx, condition: object) -> list[StoredKey]:
    return list(_read(tx.execute(select(api_key).where(condition).order_by(api_key.c.created_at))))  # type: ignore[arg-type]


def _read(rows: Iterable[Row[Any]]) -> Iterator[StoredKey]:
    for row in rows:
        yield StoredKey(
            id=row.id,
            name=row.name,
            secret_hash=row.secret_hash,
            scopes=frozenset(row.scopes),
            owners=frozenset(row.owners),
            created_at=row.created_at,
            expires_at=row.expires_at,
            revoked_at=row.revoked_at,
            callback_secret=bool(row.callback_secret),
            callback_hosts=frozenset(row.callback_hosts or ()),
            last_used_at=row.last_used_at,
            successor=row.successor,
        )
