"""What is not as it should be: asked of the tables, and what the operators were told of it.

The questions only read, and each begins at an index that holds what is alive: history costs
nothing. What the operators are told stands in `bot/cards/wording_findings.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    and_,
    delete,
    func,
    or_,
    select,
    text,
    update,
)

from bot.store.tables import (
    escalation,
    finding,
    journal,
    message,
    message_item,
    outbox,
    pace,
    relay,
    seal,
    timer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy import ColumnElement, Select

    from bot.domain.findings import Kind
    from bot.store.tx import Tx

_MINUTE = timedelta(minutes=1)
#: Of settled escalations, those of the last day are looked at.
_LOOK_BACK = timedelta(days=1)
_LATEST_COMMIT = timedelta(hours=1)
#: Beyond that nobody counts.
_ENOUGH = 1000
#: A process that has not said for so long that it still finds something has gone.
_GONE_AFTER = timedelta(minutes=5)

# Written as the indexes have it: a bound value would hide from the planner that they fit.
_OPEN = text("escalation.status = 'open'")
_BEHIND = text("message.posted_rev < message.wanted_rev")
_UNSAID = text("outbox.done_at IS NULL")
_PENDING = text("relay.state = 'pending'")


@dataclass(frozen=True, slots=True)
class Found:
    """How many, and one of them to look at."""

    count: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the operators were told, and since when; `instance` is empty for the house's own."""

    kind: Kind
    instance: str
    since: datetime
    seen_at: datetime


def look(tx: Tx) -> dict[Kind, Found]:
    """Every kind of trouble that the tables show at this moment."""
    found = {}
    for kind, question in _QUESTIONS.items():
        row: Any = tx.execute(question(tx)).one()
        if row[0]:
            found[kind] = Found(row[0], row[1])
    return found


def told(tx: Tx) -> list[Told]:
    rows = tx.execute(select(finding).order_by(finding.c.kind, finding.c.instance))
    return [
        Told(kind=row.kind, instance=row.instance, since=row.since, seen_at=row.seen_at)
        for row in rows
    ]


def remember(tx: Tx, kind: Kind, instance: str) -> bool:
    """False when the operators know of it already."""
    now = tx.now()
    return tx.add_once(finding, {"kind": kind, "instance": instance, "since": now, "seen_at": now})


def still_there(tx: Tx, kinds: Iterable[Kind], instance: str) -> None:
    """This process lives and still sees it."""
    tx.execute(
        update(finding)
        .where(finding.c.kind.in_(sorted(kinds)), finding.c.instance == instance)
        .values(seen_at=tx.now())
    )


def forget(tx: Tx, one: Told) -> None:
    """It is over."""
    tx.execute(
        delete(finding).where(finding.c.kind == one.kind, finding.c.instance == one.instance)
    )


def abandoned(one: Told, now: datetime) -> bool:
    """Whether the process that saw it has not said so any more."""
    return one.seen_at < now - _GONE_AFTER


def _without_timer(tx: Tx) -> Select[int, str]:
    """Open, and nothing will end it: no timer, or one that is due and does not fire."""
    ends = and_(timer.c.escalation_id == escalation.c.id, timer.c.kind == "expire")
    return _counted(escalation.c.id).outerjoin(timer, ends).where(
        _OPEN, or_(timer.c.due_at.is_(None), timer.c.due_at <= tx.now() - 2 * _MINUTE)
    )  # fmt: skip


def _without_card(tx: Tx) -> Select[int, str]:
    """Open, and no card stands anywhere or is on its way; what waits for a digest, until then."""
    shows = (
        select(message.c.id)
        .join(message_item, message_item.c.message_id == message.c.id)
        .where(
            message_item.c.escalation_id == escalation.c.id,
            message.c.kind != "reminder",
            or_(message.c.ts.is_not(None), message.c.posted_rev < message.c.wanted_rev),
        )
    )
    waits = and_(
        escalation.c.digest.is_not(None),
        escalation.c.digest_slot.is_(None),
        escalation.c.digest_due > tx.now() - _MINUTE,
    )
    return _counted(escalation.c.id).where(
        _OPEN,
        escalation.c.created_at <= tx.now() - _MINUTE,
        or_(escalation.c.digest.is_(None), ~waits),
        _none(shows),
    )


def _card_late(tx: Tx) -> Select[int, str]:
    """People see an old state, or nothing at all."""
    return _counted(message.c.id).where(
        _BEHIND, func.coalesce(message.c.behind_since, message.c.due_at) <= tx.now() - 2 * _MINUTE
    )


def _without_callback(tx: Tx) -> Select[int, str]:
    """Settled, a callback was asked for, and none is owed or was sent."""
    owed = select(relay.c.id).where(
        relay.c.escalation_id == escalation.c.id, relay.c.event != "escalation.message"
    )
    return _counted(escalation.c.id).where(
        text("escalation.calls_back"),
        escalation.c.settled_at > tx.now() - _LOOK_BACK,
        _none(owed),
    )


def _lease_overdue(tx: Tx) -> Select[int, str]:
    """Somebody took it, is gone, and nobody takes it over."""
    late = tx.now() - 2 * _MINUTE
    each = [
        select(table.c.id).where(alive, table.c.owner.is_not(None), table.c.lease_until <= late)
        for table, alive in ((message, _BEHIND), (outbox, _UNSAID), (relay, _PENDING))
    ]
    of_all = each[0].union_all(*each[1:]).subquery()
    return _counted(of_all.c.id)


def _pace_far(tx: Tx) -> Select[int, str]:
    """Nothing is called there for longer than Slack ever asks for."""
    return _counted(pace.c.lane).where(pace.c.next_at > tx.now() + 10 * _MINUTE)


def _unsealed(tx: Tx) -> Select[int, str]:
    """The sealer is behind, or passes something over."""
    # As it looks itself: what committed long after its own time does not exist.
    last: datetime | None = tx.execute(select(func.max(seal.c.entry_at))).scalar_one()
    since = [] if last is None else [journal.c.at >= last - _LATEST_COMMIT]
    sealed = select(seal.c.seq).where(seal.c.entry_id == journal.c.id).exists()
    late = (
        select(journal.c.id)
        .where(*since, journal.c.at <= tx.now() - 5 * _MINUTE, ~sealed)
        .limit(_ENOUGH)
        .subquery()
    )
    return _counted(late.c.id)


def _none(correlated: Select[Any]) -> ColumnElement[bool]:
    """As NOT EXISTS, but looked up row by row: PostgreSQL would join with the whole of history."""
    return correlated.limit(1).scalar_subquery().is_(None)


def _counted(name: ColumnElement[str]) -> Select[int, str]:
    return select(func.count(), func.min(name)).select_from(name.table)


_QUESTIONS: Mapping[Kind, Callable[[Tx], Select[int, str]]] = {
    "no_timer": _without_timer,
    "no_card": _without_card,
    "card_late": _card_late,
    "no_callback": _without_callback,
    "lease_overdue": _lease_overdue,
    "pace_far": _pace_far,
    "unsealed": _unsealed,
}
