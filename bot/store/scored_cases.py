"""Cases that a score might have decided, as they were at their intake; nothing changes them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select

from bot.domain.boundary import Held
from bot.store.tables import scored_case

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.boundary import Judged
    from bot.domain.scored_case import ScoredCase
    from bot.store.tx import Tx

_EPOCH = select(scored_case.c.category, scored_case.c.epoch).where(
    scored_case.c.escalation_id == bindparam("wanted")
)
_BOUNDARY = select(scored_case.c.boundary).where(scored_case.c.escalation_id == bindparam("wanted"))
_HELD = TypeAdapter(Held)


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
            **_judged(case.judged, held=case.held == "boundary"),
        },
    )


def held_by_boundary(tx: Tx, escalation_id: str) -> Held | None:
    """Why a learned boundary held it; None where none has."""
    row = tx.execute(_BOUNDARY, {"wanted": escalation_id}).one_or_none()
    return None if row is None or row.boundary is None else _HELD.validate_json(row.boundary)


def chances(tx: Tx, ids: Sequence[str]) -> dict[str, float]:
    """The chance that each of these had to be reviewed, where a coin was tossed."""
    rows = tx.execute(
        select(scored_case.c.escalation_id, scored_case.c.pi).where(
            scored_case.c.escalation_id.in_(ids), scored_case.c.pi.is_not(None)
        )
    )
    return {row.escalation_id: float(row.pi or 0) for row in rows}


def _judged(judged: Judged | None, *, held: bool) -> dict[str, str | None]:
    if judged is None:
        return {}
    return {
        "features": json.dumps(dict(judged.features), ensure_ascii=False, separators=(",", ":")),
        "p_override": repr(judged.p),
        "p_by_score": repr(judged.by_score),
        "boundary": _HELD.dump_json(judged.held).decode() if held and judged.held else None,
    }
