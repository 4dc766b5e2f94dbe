"""Keys for agents: made, shown once, listed, revoked, and recognised at the door."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING

from bot.domain.errors import InvalidError, UnauthorizedError
from bot.domain.people import Caller
from bot.store import keys
from bot.store.keys import StoredKey

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.store.ledger import Ledger
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

DEFAULT_SCOPES = (
    "escalate:create",
    "escalate:read",
    "escalate:cancel",
    "escalate:redeem",
    "outputs:create",
)
SCOPES = (*DEFAULT_SCOPES, "decide", "admin")
_FORM = re.compile(r"pc_([0-9a-z]{26})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
_OWNER = re.compile(r"[UW][A-Z0-9]{2,20}")


async def create_key(
    ledger: Ledger,
    pepper: bytes,
    name: str,
    *,
    scopes: tuple[str, ...],
    owners: tuple[str, ...],
    expires_in: timedelta | None,
    callback_secret: bool = False,
    callback_hosts: tuple[str, ...] = (),
) -> str:
    """The key itself, `pc_<id>_<secret>`; nobody can show it again.

    Raises InvalidError with a sentence for the person at the terminal.
    """
    if not _NAME.fullmatch(name):
        raise InvalidError(
            f"The name {name[:80]!r} cannot be used: up to 64 letters, digits, '.', '_' and '-'."
        )
    if unknown := [s for s in scopes if s not in SCOPES]:
        raise InvalidError(f"Unknown scope {unknown[0]!r}. There are: {', '.join(SCOPES)}.")
    if wrong := [o for o in owners if not _OWNER.fullmatch(o)]:
        raise InvalidError(f"The owner {wrong[0]!r} is not a Slack user id such as U01ALICE.")
    if wrong := [host for host in callback_hosts if not _HOST.fullmatch(host)]:
        raise InvalidError(
            f"The host {wrong[0][:80]!r} is none: give its name alone, such as agent.example.com."
        )
    secret = secrets.token_urlsafe(32)

    def store(tx: Tx) -> str:
        key_id = tx.new_id("key").removeprefix("key_").lower()
        now = tx.now()
        keys.insert(
            tx,
            StoredKey(
                id=key_id,
                name=name,
                secret_hash=_hash(pepper, secret),
                scopes=frozenset(scopes or DEFAULT_SCOPES),
                owners=frozenset(owners),
                created_at=now,
                expires_at=None if expires_in is None else now + expires_in,
                revoked_at=None,
                callback_secret=callback_secret,
                callback_hosts=frozenset(host.lower() for host in callback_hosts),
            ),
        )
        return key_id

    return f"pc_{await ledger.run(store)}_{secret}"


async def list_keys(ledger: Ledger) -> list[StoredKey]:
    """All keys that ever were, oldest first."""
    return await ledger.read(keys.all_of_them)


async def revoke_key(ledger: Ledger, key_id: str) -> None:
    """Works from the next request on. Raises InvalidError when there is no such live key."""
    if not await ledger.run(keys.revoke, key_id):
        raise InvalidError(f"There is no live key {key_id!r}. `keys list` shows them.")


async def recognise(desk: Desk, key: str) -> Caller:
    """Who presents this key. Raises UnauthorizedError, the same for every kind of wrong key."""
    form = _FORM.fullmatch(key)
    found, alive = (None, False) if form is None else await desk.ledger.read(_find, form.group(1))
    # Compared in constant time, and also when there is nothing to compare with.
    secret = form.group(2) if form else ""
    kept = found.secret_hash if found else "0" * 64
    right = [hmac.compare_digest(_hash(p, secret), kept) for p in desk.key_peppers]
    if not any(right) or not alive:
        raise UnauthorizedError(
            "This key is unknown, expired or revoked. Make one with `python -m bot keys create "
            "NAME` and send it as `Authorization: Bearer pc_…`."
        )
    assert found is not None  # noqa: S101 - alive says so
    return Caller(
        key_id=found.id,
        agent=found.name,
        scopes=found.scopes,
        owners=found.owners,
        callback_secret=found.callback_secret,
        callback_hosts=found.callback_hosts,
    )


def _find(tx: Tx, key_id: str) -> tuple[StoredKey | None, bool]:
    found = keys.find(tx, key_id)
    return found, found is not None and found.live(tx.now())


def _hash(pepper: bytes, secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing more.
    return hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest()
