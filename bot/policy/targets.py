"""How much of a category people should see: its target, and the band around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.policy.book import Category

#: Mature systems escalate 5 to 15 %.
_USUAL = 0.15


def target_band(category: Category) -> tuple[float, float]:
    """From a third of the target to the target: 5 to 15 % where the policy sets none."""
    target = category.target_escalation_rate
    most = _USUAL if target is None else target
    return most / 3, most
