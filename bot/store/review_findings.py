"""Findings of reviews, and the reviews of which each consists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import and_, func, select, update

from bot.domain.errors import NotFoundError
from bot.domain.people import Actor, Named
from bot.domain.review import Verdict
from bot.domain.review_finding import Kind, ReviewFinding, Step
from bot.store.tables import escalation, output, review, review_finding, review_finding_case

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row

    from bot.store.tx import Tx

_OWNER = TypeAdapter(Named | None)
_STEP = TypeAdapter(Step | None)
_SECOND = TypeAdapter(Actor)
_VERDICT = TypeAdapter(Verdict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """One of its errors: what was said of it, and whether somebody else said the same."""

    review_id: str
    verdict: Verdict
    second: tuple[Actor, bool] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """How many cases, how many of them came back and were judged, and how many were right then."""

    cases: int
    tried: int
    right: int


def of_kind(tx: Tx, kind: Kind) -> ReviewFinding | None:
    """The finding of that kind, locked; where there is none, nobody else begins one meanwhile."""
    tx.queue_up("review_finding", kind.category, kind.error_type, kind.root_cause or "")
    row = tx.execute(
        select(review_finding)
        .where(
            review_finding.c.category == kind.category,
            review_finding.c.error_type == kind.error_type,
            review_finding.c.root_cause == (kind.root_cause or ""),
        )
        .with_for_update()
    ).one_or_none()
    return None if row is None else _finding(row)


def put(tx: Tx, one: ReviewFinding) -> None:
    """Remember it as it is now."""
    tx.upsert(
        review_finding,
        {
            "id": one.id,
            "category": one.kind.category,
            "error_type": one.kind.error_type,
            "root_cause": one.kind.root_cause or "",
            "route": one.route,
            "severity": one.severity,
            "state": one.state,
            "begun_at": one.begun_at,
            "seen_at": one.seen_at,
            "errors": one.errors,
            "reopened": one.reopened,
            "owner": _OWNER.dump_python(one.owner, mode="json"),
            "due": None if one.due is None else one.due.isoformat(),
            "fixed": _STEP.dump_python(one.fixed, mode="json"),
            "verified": _STEP.dump_python(one.verified, mode="json"),
        },
    )


def link(tx: Tx, finding_id: str, review_id: str) -> None:
    """The review is one of its errors."""
    tx.add(
        review_finding_case,
        {"review_id": review_id, "finding_id": finding_id, "at": tx.now()},
    )


def second(tx: Tx, review_id: str, actor: Actor, *, wrong: bool) -> None:
    """What somebody else said of that error."""
    tx.execute(
        update(review_finding_case)
        .where(review_finding_case.c.review_id == review_id)
        .values(second=_SECOND.dump_python(actor, mode="json"), confirmed=wrong)
    )


def find(tx: Tx, finding_id: str) -> ReviewFinding:
    """Raises NotFoundError."""
    found = select(review_finding).where(review_finding.c.id == finding_id)
    return _found(tx.execute(found).one_or_none())


def lock(tx: Tx, finding_id: str) -> ReviewFinding:
    """The same, and nobody else changes it before this transaction ends."""
    found = select(review_finding).where(review_finding.c.id == finding_id).with_for_update()
    return _found(tx.execute(found).one_or_none())


def every(
    tx: Tx, *, category: str | None = None, states: Iterable[str] = ("open", "fixed", "verified")
) -> list[ReviewFinding]:
    """The latest error first. There is one a kind, so they are never many."""
    asked = select(review_finding).where(review_finding.c.state.in_([*states]))
    if category is not None:
        asked = asked.where(review_finding.c.category == category)
    return [_finding(row) for row in tx.execute(asked.order_by(review_finding.c.seen_at.desc()))]


def errors_of(tx: Tx, finding_id: str, limit: int) -> list[Error]:
    """The latest first, as far as retention has left them."""
    rows = tx.execute(
        select(review_finding_case, review.c.verdict)
        .join(review, review.c.id == review_finding_case.c.review_id)
        .where(review_finding_case.c.finding_id == finding_id)
        .order_by(review_finding_case.c.at.desc(), review_finding_case.c.review_id.desc())
        .limit(limit)
    )
    return [
        Error(
            review_id=row.review_id,
            verdict=_VERDICT.validate_python(row.verdict),
            second=None
            if row.second is None
            else (_SECOND.validate_python(row.second), row.confirmed),
        )
        for row in rows
    ]


def tried_again(tx: Tx, finding_id: str) -> Tried:
    """How many of its cases came back from their agents, and how many of them are right now: the
    latest try of each that somebody has judged.
    """
    first, again, made = review.alias(), output.alias(), output.alias()
    named = func.coalesce(made.c.item_id, first.c.escalation_id)
    rows = tx.execute(
        select(named.label("case"), review.c.verdict)
        .select_from(review_finding_case)
        .join(first, first.c.id == review_finding_case.c.review_id)
        .outerjoin(made, made.c.id == first.c.output_id)
        .outerjoin(
            again,
            and_(
                again.c.re_evaluates == named,
                again.c.agent
                == func.coalesce(
                    made.c.agent,
                    select(escalation.c.agent)
                    .where(escalation.c.id == first.c.escalation_id)
                    .scalar_subquery(),
                ),
            ),
        )
        .outerjoin(
            review,
            and_(
                review.c.output_id == again.c.id,
                review.c.purpose == "re_evaluation",
                review.c.verdict.is_not(None),
            ),
        )
        .where(review_finding_case.c.finding_id == finding_id)
        .order_by(again.c.id)
    ).all()
    latest = {row.case: row.verdict["correct"] for row in rows if row.verdict is not None}
    return Tried(
        cases=len({row.case for row in rows}), tried=len(latest), right=sum(latest.values())
    )


def links(tx: Tx, review_ids: Sequence[str]) -> dict[str, tuple[str, bool | None]]:
    """Which finding each of these belongs to, where it does, and whether it was confirmed."""
    rows = tx.execute(
        select(review_finding_case).where(review_finding_case.c.review_id.in_(review_ids))
    )
    return {row.review_id: (row.finding_id, row.confirmed) for row in rows}


def _found(row: Row[Any] | None) -> ReviewFinding:
    if row is None:
        raise NotFoundError("There is no such finding.")
    return _finding(row)


def _finding(row: Row[Any]) -> ReviewFinding:
    return ReviewFinding(
        id=row.id,
        kind=Kind(
            category=row.category, error_type=row.error_type, root_cause=row.root_cause or None
        ),
        route=row.route,
        severity=row.severity,
        state=row.state,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        errors=row.errors,
        reopened=row.reopened,
        owner=_OWNER.validate_python(row.owner),
        due=None if row.due is None else date.fromisoformat(row.due),
        fixed=_STEP.validate_python(row.fixed),
        verified=_STEP.validate_python(row.verified),
    )
