"""Who looked at what, and how: what reviews tell of those who review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import and_, func, or_, select

from bot.domain.review import Verdict
from bot.learning.attention import BY_CHANCE, KnownError, Look
from bot.store.tables import review, review_finding, review_finding_case

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.review import Review
    from bot.store.tx import Tx

_VERDICT = TypeAdapter(Verdict)
#: The latest say how people review now.
_MOST, _MOST_KNOWN = 2000, 200
# An error is known where a second person has said the same, or where somebody has mended it.
_KNOWN = or_(
    review_finding_case.c.confirmed,
    and_(review_finding_case.c.confirmed.is_(None), review_finding.c.state != "open"),
)


def latest(tx: Tx, since: datetime, category: str | None = None) -> list[tuple[str, Look]]:
    """Categories and verdicts, the latest first."""
    asked = select(review).where(review.c.verdict.is_not(None), review.c.ended_at > since)
    if category is not None:
        asked = asked.where(review.c.category == category)
    found = []
    for row in tx.execute(asked.order_by(review.c.ended_at.desc()).limit(_MOST)):
        verdict = _VERDICT.validate_python(row.verdict)
        look = Look(
            reviewer=verdict.actor.id,
            name=verdict.actor.display_name or verdict.actor.id,
            purpose=row.purpose,
            correct=verdict.correct,
            shown_at=row.due_at or row.created_at,
            at=verdict.at,
        )
        found.append((row.category, look))
    return found


def reviewers_of_case(tx: Tx, of: Review) -> frozenset[str]:
    """Who has given a verdict on the same escalation or output."""
    same = [
        column == value
        for column, value in (
            (review.c.escalation_id, of.escalation_id), (review.c.output_id, of.output_id),
        )
        if value is not None
    ]  # fmt: skip
    rows = tx.execute(select(review.c.verdict).where(or_(*same), review.c.verdict.is_not(None)))
    return frozenset(row.verdict["actor"]["id"] for row in rows)


def reviewers_since(tx: Tx, category: str, since: datetime) -> frozenset[str]:
    return frozenset(look.reviewer for _, look in latest(tx, since, category))


def approved_once(tx: Tx, since: datetime, before: datetime) -> list[str]:
    """Ids of reviews by chance that found nothing wrong then, and that nobody looks at twice."""
    again = review.alias()
    rows = tx.execute(
        select(review.c.id, review.c.verdict)
        .where(
            review.c.ended_at > since,
            review.c.ended_at <= before,
            review.c.verdict.is_not(None),
            review.c.purpose.in_(sorted(BY_CHANCE)),
            ~select(again.c.id)
            .where(again.c.purpose == "double", again.c.second_of == review.c.id)
            .exists(),
        )
        .order_by(review.c.id)
    )
    return [row.id for row in rows if row.verdict["correct"]]


def seeded_since(tx: Tx, category: str, since: datetime) -> int:
    """How many known errors were shown."""
    found = select(func.count()).where(
        review.c.purpose == "seeded",
        review.c.category == category,
        review.c.created_at > since,
    )
    return int(tx.execute(found).scalar_one())


def categories_with_known_errors(tx: Tx) -> list[str]:
    rows = tx.execute(
        select(review_finding.c.category)
        .join(review_finding_case, review_finding_case.c.finding_id == review_finding.c.id)
        .where(_KNOWN)
        .distinct()
        .order_by(review_finding.c.category)
    )
    return [row.category for row in rows]


def known_errors(tx: Tx, category: str) -> list[KnownError]:
    """The latest of them."""
    again = review.alias()
    shown = (
        select(again.c.second_of, func.max(again.c.created_at).label("at"))
        .where(again.c.purpose == "seeded")
        .group_by(again.c.second_of)
        .subquery()
    )
    rows = tx.execute(
        select(review_finding_case.c.review_id, review_finding_case.c.at, shown.c.at.label("shown"))
        .join(review_finding, review_finding.c.id == review_finding_case.c.finding_id)
        .outerjoin(shown, shown.c.second_of == review_finding_case.c.review_id)
        .where(review_finding.c.category == category, _KNOWN)
        .order_by(review_finding_case.c.at.desc())
        .limit(_MOST_KNOWN)
    )
    return [
        KnownError(review_id=row.review_id, found_at=row.at, shown_at=row.shown) for row in rows
    ]
