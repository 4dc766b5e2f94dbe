"""What waits for a digest, the slots that were dealt with, and the messages that came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, text, update

from bot.domain.digest_run import DigestRun
from bot.store.messages import stand
from bot.store.tables import digest_run, escalation, message, message_item

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from bot.domain.request import Urgency
    from bot.store.tx import Tx

# Written as the index has it: a bound value would hide from the planner that it fits.
_WAITS = text(
    "escalation.digest IS NOT NULL AND escalation.digest_slot IS NULL "
    "AND escalation.status = 'open'"
)
# Far below what either database takes as parameters of one statement.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """A question that went out with a run: what its place among the others follows from."""

    id: str
    category: str | None
    urgency: Urgency
    route: str
    expires_at: datetime
    due: datetime


def due(tx: Tx) -> dict[str, datetime]:
    """Digests for which questions wait whose slot has come, and the latest such slot."""
    rows = tx.execute(
        select(escalation.c.digest, func.max(escalation.c.digest_due).label("due"))
        .where(_WAITS, escalation.c.digest_due <= tx.now())
        .group_by(escalation.c.digest)
    )
    return {row.digest: row.due for row in rows}


def last_runs(tx: Tx, names: Iterable[str]) -> dict[str, datetime]:
    """The last slot of each that was dealt with, or when it was first seen."""
    found = {}
    for name in names:
        last = select(func.max(digest_run.c.slot)).where(digest_run.c.digest == name)
        slot: datetime | None = tx.execute(last).scalar_one()
        if slot is not None:
            found[name] = slot
    return found


def begin(tx: Tx, name: str) -> None:
    """From now on no slot of the digest is missed."""
    row = {"digest": name, "slot": tx.now(), "made_at": tx.now(), "items": None, "alone": 0}
    tx.add_once(digest_run, row)


def run_once(tx: Tx, name: str, slot: datetime) -> bool:
    """False when somebody else deals with that slot, or has."""
    row = {"digest": name, "slot": slot, "made_at": tx.now(), "items": 0, "alone": 0}
    return tx.add_once(digest_run, row)


def finish_run(tx: Tx, run: DigestRun, items: int) -> None:
    """Write down what the run shows."""
    tx.execute(
        update(digest_run)
        .where(digest_run.c.digest == run.digest, digest_run.c.slot == run.slot)
        .values(items=items, alone=run.alone, due=run.due)
    )


def find_run(tx: Tx, name: str, slot: datetime) -> DigestRun:
    row = tx.execute(
        select(digest_run).where(digest_run.c.digest == name, digest_run.c.slot == slot)
    ).one()
    return DigestRun(
        digest=row.digest, slot=row.slot, made_at=row.made_at, alone=row.alone, due=row.due
    )


def waiting(tx: Tx, name: str, *, until: datetime | None) -> list[Collected]:
    """Locked, oldest first: what waits for the digest; with `until` only what is due by then."""
    soon = [] if until is None else [escalation.c.digest_due <= until]
    rows = tx.execute(
        select(escalation)
        .with_only_columns(
            escalation.c.id,
            escalation.c.category,
            escalation.c.urgency,
            escalation.c.route,
            escalation.c.expires_at,
            escalation.c.digest_due,
        )
        .where(_WAITS, escalation.c.digest == name, *soon)
        .order_by(escalation.c.id)
        .with_for_update()
    )
    return [
        Collected(
            id=row.id,
            category=row.category,
            urgency=row.urgency,
            route=row.route,
            expires_at=row.expires_at,
            due=row.digest_due,
        )
        for row in rows
    ]


def claim(tx: Tx, ids: Sequence[str], slot: datetime) -> None:
    """They go out in that slot, and in no other one."""
    for at in range(0, len(ids), _AT_ONCE):
        tx.execute(
            update(escalation)
            .where(escalation.c.id.in_(ids[at : at + _AT_ONCE]))
            .values(digest_slot=slot)
        )


def owe(tx: Tx, run: DigestRun, channel: str, ids: Sequence[str]) -> str:
    """A message of the run shall stand in the channel, behind all cards."""
    message_id = stand(tx, "digest", channel, digest=run.digest, digest_slot=run.slot)
    for escalation_id in ids:
        tx.add(message_item, {"message_id": message_id, "escalation_id": escalation_id})
    return message_id


def drop_settled(tx: Tx, message_id: str) -> bool:
    """Before it is posted: what was settled meanwhile drops out. False when nothing is left."""
    mine = message_item.c.message_id == message_id
    settled = (
        select(escalation.c.id)
        .join(message_item, message_item.c.escalation_id == escalation.c.id)
        .where(mine, escalation.c.status != "open")
    )
    tx.execute(delete(message_item).where(mine, message_item.c.escalation_id.in_(settled)))
    if tx.execute(select(message_item.c.escalation_id).where(mine).limit(1)).first() is not None:
        return True
    tx.execute(
        update(message)
        .where(message.c.id == message_id)
        .values(posted_rev=message.c.wanted_rev, problem="nothing left")
    )
    return False


def shown_by(tx: Tx, message_id: str) -> tuple[str, datetime, list[str]] | None:
    """The run of a digest message and the questions on it; None where there is no such one."""
    row = tx.execute(
        select(message.c.digest, message.c.digest_slot).where(message.c.id == message_id)
    ).one_or_none()
    if row is None or row.digest is None:
        return None
    items = select(message_item.c.escalation_id).where(message_item.c.message_id == message_id)
    return row.digest, row.digest_slot, list(tx.execute(items).scalars())
