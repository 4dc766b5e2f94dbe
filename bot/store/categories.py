"""What became of the cases of each category: counted in indexes that hold all it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import func, select

from bot.domain.review import Verdict
from bot.store.tables import decision, escalation, review, scored_case

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement

    from bot.domain.request import DecisionType
    from bot.store.tx import Tx


_VERDICT = TypeAdapter(Verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How many cases there were, and how many of them people were asked about."""

    cases: int = 0
    asked: int = 0

    @property
    def escalation_rate(self) -> float | None:
        """None where there was no case."""
        return self.asked / self.cases if self.cases else None


def volumes(
    tx: Tx,
    since: datetime,
    agent: str | None = None,
    category: str | None = None,
    *,
    until: datetime | None = None,
) -> dict[str, Volume]:
    """By category; of one agent, or of all, and of one category, or of all."""
    rows = tx.execute(
        select(escalation.c.category, escalation.c.ruled, func.count().label("cases"))
        .where(
            escalation.c.ruled.is_not(None),
            escalation.c.created_at > since,
            *([] if until is None else [escalation.c.created_at <= until]),
            *_of(escalation.c.agent, agent),
            *_of(escalation.c.category, category),
        )
        .group_by(escalation.c.category, escalation.c.ruled)
    )
    found: dict[str, Volume] = {}
    for row in rows:
        before = found.get(row.category, Volume())
        asked = 0 if row.ruled else row.cases
        found[row.category] = Volume(cases=before.cases + row.cases, asked=before.asked + asked)
    return found


def verdicts(
    tx: Tx, since: datetime, agent: str | None = None, category: str | None = None
) -> dict[str, dict[DecisionType, int]]:
    """By category: how often people said what of a case that was put to them."""
    rows = tx.execute(
        select(decision.c.category, decision.c.type, func.count().label("cases"))
        .where(
            decision.c.category.is_not(None),
            decision.c.decided_at > since,
            *_of(decision.c.agent, agent),
            *_of(decision.c.category, category),
        )
        .group_by(decision.c.category, decision.c.type)
    )
    found: dict[str, dict[DecisionType, int]] = {}
    for row in rows:
        found.setdefault(row.category, {})[row.type] = row.cases
    return found


def audits(
    tx: Tx, category: str, since: datetime, agent: str | None = None
) -> list[tuple[float, float]]:
    """What went out of the category by its score and was looked at since: the chance of each to
    be, and how wrong it was.
    """
    rows = tx.execute(
        select(scored_case.c.pi, review.c.verdict)
        .join(review, review.c.escalation_id == scored_case.c.escalation_id)
        .join(escalation, escalation.c.id == scored_case.c.escalation_id)
        .where(
            scored_case.c.category == category,
            scored_case.c.at > since,
            scored_case.c.pi.is_not(None),
            review.c.purpose == "audit",
            review.c.verdict.is_not(None),
            *_of(escalation.c.agent, agent),
        )
        .order_by(review.c.id)
    )
    return [(float(row.pi or 1), _VERDICT.validate_python(row.verdict).loss) for row in rows]


def _of(column: Column[str], wanted: str | None) -> list[ColumnElement[bool]]:
    # As an expression, lest SQLite take the index of all that an agent ever asked.
    return [] if wanted is None else [column.concat("") == wanted]
