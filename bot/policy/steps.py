"""What a route does while nobody answers, as moments: reminders and tiers, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.request import Urgency
    from bot.policy.book import Book, QuietHours, Route

Step = Literal["remind", "tier"]

# The others are worth waking somebody for.
_CAN_WAIT: set[Urgency] = {"low", "normal"}


def first_steps(route: Route, start: datetime, until: datetime) -> list[tuple[Step, datetime]]:
    """When each kind of step is due for the first time; what the deadline cuts off never is."""
    lengths: list[tuple[Step, Sequence[timedelta]]] = [
        ("remind", route.remind_after),
        ("tier", tier_lengths(route)),
    ]
    found = [(step, after(one, start, 0)) for step, one in lengths]
    return [(step, at) for step, at in found if at is not None and at < until]


def tier_lengths(route: Route) -> list[timedelta]:
    return [tier.after for tier in route.tiers]


def passed(lengths: Sequence[timedelta], start: datetime, now: datetime) -> int:
    """How many of the moments are behind us."""
    return sum(start + length <= now for length in lengths)


def after(lengths: Sequence[timedelta], start: datetime, count: int) -> datetime | None:
    """The moment that follows so many others; None: that was the last one."""
    return start + lengths[count] if count < len(lengths) else None


def quiet_until(book: Book, route: Route, urgency: Urgency, now: datetime) -> datetime | None:
    """When the route's quiet hours end, where they hold up something of this urgency now."""
    if route.quiet_hours is None or urgency not in _CAN_WAIT:
        return None
    return _end_of(route.quiet_hours, now.astimezone(ZoneInfo(book.timezone)))


def _end_of(quiet: QuietHours, now: datetime) -> datetime | None:
    wall = now.time()
    day = now.date()
    if quiet.start < quiet.end:
        if not quiet.start <= wall < quiet.end:
            return None
    elif wall >= quiet.start:
        day += timedelta(days=1)
    elif wall >= quiet.end:
        return None
    # Where the clocks go back, the hour comes twice; it is the next one from now.
    ends = (
        datetime.combine(day, quiet.end.replace(fold=fold), tzinfo=now.tzinfo).astimezone(UTC)
        for fold in (0, 1)
    )
    return next(end for end in ends if end > now.astimezone(UTC))
