"""How sure we are of a case: the agent's word, and what its signals leave of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.learning.score import SCORES

if TYPE_CHECKING:
    from bot.domain.output import OutputItem
    from bot.domain.request import Request

#: Which way of scoring it was: scores of two ways are never compared.
SCORER = "v1"


def score_of(request: Request | OutputItem) -> float | None:
    """How sure we are of it, signals and all; None where the agent does not say."""
    if request.confidence is None:
        return None
    numbers = {
        one.name: float(one.value)
        for one in request.signals
        if isinstance(one.value, int | float) and not isinstance(one.value, bool)
    }
    return SCORES[SCORER](request.confidence, numbers)
