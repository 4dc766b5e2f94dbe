"""Cases that a score might have decided, as they were at their intake; nothing changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from bot.store.tables import scored_case

if TYPE_CHECKING:
    from bot.domain.scored_case import ScoredCase
    from bot.store.tx import Tx

_EPOCH = select(scored_case.c.category, scored_case.c.epoch).where(
    scored_case.c.escalation_id == bindparam("wanted")
)


def learned_category(tx: Tx, escalation_id: str) -> str | None:
    """The category that this case was counted for; None where none is learned from it."""
    row = tx.execute(_EPOCH, {"wanted": escalation_id}).one_or_none()
    return None if row is None or row.epoch is None else row.category


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
            "coin": str(int(case.coin)),
            "pi": None if case.pi is None else repr(case.pi),
            "pi_min": None if case.pi_min is None else repr(case.pi_min),
            "epoch": None if case.epoch is None else str(case.epoch),
            "at": tx.now(),
        },
    )
