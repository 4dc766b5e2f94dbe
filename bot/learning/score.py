"""How sure a case is, as one number: frozen and versioned, so that evidence stays comparable."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

#: Signals that speak for an answer, from 0 to 1.
_FOR = ("self_consistency", "source_coverage")
#: Signals that speak against one: how much of the case was never seen before, from 0 to 1.
_AGAINST = ("out_of_distribution", "ood")


def _v1(confidence: float, signals: Mapping[str, float]) -> float:
    """The stated confidence, lowered by what the signals leave open; never raised.

    Each signal takes off up to a half: confidence × (1 + signal) / 2 for those that speak for the
    answer. So the score rises with confidence and with each of them, and one that is not given
    changes nothing. Only sums and products: the same bits on every machine.
    """
    score = _share(confidence)
    for name in _FOR:
        if name in signals:
            score *= (1 + _share(signals[name])) / 2
    against = [1 - _share(1 - signals[name]) for name in _AGAINST if name in signals]
    return score * (1 - max(against, default=0.0) / 2)


def _share(value: float) -> float:
    """Within 0 and 1; what is no number is as bad as can be."""
    return 0.0 if math.isnan(value) else min(1.0, max(0.0, value))


#: By version. One that was used is never changed: a better score is a new version, and an epoch.
SCORES: dict[str, Callable[[float, Mapping[str, float]], float]] = {"v1": _v1}
