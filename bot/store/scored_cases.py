"""Cases that a score might have decided, as they were at their intake; nothing changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.store.tables import scored_case

if TYPE_CHECKING:
    from bot.domain.scored_case import ScoredCase
    from bot.store.tx import Tx


def record(tx: Tx, escalation_id: str, case: ScoredCase) -> None:
    tx.add(
        scored_case,
        {
            "escalation_id": escalation_id,
            "category": case.category,
            # As text: both databases give back exactly what was compared.
            "score": None if case.score is None else repr(case.score),
            "scorer": case.scorer,
            "way": case.way,
            "threshold": None if case.threshold is None else repr(case.threshold),
            "held": case.held,
            "at": tx.now(),
        },
    )
