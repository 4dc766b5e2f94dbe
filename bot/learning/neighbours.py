"""The reviewed cases that a new one is like, for a reason that people can look up."""

from __future__ import annotations

import heapq
import math
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from bot.learning.regression import PRIOR

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST = 3000
_NEAREST = 15
#: So many of a case's names, the rarest, say which cases it is like.
_TELLING = 16
#: So many cases at the prior rate are believed besides the nearest ones.
_BELIEVED = 2


class Similar(NamedTuple):
    """A reviewed case, and how much of what is special about the new one it shares: 0 to 1."""

    case: str
    overridden: bool
    similarity: float


class Neighbours:
    """The last 3000 reviewed cases, found by the names they share; rare names weigh more."""

    def __init__(self) -> None:
        self._cases: dict[int, tuple[str, bool, tuple[str, ...]]] = {}
        self._by_name: dict[str, deque[int]] = {}
        self._next = 0

    def remember(self, case: str, names: Iterable[str], *, overridden: bool) -> None:
        kept = tuple(names)
        self._cases[self._next] = (case, overridden, kept)
        for name in kept:
            self._by_name.setdefault(name, deque()).append(self._next)
        self._next += 1
        if len(self._cases) > MOST:
            self._forget_the_oldest()

    def _forget_the_oldest(self) -> None:
        _, _, names = self._cases.pop(self._next - 1 - MOST)
        for name in names:
            places = self._by_name[name]
            places.popleft()
            if not places:
                del self._by_name[name]

    def nearest(self, names: Iterable[str]) -> tuple[Similar, ...]:
        """At most 15, the nearest first; of those that are as near the newest."""
        many = len(self._cases) + 1
        places = {name: self._by_name.get(name, ()) for name in names}
        rare = {name: math.log(many / (len(at) + 1)) + 0.01 for name, at in places.items()}
        whole, shared = sum(rare.values()), dict[int, float]()
        # What nearly all have costs most to count and tells least.
        known = sorted((name for name in places if places[name]), key=lambda name: -rare[name])
        for name in known[:_TELLING]:
            weight = rare[name]
            for place in places[name]:
                shared[place] = shared.get(place, 0.0) + weight
        near = heapq.nlargest(_NEAREST, ((part, place) for place, part in shared.items()))
        return tuple(Similar(*self._cases[place][:2], part / whole) for part, place in near)


def rate_of(similar: Iterable[Similar]) -> float:
    """How likely an override is by these alone; the prior where there are none."""
    weight, wrong = float(_BELIEVED), _BELIEVED * PRIOR
    for one in similar:
        weight += one.similarity
        wrong += one.similarity * one.overridden
    return wrong / weight
