"""API keys: what proves an agent. Only a hash of the secret lies here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.store.tables import api_key

if TYPE_CHECKING:
    from datetime import datetime

    from bot.store.tx import Tx


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
    found = _select(tx, api_key.c.id == key_id)
    return found[0] if found else None


def of_agent(tx: Tx, name: str) -> list[StoredKey]:
    """Every key of this name, dead ones too."""
    return _select(tx, api_key.c.name == name)


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


def _select(tx: Tx, condition: object) -> list[StoredKey]:
    rows = tx.execute(select(api_key).where(condition).order_by(api_key.c.created_at))  # type: ignore[arg-type]
    return [
        StoredKey(
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
        )
        for row in rows
    ]
