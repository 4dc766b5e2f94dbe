"""How many outputs came of each category, and how many of a day's are reviewed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zlib import crc32

from pydantic import TypeAdapter
from sqlalchemy import func, select

from bot.domain.review import Verdict
from bot.learning.day_plan import DayPlan, Past
from bot.store.tables import output, output_volume, review, sampling_plan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Row

    from bot.domain.review import ErrorType
    from bot.store.tx import Tx

_VERDICT = TypeAdapter(Verdict)
# Replicas that count at once mostly take different rows.
_PARTS = 16
# So many scores say well enough where the thirds of all of them lie.
_SCORES = 3000


def day_of(moment: datetime) -> str:
    """The day by UTC that a plan holds for: 2026-11-30."""
    return moment.date().isoformat()


def plan(tx: Tx, day: str, category: str) -> DayPlan | None:
    """None where the day has none for it yet."""
    row = tx.execute(
        select(sampling_plan.c.cuts, sampling_plan.c.chances).where(
            sampling_plan.c.day == day, sampling_plan.c.category == category
        )
    ).one_or_none()
    return None if row is None else DayPlan(cuts=tuple(row.cuts), chances=tuple(row.chances))


def has_plans(tx: Tx, day: str) -> bool:
    found = select(sampling_plan.c.category).where(sampling_plan.c.day == day).limit(1)
    return tx.execute(found).first() is not None


def lock_plans(tx: Tx) -> None:
    """One makes the day's plans; whoever waited finds them made."""
    tx.queue_up("sampling")


def keep_plan(tx: Tx, day: str, category: str, made: DayPlan) -> None:
    """What stands there already is not changed: it holds for the whole day."""
    row = {"day": day, "category": category, "cuts": made.cuts, "chances": made.chances}
    tx.add_once(sampling_plan, row | {"made_at": tx.now()})


def count(tx: Tx, counts: Mapping[tuple[str, int], int], *, by: str) -> None:
    """So many more of each category and third today. The last locks that a verb takes.

    `by`: an id of this transaction; which of the rows counts it follows from that.
    """
    day, part = day_of(tx.now()), 0 if tx.alone else crc32(by.encode()) % _PARTS
    # In one order, lest two wait for each other.
    for (category, third), more in sorted(counts.items()):
        insert = tx.insert(output_volume).values(
            day=day, category=category, third=third, part=part, outputs=more
        )
        keys = ["day", "category", "third", "part"]
        tx.execute(
            insert.on_conflict_do_update(
                index_elements=keys, set_={"outputs": output_volume.c.outputs + more}
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """An output that the coin chose, and what was found of it."""

    category: str
    third: int
    pi: float
    #: None while nobody has answered.
    loss: float | None
    error_type: ErrorType | None


def volumes(tx: Tx, first: date, last: date) -> dict[str, dict[int, int]]:
    """How many came from the first day to the last, both with them: by category and third."""
    total = func.sum(output_volume.c.outputs).label("outputs")
    rows = tx.execute(
        select(output_volume.c.category, output_volume.c.third, total)
        .where(
            output_volume.c.day >= first.isoformat(),
            output_volume.c.day <= last.isoformat(),
        )
        .group_by(output_volume.c.category, output_volume.c.third)
    )
    found: dict[str, dict[int, int]] = defaultdict(dict)
    for row in rows:
        found[row.category][row.third] = int(row.outputs)
    return dict(found)


def sampled(tx: Tx, since: datetime, until: datetime) -> list[Sampled]:
    """The outputs of a period that the coin chose. What was looked at for another reason is none.

    Both times are of the output: `until` itself is not in the period.
    """
    rows = tx.execute(
        select(output.c.category, output.c.third, output.c.pi, review.c.verdict)
        .join(output, output.c.id == review.c.output_id)
        .where(
            review.c.purpose == "sample",
            review.c.created_at >= since,
            review.c.created_at < until,
        )
        .order_by(review.c.id)
    )
    return [_sampled(row) for row in rows]


def pasts(tx: Tx, since: datetime) -> dict[str, Past]:
    """What is known of each category that had outputs since then."""
    now = tx.now()
    losses: dict[tuple[str, int], list[float]] = defaultdict(list)
    for one in sampled(tx, since, now):
        if one.loss is not None:
            losses[one.category, one.third].append(one.loss)
    return {
        category: Past(
            scores=_latest_scores(tx, category),
            volumes=(by_third.get(0, 0), by_third.get(1, 0), by_third.get(2, 0)),
            losses=(losses[category, 0], losses[category, 1], losses[category, 2]),
        )
        for category, by_third in sorted(volumes(tx, since.date(), now.date()).items())
    }


def verdicts(tx: Tx, category: str, first: date, last: date) -> list[tuple[int, float, Verdict]]:
    """Of the outputs of these days that the coin chose and somebody judged: the third, the chance
    and what was found.
    """
    rows = tx.execute(
        select(output.c.third, output.c.pi, review.c.verdict)
        .join(review, review.c.output_id == output.c.id)
        .where(
            output.c.category == category,
            output.c.at >= _midnight(first),
            output.c.at < _midnight(last + timedelta(days=1)),
            review.c.purpose == "sample",
            review.c.verdict.is_not(None),
        )
        .order_by(output.c.id)
    )
    return [(row.third, float(row.pi or 0), _VERDICT.validate_python(row.verdict)) for row in rows]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _latest_scores(tx: Tx, category: str) -> tuple[float, ...]:
    rows: list[Any] = list(
        tx.execute(
            select(output.c.score)
            .where(output.c.category == category, output.c.score.is_not(None))
            .order_by(output.c.id.desc())
            .limit(_SCORES)
        ).scalars()
    )
    return tuple(map(float, rows))


def _sampled(row: Row[Any]) -> Sampled:
    verdict = None if row.verdict is None else _VERDICT.validate_python(row.verdict)
    return Sampled(
        category=row.category,
        third=row.third,
        pi=float(row.pi),
        loss=None if verdict is None else verdict.loss,
        error_type=None if verdict is None else verdict.error_type,
    )
