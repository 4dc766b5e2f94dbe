"""What reviews say of a fix: its cases tried again, and the error rate before it and since."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_review_findings as wording
from bot.domain.estimate import ENOUGH
from bot.domain.review_finding import Change, Share
from bot.learning.sampling import Estimate, Review, difference, post_stratified
from bot.store import review_findings, sampling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.cards.blocks import Markup
    from bot.domain.review_finding import Kind, ReviewFinding
    from bot.store.tx import Tx

_WINDOW = timedelta(days=28)
# So many times what came that the part which was reviewed is as good as nothing.
_MANY = 1_000_000


def counted(tx: Tx, one: ReviewFinding) -> list[Markup]:
    """In words, for people who decide whether it is mended."""
    tried = review_findings.tried_again(tx, one.id)
    lines = [wording.tried_again(tried.cases, tried.tried, tried.right)] if tried.tried else []
    if one.fixed is not None:
        before, after = before_and_after(tx, one.kind, one.fixed.at)
        change = what_changed(before, after)
        if change is None:
            lines.append(wording.too_few(_reviewed(before), _reviewed(after), ENOUGH))
        else:
            lines.append(wording.before_and_after(change))
    return lines


def before_and_after(
    tx: Tx, kind: Kind, fixed_at: datetime, *, last: date | None = None
) -> tuple[Estimate | None, Estimate | None]:
    """How often such errors were made in the four weeks before the fix, and in those since.

    By whole days of UTC; the day of the fix belongs to neither. None: nothing was reviewed. `last`:
    no later day counts.
    """
    day, next_to = fixed_at.astimezone(UTC).date(), timedelta(days=1)
    until = day + _WINDOW
    return (
        _estimate(tx, kind, day - _WINDOW, day - next_to),
        _estimate(tx, kind, day + next_to, until if last is None else min(until, last)),
    )


def what_changed(before: Estimate | None, after: Estimate | None) -> Change | None:
    """None where either is too small to be spoken of."""
    if before is None or after is None or not (before.enough and after.enough):
        return None
    found = difference(before, after)
    return Change(
        before=_share(before),
        after=_share(after),
        change=found.change,
        low=found.low,
        high=found.high,
    )


def _reviewed(of: Estimate | None) -> int:
    return 0 if of is None else of.reviewed


def _share(of: Estimate) -> Share:
    return Share(rate=of.rate, low=of.low, high=of.high, reviewed=of.reviewed)


def _estimate(tx: Tx, kind: Kind, first: date, last: date) -> Estimate | None:
    """Errors of this type and cause count; what else was wrong is not what was mended."""
    reviews = [
        Review(
            stratum=third,
            pi=pi,
            loss=verdict.loss
            if (verdict.error_type, verdict.root_cause) == (kind.error_type, kind.root_cause)
            else 0.0,
        )
        for third, pi, verdict in sampling.verdicts(tx, kind.category, first, last)
    ]
    volumes = sampling.volumes(tx, first, last)
    return of_what_will_come(reviews, volumes.get(kind.category, {}))


def of_what_will_come(reviews: Sequence[Review], volumes: Mapping[int, int]) -> Estimate | None:
    """The rate of the agent itself, of which these outputs are only some: however many of them
    were reviewed, they are few of those that it could have made. So the thirds weigh by their
    volumes as ever, and nothing is made of having seen a large part.
    """
    return post_stratified(reviews, {third: size * _MANY for third, size in volumes.items()})
