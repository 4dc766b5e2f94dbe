"""Look at the house as an auditor does: is everything owed, on its way, and in time?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_findings as wording
from bot.domain.outgoing import Alert
from bot.store import findings, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from bot.domain.findings import Kind
    from bot.store.findings import Found, Told
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: Slack's seal and callbacks carry times: beyond this the two clocks are not one.
_SKEW = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong now, as far as this process has looked, and what of it is news or is over."""

    found: Mapping[Kind, Found]
    new: tuple[Kind, ...] = ()
    over: tuple[Kind, ...] = ()
    #: Nothing is wrong anywhere: neither in the tables nor by what any process sees of itself.
    clean: bool


async def audit_house(
    desk: Desk, instance: str, machine_now: Callable[[], datetime], *, deaf: bool, tables: bool
) -> Verdict:
    """Reads only, as long as there is no news; then the operators are told, once for all replicas.

    `deaf`: this process has not heard the others for a while. `tables`: it looks at the tables
    too, for all replicas; else only at itself, and its verdict is never clean.

    Raises UnavailableError.
    """
    before = machine_now()
    house, known, now = await desk.ledger.read(_look, tables=tables)
    here = _clock(before, now, machine_now())
    if deaf:
        here["listener"] = findings.Found(1, instance)
    as_told = house.keys() == {one.kind for one in known if not one.instance}
    ours = any(one.instance == instance for one in known)
    others = any(one.instance not in {"", instance} for one in known)
    if here or ours or (tables and (others or not as_told)):
        # Outside of the writer's turn, where nobody waits for it, the tables were looked at.
        return await desk.ledger.run_behind(_tell, instance, house, here, tables=tables)
    return Verdict(found=house, clean=tables and not house)


def _look(tx: Tx, *, tables: bool) -> tuple[dict[Kind, Found], list[Told], datetime]:
    return findings.look(tx) if tables else {}, findings.told(tx), tx.now()


def _tell(
    tx: Tx,
    instance: str,
    house: Mapping[Kind, Found],
    here: Mapping[Kind, Found],
    *,
    tables: bool,
) -> Verdict:
    # One after the other: whoever is first to write it down, or to strike it out, says so.
    tx.queue_up("audit")
    known, now = findings.told(tx), tx.now()
    new: list[Kind] = []
    for whose, found in (("", house), (instance, here)):
        for kind, what in found.items():
            if findings.remember(tx, kind, whose):
                new.append(kind)
                outbox.owe(tx, Alert(text=wording.found(kind, what.count, what.example)))
    findings.still_there(tx, here, instance)
    over = [one for one in known if _is_over(one, instance, house, here, now, tables=tables)]
    for one in over:
        findings.forget(tx, one)
        outbox.owe(tx, Alert(text=wording.over(one.kind, now - one.since)))
    return Verdict(
        found={**house, **here},
        new=tuple(new),
        over=tuple(one.kind for one in over),
        clean=tables and not (house or here or len(over) < len(known)),
    )


def _is_over(
    one: Told,
    instance: str,
    house: Mapping[Kind, Found],
    here: Mapping[Kind, Found],
    now: datetime,
    *,
    tables: bool,
) -> bool:
    if one.instance == instance:
        return one.kind not in here
    if not tables:
        return False
    return findings.abandoned(one, now) if one.instance else one.kind not in house


def _clock(before: datetime, database: datetime, after: datetime) -> dict[Kind, Found]:
    """How far the database's time lies outside of the moments between which it was asked."""
    off = max(before - database, database - after, timedelta(0))
    seconds = f"{off.total_seconds():.0f} s"
    return {"clock": findings.Found(1, seconds)} if off > _SKEW else {}
