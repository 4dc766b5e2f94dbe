"""Whether a score is enough, by the category's threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.scored_case import Held
    from bot.policy.book import Category


def why_not_enough(category: Category | None, score: float | None) -> Held | None:
    """Why this score delivers nothing; None when it does."""
    if category is None:
        return "unlisted"
    if score is None:
        return "no_confidence"
    if category.learn:
        # Its evidence decides, and stands in no policy.
        return "learning"
    if category.threshold is None:
        return "no_threshold"
    return None if score >= category.threshold else "below"
