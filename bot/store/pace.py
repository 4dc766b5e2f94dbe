"""When each method may be called next: rows that all replicas share, by the database's clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, case, func, literal, select, type_coerce

from bot.store.columns import Instant
from bot.store.tables import pace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Executable
    from sqlalchemy.dialects import postgresql, sqlite

    from bot.domain.pacing import Beat
    from bot.store.tx import Tx

_AHEAD = select(pace.c.lane, pace.c.next_at).where(pace.c.next_at > bindparam("now"))
_HELD = select(func.max(pace.c.held_until)).where(
    pace.c.lane.in_(bindparam("lanes", expanding=True))
)
_RESERVE: dict[bool, Executable] = {}


def reserve(tx: Tx, lane: str, beat: Beat) -> bool:
    """Take the lane's slot if one is free now; whoever comes next finds the one after it.

    A parallel claimer is waited for: no two get the same slot.
    """
    now = tx.now()
    # What was not used while the lane was at rest, a burst at most, is there to be used.
    earliest = now - beat.gap * (beat.burst - 1)
    slot = {
        "of": lane,
        "now": now,
        "earliest": earliest,
        "first": earliest + beat.gap,
        "gap": _micros(beat.gap),
    }
    if tx.alone not in _RESERVE:
        # Made once in each database's own dialect.
        _RESERVE[tx.alone] = _reserving(tx.insert(pace))
    return tx.execute(_RESERVE[tx.alone], slot).first() is not None


def _reserving(insert: postgresql.Insert | sqlite.Insert) -> Executable:
    earliest = bindparam("earliest", type_=Instant)
    start = case((pace.c.next_at > earliest, pace.c.next_at), else_=earliest)
    gap = bindparam("gap", type_=BigInteger)
    taken = insert.values(lane=bindparam("of"), next_at=bindparam("first"))
    return taken.on_conflict_do_update(
        index_elements=["lane"],
        set_={"next_at": type_coerce(start, BigInteger) + gap},
        where=pace.c.next_at <= bindparam("now"),
    ).returning(pace.c.lane)


def hold(tx: Tx, lane: str, length: timedelta) -> None:
    """Slack asked for a rest: until then nobody calls, whichever replica heard it."""
    until = tx.now() + length
    held = literal(until, Instant)
    row = {"lane": lane, "next_at": until, "held_until": until}
    tx.execute(
        tx.insert(pace)
        .values(row)
        .on_conflict_do_update(
            index_elements=["lane"],
            set_={
                "next_at": case((pace.c.next_at > held, pace.c.next_at), else_=held),
                "held_until": case((pace.c.held_until > held, pace.c.held_until), else_=held),
            },
        )
    )


def held(tx: Tx, lanes: Iterable[str]) -> bool:
    """Whether Slack asked for a rest in one of the lanes that is not over."""
    until = tx.execute(_HELD, {"lanes": list(lanes)}).scalar_one()
    return until is not None and until > tx.now()


def ahead(tx: Tx) -> dict[str, datetime]:
    """The lanes that are not free now, and when they are."""
    rows = tx.execute(_AHEAD, {"now": tx.now()})
    return {row.lane: row.next_at for row in rows}


def _micros(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
