"""The bounds that the policy sets an agent, and the breaker that all of them have."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import Allowance, RateLimitedError
from bot.store import limits

if TYPE_CHECKING:
    from datetime import datetime

    from bot.policy.book import Book
    from bot.store.tx import Tx

#: Where the policy says nothing (contract): an agent run wild, not one that is busy.
MAX_OPEN = 10_000
#: When an open question will be answered nobody knows; a minute is a polite distance.
_TRY_AGAIN = 60
_COUNT_LASTS = timedelta(seconds=1)


def spend(tx: Tx, book: Book, agent: str) -> Allowance | None:
    """One question of this agent's rate; None when the policy sets it none.

    Raises RateLimitedError.
    """
    bounds = book.agents.get(agent)
    rate = None if bounds is None else bounds.rate
    if rate is None:
        return None
    used = limits.spend(tx, agent, count=rate.count, per=rate.per)
    step = rate.per / rate.count
    left = max(0, math.floor((rate.per - used) / step))
    window = math.ceil(rate.per.total_seconds())
    if used <= rate.per:
        return Allowance("rate", rate.count, left, window, math.ceil(used.total_seconds()))
    reset = max(1, math.ceil((used - rate.per).total_seconds()))
    raise RateLimitedError(
        f"{agent} may ask {rate.count} times in {window} s. Ask again in {reset} s, with the same "
        "Idempotency-Key.",
        Allowance("rate", rate.count, 0, window, reset),
        crowded=False,
    )


class Crowds:
    """What this process knows of how many questions an agent has open: at most a second old.

    Counting ten thousand takes longer than all the rest of a question; so far below the bound it
    is enough to know how many there were, and to count on from there.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[datetime, int]] = {}

    def surely_below(self, agent: str, bound: int, now: datetime) -> bool:
        """Whether one more is below the bound without looking; it is counted then."""
        seen_at, count = self._known.get(agent, (now, bound))
        if count + 1 > bound or abs(now - seen_at) > _COUNT_LASTS:
            return False
        self._known[agent] = seen_at, count + 1
        return True

    def counted(self, agent: str, count: int, now: datetime) -> None:
        self._known[agent] = now, count


def check_open(tx: Tx, book: Book, agent: str, crowds: Crowds) -> None:
    """Whether one more question may wait for people. Raises RateLimitedError.

    Questions that arrive at the same moment may overshoot by their number: it is a breaker, not
    an account.
    """
    bounds = book.agents.get(agent)
    most = (bounds.max_open if bounds else None) or MAX_OPEN
    if crowds.surely_below(agent, most // 2, tx.now()):
        return
    count = limits.open_of(tx, agent, most)
    if count >= most:
        raise RateLimitedError(
            f"{agent} has {most} open questions, which is the most it may have. Cancel those "
            "that are no longer needed, or ask the operators: the policy sets max_open.",
            Allowance("open", most, 0, None, _TRY_AGAIN),
            crowded=True,
        )
    crowds.counted(agent, count + 1, tx.now())
