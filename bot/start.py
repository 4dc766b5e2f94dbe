"""What a start needs: clock, ids, keys, a desk, and the database made ready for one process."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import hmac
import os
import time
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import structlog
import uuid_utils

from bot.domain.errors import BusyError
from bot.domain.pacing import SLACKS_PACE
from bot.store import schema
from bot.store.open import open_ledger
from bot.usecases.desk import Desk
from bot.usecases.key_ring import KeyRing
from bot.usecases.overlays import Overlays
from bot.usecases.pauses import Pauses
from bot.workers.policy_file import read_book
from bot.workers.waker import CommitWaker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime
    from pathlib import Path

    from bot.domain.ports import Clock, Ids
    from bot.settings import Settings
    from bot.store.ledger import Ledger

_UPGRADE_ATTEMPTS = 3

log = structlog.get_logger()

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class StartError(Exception):
    """The bot cannot start; the sentence says why and what to do."""


class DatabaseClock:
    """The database's time, as it is."""

    def tell(self, database_time: datetime) -> datetime:
        return database_time


class TimeOrderedIds:
    """UUIDv7 in Crockford's base 32: 26 characters that sort by time."""

    def new(self, prefix: str) -> str:
        number = uuid_utils.uuid7().int
        return f"{prefix}_" + "".join(
            _CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5)
        )


def derived(secret: str, purpose: str) -> bytes:
    """A key for one purpose: HKDF-SHA256 (RFC 5869), empty salt, one block."""
    extracted = hmac.new(bytes(32), secret.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, purpose.encode() + b"\x01", hashlib.sha256).digest()


def key_peppers(settings: Settings) -> tuple[bytes, ...]:
    """What key hashes are made with, newest first. Raises SettingError."""
    return tuple(derived(secret, "pullcord/key-pepper") for secret in settings.secrets())


def callback_secrets(secrets: tuple[str, ...], key_id: str) -> tuple[bytes, ...]:
    """What callbacks of a key's agent are signed with, the current one first."""
    return tuple(derived(secret, f"pullcord/callback/{key_id}") for secret in secrets)


def coin_secret(settings: Settings) -> bytes:
    """What coins of new cases are tossed with. Raises SettingError."""
    return derived(settings.secrets()[0], "pullcord/audit-coin")


def same_secrets(settings: Settings) -> str:
    """The same at two replicas when they have the same secrets in the same order."""
    every = hashlib.sha256(b"".join(key_peppers(settings)))
    return derived(every.hexdigest(), "pullcord/same-secrets").hex()[:16]


def make_desk(
    settings: Settings, clock: Clock, ids: Ids, monotonic: Callable[[], float] = time.monotonic
) -> tuple[Desk, CommitWaker]:
    """A desk with its ledger; raises SettingError, PolicyError, StartError."""
    path = settings.pullcord_policy_file
    try:
        book = read_book(path)
    except OSError as error:
        raise StartError(
            f"The policy file {path} cannot be read ({error.strerror}). Start from the commented "
            "policy.yml of the project, or set PULLCORD_POLICY_FILE."
        ) from None
    peppers = key_peppers(settings)
    waker = CommitWaker()
    ledger = open_ledger(settings.pullcord_database_url, clock, ids)
    ledger.tell(waker)
    desk = Desk(
        ledger=ledger,
        waker=waker,
        book=book,
        key_peppers=peppers,
        coin_secret=coin_secret(settings),
        callback_secrets=partial(callback_secrets, settings.secrets()),
        callback_allow=settings.pullcord_callback_allow,
        ring=KeyRing(monotonic),
        pauses=Pauses(monotonic),
        overlays=Overlays(monotonic),
        pace=SLACKS_PACE.faster(settings.pullcord_pace),
    )
    return desk, waker


async def prepare_database(ledger: Ledger) -> None:
    """An empty database is upgraded by itself; an older one is the operator's decision.

    Raises StartError.
    """
    match await ledger.on_connection(schema.standing):
        case "empty":
            await upgrade_database(ledger)
        case "older":
            raise StartError(
                "The database has an older schema. Make a backup, then run `python -m bot migrate`."
            )
        case "newer":
            raise StartError(
                "The database was upgraded by a newer Pullcord, and this one no longer fits. Run "
                "that version, or restore the backup from before the upgrade."
            )
        case "ahead":
            # An upgrade is under way, replica by replica.
            log.warning("database.ahead", hint="it was upgraded by a newer version: start that one")
        case "current":
            pass


async def upgrade_database(ledger: Ledger) -> None:
    """Bring the schema to this version's, while others work with it. Raises StartError."""
    for attempt in range(1, _UPGRADE_ATTEMPTS + 1):
        try:
            await ledger.on_connection(schema.upgrade)
        except BusyError:
            # Everybody who came meanwhile goes first; then it is our turn again.
            await asyncio.sleep(attempt)
        else:
            return
    raise StartError(
        "Somebody holds a table of the database, so it was not upgraded and nothing was changed. "
        "Look for long transactions (pg_stat_activity), and run `python -m bot migrate` again."
    )


@asynccontextmanager
async def only_process(database: Path | None) -> AsyncIterator[None]:
    """SQLite serves one process; the system frees the lock when it dies. Raises StartError."""
    if database is None:
        yield
        return
    handle = os.open(database.with_name(database.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                f"Another `serve` already works on {database}. Stop it first; several processes "
                "need PostgreSQL (PULLCORD_DATABASE_URL)."
            ) from None
        yield
    finally:
        os.close(handle)
