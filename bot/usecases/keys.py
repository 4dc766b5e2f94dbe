"""Keys for agents: made, shown once, listed, rotated, revoked, and recognised at the door."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import InvalidError, UnauthorizedError
from bot.domain.people import Caller
from bot.store import keys
from bot.store.keys import StoredKey

if TYPE_CHECKING:
    from datetime import datetime

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
        key_id = _new_id(tx)
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
                callback_hosts=frozenset(host.lower().strip("[]") for host in callback_hosts),
            ),
        )
        return key_id

    return f"pc_{await ledger.run(store)}_{secret}"


async def rotate_key(
    ledger: Ledger, pepper: bytes, key_id: str, *, overlap: timedelta
) -> tuple[str, StoredKey]:
    """A new key in the place of an old one, which ends after the overlap; and what it is like.

    Same name, scopes, owners and callbacks; where the old one had an end, the new one lasts as
    long. Raises InvalidError when there is no such live key, or when it has a successor already.
    """
    secret = secrets.token_urlsafe(32)

    def store(tx: Tx) -> StoredKey:
        now, old = tx.now(), keys.lock(tx, key_id)
        if old is None or not old.live(now):
            raise _no_live_key(key_id)
        if old.successor is not None:
            raise InvalidError(
                f"The key {key_id!r} was rotated before; rotate its successor {old.successor!r}."
            )
        new = replace(
            old,
            id=_new_id(tx),
            secret_hash=_hash(pepper, secret),
            created_at=now,
            expires_at=None if old.expires_at is None else now + (old.expires_at - old.created_at),
            last_used_at=None,
        )
        ends_at = min(old.expires_at or now + overlap, now + overlap)
        keys.succeed(tx, key_id, new.id, ends_at)
        keys.insert(tx, new)
        return new

    new = await ledger.run(store)
    return f"pc_{new.id}_{secret}", new


async def list_keys(ledger: Ledger) -> tuple[list[StoredKey], datetime]:
    """All keys that ever were, oldest first, and what time it is."""

    def ask(tx: Tx) -> tuple[list[StoredKey], datetime]:
        return keys.all_of_them(tx), tx.now()

    return await ledger.read(ask)


async def revoke_key(ledger: Ledger, key_id: str) -> None:
    """Acts within a second, everywhere. Raises InvalidError when there is no such live key."""
    if not await ledger.run(keys.revoke, key_id):
        raise _no_live_key(key_id)


async def recognise(desk: Desk, key: str) -> Caller:
    """Who presents this key. Raises UnauthorizedError, the same for every kind of wrong key."""
    known = desk.ring.find(key)
    if known is not None:
        return known
    asked = desk.ring.now()
    form = _FORM.fullmatch(key)
    found, now = (None, None) if form is None else await desk.ledger.read(_find, form.group(1))
    # Compared in constant time, and also when there is nothing to compare with.
    secret = form.group(2) if form else ""
    kept = found.secret_hash if found else "0" * 64
    right = [hmac.compare_digest(_hash(p, secret), kept) for p in desk.key_peppers]
    if not any(right) or found is None or now is None or not found.live(now):
        raise UnauthorizedError(
            "This key is unknown, expired or revoked. Make one with `python -m bot keys create "
            "NAME` and send it as `Authorization: Bearer pc_…`."
        )
    caller = Caller(
        key_id=found.id,
        agent=found.name,
        scopes=found.scopes,
        owners=found.owners,
        callback_secret=found.callback_secret,
        callback_hosts=found.callback_hosts,
    )
    desk.ring.keep(key, caller, asked=asked, at=now)
    return caller


async def write_down_uses(desk: Desk) -> None:
    """When each key was used last, at most once a minute a key, and never on a request's way."""
    uses = desk.ring.uses()
    if uses:
        desk.ring.written(uses, await desk.ledger.run_behind(keys.note_uses, uses))


def _find(tx: Tx, key_id: str) -> tuple[StoredKey | None, datetime]:
    return keys.find(tx, key_id), tx.now()


def _new_id(tx: Tx) -> str:
    return tx.new_id("key").removeprefix("key_").lower()


def _no_live_key(key_id: str) -> InvalidError:
    return InvalidError(f"There is no live key {key_id[:80]!r}. `keys list` shows them.")


def _hash(pepper: bytes, secret: str) -> str:
    # The secret has 256 random bits: a slow hash would protect nothing more.
    return hmac.new(pepper, secret.encode(), hashlib.sha256).hexdigest()
