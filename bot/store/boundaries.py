"""What people said of the cases that a learned boundary judges, in the order in which it learns."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, select

from bot.store.tables import boundary_label, scored_case

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.boundary import Said
    from bot.store.tx import Tx

_LAST = select(func.max(boundary_label.c.seq)).where(
    boundary_label.c.category == bindparam("wanted")
)
_LESSONS = (
    select(
        boundary_label.c.seq,
        boundary_label.c.escalation_id,
        boundary_label.c.said,
        boundary_label.c.at,
        scored_case.c.features,
        scored_case.c.p_override,
        scored_case.c.p_by_score,
    )
    .outerjoin(scored_case, scored_case.c.escalation_id == boundary_label.c.escalation_id)
    .where(
        boundary_label.c.category == bindparam("wanted"), boundary_label.c.seq > bindparam("after")
    )
    # The newest, should there be more than anybody learns from.
    .order_by(boundary_label.c.seq.desc())
    .limit(bindparam("most"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One thing that a person said; `features` are gone with the case, or of an older release."""

    seq: int
    case: str
    said: Said
    at: datetime
    features: Mapping[str, float] | None
    p: float
    by_score: float


def append(tx: Tx, category: str, escalation_id: str, said: Said) -> None:
    """The category is locked, so they are seen in their order."""
    seq = (tx.execute(_LAST, {"wanted": category}).scalar_one() or 0) + 1
    tx.add(
        boundary_label,
        {
            "category": category,
            "seq": seq,
            "escalation_id": escalation_id,
            "said": said,
            "at": tx.now(),
        },
    )


def lessons(tx: Tx, category: str, after: int, most: int) -> tuple[list[Lesson], datetime]:
    """What was said after that one, the oldest first and at most the newest so many; and now."""
    rows = tx.execute(_LESSONS, {"wanted": category, "after": after, "most": most}).all()
    found = [
        Lesson(
            seq=row.seq,
            case=row.escalation_id,
            said=row.said,
            at=row.at,
            features=None if row.features is None else json.loads(row.features),
            p=float(row.p_override or 0),
            by_score=float(row.p_by_score or 0),
        )
        for row in reversed(rows)
    ]
    return found, tx.now()


def last_judged(tx: Tx, category: str, most: int) -> list[float]:
    """How likely the last cases were thought to be overridden, the oldest first."""
    rows = tx.execute(
        select(scored_case.c.p_override)
        .where(scored_case.c.category == category, scored_case.c.p_override.is_not(None))
        .order_by(scored_case.c.at.desc())
        .limit(most)
    )
    return [float(one) for one in rows.scalars()][::-1]


def not_similar(tx: Tx, category: str, ids: tuple[str, ...]) -> set[str]:
    """Those of these overrides of which a person has said that they are no reason."""
    rows = tx.execute(
        select(boundary_label.c.escalation_id).where(
            and_(
                boundary_label.c.category == category,
                boundary_label.c.said == "not_similar",
                boundary_label.c.escalation_id.in_(ids),
            )
        )
    )
    return set(rows.scalars())


def precision(tx: Tx, category: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Of those that it held and people answered, how many they overrode: first of those whose card
    said so, then of the control.
    """
    rows = tx.execute(
        select(boundary_label.c.said, scored_case.c.boundary)
        .join(scored_case, scored_case.c.escalation_id == boundary_label.c.escalation_id)
        .where(
            boundary_label.c.category == category,
            boundary_label.c.said != "not_similar",
            scored_case.c.boundary.is_not(None),
        )
    )
    found = [(json.loads(row.boundary)["control"], row.said == "overridden") for row in rows]
    told = [overridden for control, overridden in found if not control]
    control = [overridden for control, overridden in found if control]
    return (len(told), sum(told)), (len(control), sum(control))
