"""What the reviews of some outputs say of all of them, in a period: never the raw share.

Only what the coin chose enters: what was looked at because it was unusual says nothing of the rest.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, get_args

from bot.domain.estimate import CategoryEstimate, ErrorRate
from bot.domain.review import ErrorType
from bot.learning.sampling import Review, post_stratified
from bot.store import sampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from bot.store.sampling import Sampled
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_TYPES: tuple[ErrorType, ...] = get_args(ErrorType)
_Volumes = dict[tuple[str, int], int]


async def read_estimates(desk: Desk, first: date, last: date) -> list[CategoryEstimate]:
    """All categories together, then each that had outputs, by name. Both days are in the period."""
    return await desk.ledger.read(estimates, first, last)


def estimates(tx: Tx, first: date, last: date) -> list[CategoryEstimate]:
    volumes: _Volumes = {
        (category, third): count
        for category, by_third in sampling.volumes(tx, first, last).items()
        for third, count in by_third.items()
    }
    sampled = sampling.sampled(tx, _begins(first), _begins(last + timedelta(days=1)))
    names = sorted({name for name, _ in volumes} | {one.category for one in sampled})
    return [_estimate(name, first, last, volumes, sampled) for name in (None, *names)]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)


def _estimate(
    category: str | None,
    first: date,
    last: date,
    volumes: _Volumes,
    sampled: Sequence[Sampled],
) -> CategoryEstimate:
    counts = {of: count for of, count in volumes.items() if category in {None, of[0]}}
    mine = [one for one in sampled if category in {None, one.category}]
    answered = [one for one in mine if one.loss is not None]
    seen = Counter(one.error_type for one in answered if one.error_type is not None)
    rates = {
        kind: rate for kind in _TYPES if (rate := _rate(counts, answered, only=kind)) is not None
    }
    return CategoryEstimate(
        category=category,
        first=first,
        last=last,
        volume=sum(counts.values()),
        sampled=len(mine),
        reviewed=len(answered),
        error=_rate(counts, answered, only=None),
        by_type=rates,
        seen={kind: seen[kind] for kind in _TYPES},
    )


def _rate(
    volumes: Mapping[tuple[str, int], int],
    answered: Sequence[Sampled],
    *,
    only: ErrorType | None,
) -> ErrorRate | None:
    """`only`: mistakes of this kind; another one is none then."""
    reviews = [
        Review(
            stratum=(one.category, one.third),
            pi=one.pi,
            loss=one.loss if only in {None, one.error_type} else 0.0,
        )
        for one in answered
        if one.loss is not None
    ]
    found = post_stratified(reviews, volumes)
    if found is None:
        return None
    return ErrorRate(
        rate=found.rate,
        low=found.low,
        high=found.high,
        reviewed=found.reviewed,
        variance=found.variance,
    )
