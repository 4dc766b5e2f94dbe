"""One category lived through under one rule, and many of them counted."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from random import Random
from statistics import mean, median
from typing import TYPE_CHECKING

from benchmarks.learning.rules import Ladder, Naive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from benchmarks.learning.rules import Rule
    from benchmarks.learning.worlds import World

#: Above the limit by no more than this is the grid's rounding.
_ROUNDING = 1e-3
RULES: dict[str, Callable[[], Rule]] = {
    "naive, from 20 labels": lambda: Naive(20),
    "naive, 100 labels, each 50": lambda: Naive(100, 50),
    "ladder": lambda: Ladder("medium"),
}


@dataclass
class Life:
    """What came of one category."""

    #: Whether a region was ever delivered whose true error rate is above its limit.
    violated: bool = False
    delivered: list[bool] = field(default_factory=list)
    wrong: int = 0
    #: From the change on.
    wrong_later: int = 0
    closed_after: int | None = None


def live(
    rule: Rule,
    cases: Iterable[tuple[float, float]],
    true_rate: Callable[[float], float],
    *,
    waits: tuple[int, int] = (0, 0),
    change_at: int | None = None,
) -> Life:
    """Cases are pairs of a score and the loss that a person would find."""
    life = Life()
    was_open = False
    due: list[tuple[int, str, float]] = []
    for at, (score, loss) in enumerate(cases):
        while due and due[0][0] <= at:
            _, case, heard = heapq.heappop(due)
            rule.hears(case, heard)
        if at == change_at:
            was_open = rule.cut() is not None
        delivered, seen = rule.admits(f"case-{at}", score)
        life.delivered.append(delivered)
        life.wrong += delivered and loss >= 0.5
        if change_at is not None and at >= change_at:
            life.wrong_later += delivered and loss >= 0.5
            if was_open and rule.cut() is None and life.closed_after is None:
                life.closed_after = at - change_at
        if seen:
            heapq.heappush(due, (at + waits[loss >= 0.5], f"case-{at}", loss))
        cut = rule.cut()
        if cut is not None and (change_at is None or at < change_at):
            life.violated = life.violated or true_rate(cut) > rule.limit() + _ROUNDING
    return life


def played(world: World, make: Callable[[], Rule], runs: int, cases: int) -> list[Life]:
    rate, change_at = world.above(), cases * 3 // 5
    lives = []
    for run in range(runs):
        dice = Random(f"{world.name} {run}")
        scores = [dice.random() for _ in range(cases)]
        pairs = [
            (score, world.loss(score, dice, changed=at >= change_at))
            for at, score in enumerate(scores)
        ]
        when = change_at if world.after else None
        lives.append(live(make(), pairs, rate, waits=world.waits, change_at=when))
    return lives


def violations(lives: list[Life]) -> float:
    return mean(life.violated for life in lives)


def share_at(lives: list[Life], case: int) -> float:
    """How much of the last 100 cases before this one was delivered."""
    return mean(mean(life.delivered[max(0, case - 100) : case]) for life in lives)


def wrong_of_delivered(lives: list[Life]) -> float:
    """How much was wrong of everything that was delivered."""
    return sum(life.wrong for life in lives) / max(1, sum(sum(life.delivered) for life in lives))


def wrong_per_thousand(lives: list[Life], cases: int) -> float:
    """Wrong answers delivered after the change, for each 1000 cases."""
    return 1000 * mean(life.wrong_later for life in lives) / (cases - cases * 3 // 5)


def closed_after(lives: list[Life]) -> str:
    """The median number of cases, and how many of all categories were closed at all."""
    found = [life.closed_after for life in lives if life.closed_after is not None]
    return f"{median(found):.0f} cases ({len(found)} of {len(lives)})" if found else "never"
