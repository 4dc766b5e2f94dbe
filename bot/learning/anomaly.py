"""What is unusual about an output beside the last of its kind: its length, and its way of tools.

A list of what is worth a look, and no statistic: such looks never enter a rate.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections import Counter, deque
from collections.abc import Hashable
from typing import TYPE_CHECKING, TypeVar

from bot.domain.unusual import Part, Unusual

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: It is compared with so many, and only once there are enough; so many of them are worth a look.
LAST, ENOUGH, SHARE = 500, 30, 0.03
#: Median absolute deviations in a standard deviation of what is normal.
_TO_SD = 1.4826
# Before the first tool, and after the last; no tool can be called so.
_START, _END = "", "\0"

_Key = TypeVar("_Key", bound=Hashable)
_Parts = tuple["_Spread", "_Spread", "_Spread", "_Spread"]


class Watch:
    """The last outputs of one category, agent and version."""

    def __init__(self) -> None:
        self._last: deque[tuple[tuple[str, ...], tuple[float, float, float, float], float]] = (
            deque()
        )
        self._steps: Counter[tuple[str, str]] = Counter()
        self._from: Counter[str] = Counter()
        self._tools: Counter[str] = Counter()
        # Lengths, calls, mean and largest surprise; lengths and calls as logarithms.
        self._parts: _Parts = (_Spread(0.05), _Spread(0.2), _Spread(0.25), _Spread(0.25))
        self._scores: list[float] = []

    def judge(self, length: int, calls: Sequence[str]) -> Unusual:
        """As it is beside the last, which it does not belong to yet."""
        values = self._values(length, calls)
        of_length, of_calls, of_order, of_step = (
            part.distance(value) for part, value in zip(self._parts, values, strict=True)
        )
        lengths, numbers = self._parts[0], self._parts[1]
        # What is less surprising than usual is nothing to look at.
        found: list[tuple[float, Part]] = [
            (abs(of_length), "length"),
            (abs(of_calls), "calls"),
            (max(0.0, of_order), "order"),
            (max(0.0, of_step), "step"),
        ]
        score, part = max(found)
        flagged = self._among_the_most(score)
        if part == "step":
            before, after = max(self._pairs(calls), key=self._surprise)
            return Unusual(
                score=score,
                part=part,
                before=before or None,
                after=None if after == _END else after,
                seen=self._steps[before, after],
                flagged=flagged,
            )
        own, usual = {
            "length": (float(length), math.expm1(lengths.median)),
            "calls": (float(len(calls)), math.expm1(numbers.median)),
            "order": (0.0, 0.0),
        }[part]
        return Unusual(score=score, part=part, own=own, usual=usual, flagged=flagged)

    def saw(self, length: int, calls: Sequence[str], score: float) -> None:
        """From now on it is one of the last; the oldest beyond so many is forgotten."""
        values = self._values(length, calls)
        kept = tuple(calls)
        self._last.append((kept, values, score))
        self._count(kept, 1)
        for part, value in zip(self._parts, values, strict=True):
            part.add(value)
        insort(self._scores, score)
        if len(self._last) > LAST:
            old, gone, its_score = self._last.popleft()
            self._count(old, -1)
            for part, value in zip(self._parts, gone, strict=True):
                part.remove(value)
            del self._scores[bisect_left(self._scores, its_score)]

    def copy(self) -> Watch:
        """To go on with what is not certain to stay."""
        made = Watch()
        made._last = self._last.copy()
        made._steps, made._from = self._steps.copy(), self._from.copy()
        made._tools = self._tools.copy()
        lengths, calls, order, step = self._parts
        made._parts = (lengths.copy(), calls.copy(), order.copy(), step.copy())
        made._scores = self._scores.copy()
        return made

    def _among_the_most(self, score: float) -> bool:
        known = len(self._scores)
        if known < ENOUGH or score <= 0:
            return False
        return known - bisect_left(self._scores, score) < SHARE * known

    def _values(self, length: int, calls: Sequence[str]) -> tuple[float, float, float, float]:
        surprises = [self._surprise(pair) for pair in self._pairs(calls)]
        return (
            math.log1p(length),
            math.log1p(len(calls)),
            sum(surprises) / len(surprises),
            max(surprises),
        )

    def _surprise(self, pair: tuple[str, str]) -> float:
        """How little the one tool is expected after the other."""
        # Every tool that is known, the end, and one that nobody knows yet.
        possible = len(self._tools) + 2
        return -math.log((self._steps[pair] + 0.5) / (self._from[pair[0]] + 0.5 * possible))

    def _count(self, calls: tuple[str, ...], by: int) -> None:
        for pair in self._pairs(calls):
            _add(self._steps, pair, by)
            _add(self._from, pair[0], by)
        for tool in calls:
            _add(self._tools, tool, by)

    @staticmethod
    def _pairs(calls: Iterable[str]) -> Iterator[tuple[str, str]]:
        before = _START
        for tool in calls:
            yield before, tool
            before = tool
        yield before, _END


class _Spread:
    """Numbers in their order: where their middle is, and how far they usually are from it."""

    def __init__(self, least: float) -> None:
        # Where nearly all are the same, the smallest difference is not the end of the world.
        self._least = least
        self._sorted: list[float] = []
        self._usual: tuple[float, float] | None = None

    @property
    def median(self) -> float:
        return self._middle()[0]

    def distance(self, value: float) -> float:
        """From the middle, in robust standard deviations; 0 where many are as far out."""
        middle, spread = self._middle()
        return 0.0 if self._is_common(value, middle) else (value - middle) / spread

    def _is_common(self, value: float, middle: float) -> bool:
        """What one in twenty does is far from the middle, and nothing to look at."""
        known = len(self._sorted)
        if value >= middle:
            as_far = known - bisect_left(self._sorted, value - self._least)
        else:
            as_far = bisect_right(self._sorted, value + self._least)
        return as_far >= SHARE * known

    def add(self, value: float) -> None:
        insort(self._sorted, value)
        self._usual = None

    def remove(self, value: float) -> None:
        del self._sorted[bisect_left(self._sorted, value)]
        self._usual = None

    def copy(self) -> _Spread:
        made = _Spread(self._least)
        made._sorted = self._sorted.copy()
        return made

    def _middle(self) -> tuple[float, float]:
        if self._usual is None:
            middle = _median(self._sorted)
            away = sorted(abs(one - middle) for one in self._sorted)
            self._usual = middle, max(_TO_SD * _median(away), self._least)
        return self._usual


def _median(ranked: Sequence[float]) -> float:
    return ranked[len(ranked) // 2] if ranked else 0.0


def _add(counter: Counter[_Key], key: _Key, by: int) -> None:
    counter[key] += by
    if not counter[key]:
        del counter[key]
