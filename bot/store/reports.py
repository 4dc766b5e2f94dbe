"""Weekly reports: the times that were dealt with, the facts as they were then, and the pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update

from bot.domain.errors import NotFoundError
from bot.domain.report import Pictures, Report
from bot.store.messages import TOPIC, stand
from bot.store.tables import message, report, report_run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Row

    from bot.store.tx import Tx

_FACTS = TypeAdapter(Report)
# Reports are few; more than these do not wait at once.
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A report, and how far its pictures have come."""

    id: str
    facts: Report
    made_at: datetime
    pictures: Pictures
    #: Slack's ids of the pictures, in their order; empty until it has them.
    files: tuple[str, ...] = ()
    #: When somebody was about to share them for the first time.
    tried_at: datetime | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Owing:
    """A report that stands somewhere, and whose pictures do not yet."""

    kept: Kept
    channel: str
    ts: str


def begin(tx: Tx) -> None:
    """From now on no time of the report is missed."""
    tx.add_once(report_run, {"slot": tx.now(), "made_at": tx.now(), "report_id": None})


def last_run(tx: Tx) -> datetime | None:
    """The last time that was dealt with, or when the policy first had a report."""
    found: datetime | None = tx.execute(select(func.max(report_run.c.slot))).scalar_one()
    return found


def run_once(tx: Tx, slot: datetime, report_id: str) -> bool:
    """False when somebody else deals with that time, or has."""
    row = {"slot": slot, "made_at": tx.now(), "report_id": report_id}
    return tx.add_once(report_run, row)


def add(tx: Tx, report_id: str, facts: Report, *, channel: str) -> None:
    """The report shall stand in the channel, or with the person of that id, behind all cards."""
    now = tx.now()
    tx.add(
        report,
        {
            "id": report_id,
            "made_at": now,
            "facts": _FACTS.dump_python(facts, mode="json"),
            "pictures": "owed",
            "due_at": now,
            "attempts": 0,
        },
    )
    stand(tx, "report", channel, report_id=report_id)


def made_since(tx: Tx, channel: str, since: datetime) -> bool:
    """Whether a report for that channel or person has been made since then."""
    found = tx.execute(
        select(message.c.id)
        .where(
            message.c.report_id.is_not(None),
            message.c.channel == channel,
            message.c.created_at > since,
        )
        .limit(1)
    )
    return found.first() is not None


def find(tx: Tx, report_id: str) -> Kept:
    """Raises NotFoundError."""
    row = tx.execute(select(report).where(report.c.id == report_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such report.")
    return _kept(row)


def owing(tx: Tx) -> list[Owing]:
    """Reports whose pictures can be sent now, the oldest first."""
    rows = tx.execute(
        select(report, message.c.posted_channel, message.c.ts)
        .join(message, message.c.report_id == report.c.id)
        .where(
            report.c.pictures == "owed",
            report.c.due_at <= tx.now(),
            message.c.ts.is_not(None),
            message.c.copy_of.is_(None),
        )
        .order_by(report.c.id)
        .limit(_MOST)
    )
    return [Owing(kept=_kept(row), channel=row.posted_channel, ts=row.ts) for row in rows]


def uploaded(tx: Tx, report_id: str, files: Sequence[str]) -> None:
    """Slack has these files, and nobody sees them yet."""
    tx.execute(
        update(report)
        .where(report.c.id == report_id, report.c.pictures == "owed")
        .values(files=list(files))
    )


def announce(tx: Tx, report_id: str) -> None:
    """They are about to be shared: whoever comes next looks for them first."""
    tx.execute(
        update(report)
        .where(report.c.id == report_id, report.c.tried_at.is_(None))
        .values(tried_at=tx.now())
    )


def later(tx: Tx, report_id: str, *, wait: timedelta, problem: str, anew: bool = False) -> None:
    """They are tried again after a while; `anew`: as if Slack had never had them."""
    forgotten = {"files": None, "tried_at": None} if anew else {}
    tx.execute(
        update(report)
        .where(report.c.id == report_id)
        .values(
            due_at=tx.now() + wait,
            attempts=report.c.attempts + 1,
            problem=problem[:300],
            **forgotten,
        )
    )


def end(
    tx: Tx, report_id: str, pictures: Pictures, *, wait: timedelta, problem: str | None
) -> bool:
    """What became of them; its message says so after `wait`. False: that was known already."""
    ended = tx.execute(
        update(report)
        .where(report.c.id == report_id, report.c.pictures == "owed")
        .values(pictures=pictures, problem=problem)
    )
    if ended.rowcount != 1:
        return False
    due = tx.now() + wait
    tx.execute(
        update(message)
        .where(message.c.report_id == report_id)
        .values(wanted_rev=message.c.wanted_rev + 1, due_at=due, behind_since=due)
    )
    tx.tell(TOPIC)
    return True


def given_up(tx: Tx, report_id: str) -> None:
    """It stands nowhere, so its pictures belong nowhere."""
    tx.execute(update(report).where(report.c.id == report_id).values(pictures="failed"))


def remove(tx: Tx, before: datetime) -> None:
    """Reports that were made before then; that their times were dealt with stays."""
    old = select(report.c.id).where(report.c.made_at < before)
    tx.execute(delete(message).where(message.c.report_id.in_(old)))
    tx.execute(delete(report).where(report.c.made_at < before))


def forget(tx: Tx, owned: ColumnElement[bool], rename: Any) -> int:
    """Another name for whoever owns findings in them."""
    rows = tx.execute(select(report.c.id, report.c.facts).where(owned)).all()
    for row in rows:
        tx.execute(update(report).where(report.c.id == row.id).values(facts=rename(row.facts)))
    return len(rows)


def _kept(row: Row[Any]) -> Kept:
    return Kept(
        id=row.id,
        facts=_FACTS.validate_python(row.facts),
        made_at=row.made_at,
        pictures=row.pictures,
        files=tuple(row.files or ()),
        tried_at=row.tried_at,
        attempts=row.attempts,
    )
