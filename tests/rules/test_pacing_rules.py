"""How much faster than Slack's own pace a workspace may be called."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.pacing import SLACKS_PACE


def test_twice_as_fast_is_half_the_distance() -> None:
    """Each beat keeps its burst; 0 means that nothing is paced."""
    twice, unpaced = SLACKS_PACE.faster(2), SLACKS_PACE.faster(0)

    assert twice.channel.gap == SLACKS_PACE.channel.gap / 2
    assert twice.update.burst == SLACKS_PACE.update.burst
    assert unpaced.channel.gap == timedelta(0)
