"""Online logistic regression on named features (FTRL-proximal; McMahan et al., KDD 2013)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.learning.features import Features

_A, _B, _L1, _L2 = 0.2, 1.0, 0.05, 1.0
#: What is believed of a case of which nothing is known: one of ten is overridden.
PRIOR = 0.1


def logit(p: float) -> float:
    return math.log(p / (1 - p))


def sigmoid(x: float) -> float:
    """Kept away from 0 and 1, where one surprise would weigh for ever."""
    return 1 / (1 + math.exp(-min(15.0, max(-15.0, x))))


BIAS = logit(PRIOR)


class Regression:
    """One update a label, as long as the case has features; most weights are exactly 0."""

    def __init__(self, state: Mapping[str, tuple[float, float]] | None = None) -> None:
        #: By feature: what pulls at its weight, and how much was learned of it.
        self.state: dict[str, tuple[float, float]] = dict(state or {})

    def contributions(self, features: Features) -> dict[str, float]:
        """What each feature adds to the logit beside the bias; those that add nothing are left."""
        found = {name: self._weight(name) * value for name, value in features.items()}
        return {name: part for name, part in found.items() if part}

    def p(self, features: Features) -> float:
        return sigmoid(BIAS + sum(self.contributions(features).values()))

    def learn(self, features: Features, *, overridden: bool) -> None:
        off = self.p(features) - overridden
        for name, value in features.items():
            pull, seen = self.state.get(name, (0.0, 0.0))
            gradient = off * value
            more = seen + gradient * gradient
            steps = (math.sqrt(more) - math.sqrt(seen)) / _A
            self.state[name] = (pull + gradient - steps * self._weight(name), more)

    def _weight(self, name: str) -> float:
        pull, seen = self.state.get(name, (0.0, 0.0))
        if abs(pull) <= _L1:
            return 0.0
        return (math.copysign(_L1, pull) - pull) / ((_B + math.sqrt(seen)) / _A + _L2)
