"""The facts of a weekly report: read together, at one moment."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, get_args

from bot.cards.wording_review_findings import kind_plainly
from bot.domain.report import (
    CATEGORIES,
    ENOUGH,
    WEEK,
    WEEKS_BEFORE,
    CategoryInReport,
    FindingInReport,
    Report,
    Reviewed,
    Share,
    Turn,
    TypeOfError,
    WeekOfAnswers,
    WeekOfErrors,
    week_starts,
)
from bot.domain.review import ErrorType
from bot.policy.targets import target_band
from bot.store import answer_times, categories, journal, review_findings
from bot.usecases.categories import categories_now
from bot.usecases.estimates import estimates
from bot.usecases.finding_evidence import before_and_after, what_changed

if TYPE_CHECKING:
    from bot.domain.estimate import CategoryEstimate, ErrorRate
    from bot.domain.review_finding import ReviewFinding
    from bot.domain.review_finding import Share as SeenShare
    from bot.policy.book import Book
    from bot.store.tx import Tx

_DAY = timedelta(days=1)
_TYPES: tuple[ErrorType, ...] = get_args(ErrorType)
# Beyond so many turns in one week somebody is trying something out.
_TURNS = 10


def gather(
    tx: Tx, book: Book, last: date, *, category: str | None = None, due: datetime | None = None
) -> Report:
    """Of the seven days up to `last`, by UTC; of one category, or of all."""
    first = last - WEEK + _DAY
    since, until = _begins(first), _begins(last + _DAY)
    week = _estimate(tx, first, last, category)
    starts = week_starts(last)
    shown, more = _categories(tx, book, since, until, category)
    return Report(
        first=first,
        last=last,
        due=due,
        category=category,
        week=_reviewed(week),
        before=_reviewed(_estimate(tx, first - WEEK * WEEKS_BEFORE, first - _DAY, category)),
        types=_types(week),
        weeks=tuple(
            WeekOfErrors(
                began=began, seen=_reviewed(_estimate(tx, began, began + WEEK - _DAY, category))
            )
            for began in starts
        ),
        categories=shown,
        more_categories=more,
        answers=tuple(_answers(tx, began, category) for began in starts),
        turns=_turns(tx, since, until, category),
        findings=_findings(tx, since, last, category),
    )


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


# --- what reviews say ----------------------------------------------------------------------------


def _estimate(tx: Tx, first: date, last: date, category: str | None) -> CategoryEstimate | None:
    found = estimates(tx, first, last)
    return next((one for one in found if one.category == category), None)


def _reviewed(found: CategoryEstimate | None) -> Reviewed:
    if found is None:
        return Reviewed()
    return Reviewed(outputs=found.volume, reviewed=found.reviewed, errors=_share(found.error))


def _share(rate: ErrorRate | None) -> Share | None:
    """None where too few were reviewed."""
    if rate is None or rate.reviewed < ENOUGH:
        return None
    return Share(rate=rate.rate, low=rate.low, high=rate.high)


def _types(week: CategoryEstimate | None) -> tuple[TypeOfError, ...]:
    """Those with most errors first; none where nothing was reviewed."""
    if week is None or not week.reviewed:
        return ()
    found = [
        TypeOfError(type=kind, count=week.seen.get(kind, 0), share=_share(week.by_type.get(kind)))
        for kind in _TYPES
    ]
    return tuple(sorted(found, key=lambda one: -one.count))


def _findings(
    tx: Tx, since: datetime, last: date, category: str | None
) -> tuple[FindingInReport, ...]:
    """What is to be mended, then what is to be verified, then what was verified this week."""
    every = review_findings.every(tx, category=category)
    found = [one for one in every if one.verified is None or one.verified.at > since]
    found.sort(key=lambda one: ("open", "fixed", "verified").index(one.state))
    return tuple(_finding(tx, one, last) for one in found)


def _finding(tx: Tx, one: ReviewFinding, last: date) -> FindingInReport:
    tried = review_findings.tried_again(tx, one.id)
    seen = FindingInReport(
        id=one.id,
        title=kind_plainly(one.kind),
        state=one.state,
        errors=one.errors,
        owner=None if one.owner is None else one.owner.id,
        due=one.due,
        tried=tried.tried,
        right=tried.right,
    )
    if one.fixed is None or one.state == "open":
        return seen
    found = what_changed(*before_and_after(tx, one.kind, one.fixed.at, last=last))
    if found is None:
        return seen
    return replace(seen, before=_whole(found.before), after=_whole(found.after), change=found.how)


def _whole(share: SeenShare) -> Share:
    return Share(rate=share.rate, low=share.low, high=share.high)


# --- what people saw, and how fast they were -----------------------------------------------------


def _categories(
    tx: Tx, book: Book, since: datetime, until: datetime, only: str | None
) -> tuple[tuple[CategoryInReport, ...], int]:
    """Those with most cases first; and how many there are besides."""
    volumes = categories.volumes(tx, since, None, only, until=until)
    standing = {one.name: one for one in categories_now(tx, book, only)}
    found = []
    for name, volume in volumes.items():
        listed, now = book.category(name), standing.get(name)
        found.append(
            CategoryInReport(
                name=name,
                cases=volume.cases,
                escalation_rate=volume.escalation_rate,
                band=None if listed is None else target_band(listed),
                state="unlisted" if now is None else now.state,
                threshold=None if now is None else now.threshold,
                evidence=None if now is None else now.evidence,
                ends=_moment(None if now is None else now.expires_at),
            )
        )
    found.sort(key=lambda one: (-one.cases, one.name))
    return tuple(found[:CATEGORIES]), max(0, len(found) - CATEGORIES)


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _answers(tx: Tx, began: date, category: str | None) -> WeekOfAnswers:
    waited = sorted(answer_times.between(tx, _begins(began), _begins(began + WEEK), category))
    if not waited:
        return WeekOfAnswers(began=began)
    return WeekOfAnswers(
        began=began,
        count=len(waited),
        half_seconds=_within(waited, 0.5),
        most_seconds=_within(waited, 0.9),
    )


def _within(waited: list[int], share: float) -> int:
    """The least length in which that share of them was over."""
    return waited[max(0, math.ceil(share * len(waited)) - 1)]


def _turns(tx: Tx, since: datetime, until: datetime, only: str | None) -> tuple[Turn, ...]:
    """What closed, then what opened, the latest first: a closing is what people must know."""
    entries = journal.of_house(tx, {"category.opened", "category.closed"}, since, until)
    turns = [
        Turn(
            category=entry.data["category"],
            at=entry.at,
            closed_by=entry.data["reason"] if entry.event == "category.closed" else None,
        )
        for entry in reversed(entries)
        if only in {None, entry.data["category"]}
    ]
    turns.sort(key=lambda one: one.closed_by is None)
    return tuple(turns[:_TURNS])
