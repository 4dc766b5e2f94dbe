"""What became of the cases of each category: counted in indexes that hold all it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.store.tables import decision, escalation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Column, ColumnElement

    from bot.domain.request import DecisionType
    from bot.store.tx import Tx


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


def _of(column: Column[str], wanted: str | None) -> list[ColumnElement[bool]]:
    # As an expression, lest SQLite take the index of all that an agent ever asked.
    return [] if wanted is None else [column.concat("") == wanted]
