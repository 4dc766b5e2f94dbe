"""The facts of a weekly report: read together, at one moment."""

from __future__ import annotations

import math
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.report import (
    CATEGORIES,
    WEEK,
    CategoryInReport,
    Report,
    Reviewed,
    Turn,
    WeekOfAnswers,
    WeekOfErrors,
    week_starts,
)
from bot.policy.targets import target_band
from bot.store import answer_times, categories, journal
from bot.usecases.categories import categories_now

if TYPE_CHECKING:
    from bot.policy.book import Book
    from bot.store.tx import Tx

# Beyond so many turns in one week somebody is trying something out.
_TURNS = 10


def gather(
    tx: Tx, book: Book, timezone: str, until: datetime, category: str | None = None
) -> Report:
    """Of the seven days before `until`; of one category, or of all."""
    since = until - WEEK
    shown, more = _categories(tx, book, since, until, category)
    starts = week_starts(until)
    return Report(
        since=since,
        until=until,
        timezone=timezone,
        category=category,
        week=Reviewed(),
        before=Reviewed(),
        types=(),
        weeks=tuple(WeekOfErrors(began=began, seen=Reviewed()) for began in starts),
        categories=shown,
        more_categories=more,
        answers=tuple(_answers(tx, began, category) for began in starts),
        turns=_turns(tx, since, until, category),
    )


def _categories(
    tx: Tx, book: Book, since: datetime, until: datetime, only: str | None
) -> tuple[tuple[CategoryInReport, ...], int]:
    """Those with most cases first; and how many there are besides."""
    volumes = categories.volumes(tx, since, None, only, until=until)
    standing = {one.name: one for one in categories_now(tx, book, only) if one.name in volumes}
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


def _answers(tx: Tx, began: datetime, category: str | None) -> WeekOfAnswers:
    waited = sorted(answer_times.between(tx, began, began + WEEK, category))
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
