"""The quarterly review in numbers: how each category stands, and which stand up to all at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.learning.ladder import Rate
    from bot.learning.standing import Phase, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """One category's row of the review."""

    category: str
    epoch: int
    phase: Phase
    #: Percent of its cases that lie in the open region, by the warm-up.
    share: int
    alpha: float | None
    evidence: float
    measured: Rate | None
    missing_share: float
    certificate_ends: datetime | None
    #: Whether its promise holds together with those of all others that stand.
    stands: bool


def review(standings: Mapping[str, Standing], *, delta: float = 0.05) -> tuple[Reviewed, ...]:
    """All categories by name. Of those that stand at most `delta` are expected to be wrong.

    Each opening by itself may be wrong with its own delta, so among many some are; here one
    statement is made over all.
    """
    standing = e_bh({name: one.evidence for name, one in standings.items()}, delta=delta)
    return tuple(
        Reviewed(
            category=name,
            epoch=one.epoch,
            phase=one.phase,
            share=one.share,
            alpha=one.alpha,
            evidence=one.evidence,
            measured=one.measured,
            missing_share=one.missing_share,
            certificate_ends=one.certificate_ends,
            stands=name in standing and one.open_rungs > 0,
        )
        for name, one in sorted(standings.items())
    )


def e_bh(evidence: Mapping[str, float], *, delta: float) -> frozenset[str]:
    """The largest m names whose evidence is K / (m delta) or more (Wang and Ramdas, 2022)."""
    ranked = sorted(evidence, key=lambda name: (-evidence[name], name))
    enough = [
        rank
        for rank, name in enumerate(ranked, start=1)
        if evidence[name] * rank * delta >= len(ranked)
    ]
    return frozenset(ranked[: max(enough, default=0)])
