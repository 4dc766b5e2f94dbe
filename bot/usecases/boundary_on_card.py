"""Why a learned boundary held a case, as its card says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.boundary import OnCard, Override
from bot.store import boundaries, escalations, reviews, scored_cases

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.domain.review import Verdict
    from bot.store.tx import Tx


def held_by(tx: Tx, escalation: Escalation) -> OnCard | None:
    """What its card says, where it is open; the overrides as they stand now."""
    if escalation.status != "open" or not escalation.learns:
        return None
    held = scored_cases.held_by_boundary(tx, escalation.id)
    if held is None or held.control:
        return None
    found = {one.id: one for one in escalations.find_all(tx, held.similar)}
    verdicts = reviews.verdicts(tx, held.similar)
    category = escalation.request.category or ""
    return OnCard(
        held=held,
        overrides=tuple(
            override_of(found[one], verdicts.get(one)) for one in held.similar if one in found
        ),
        unlike=bool(boundaries.not_similar(tx, category, held.similar)),
    )


def override_of(case: Escalation, verdict: Verdict | None) -> Override:
    """By whoever decided it; or where it had gone out, by whoever looked at it afterwards."""
    made = case.decision
    if made is not None and made.decided_by.type in {"human", "key"}:
        return Override(
            id=case.id, permalink=case.permalink, who=made.decided_by, at=made.decided_at,
            why=made.comment,
        )  # fmt: skip
    if verdict is not None:
        return Override(
            id=case.id, permalink=case.permalink, who=verdict.actor, at=verdict.at,
            why=verdict.correction,
        )  # fmt: skip
    return Override(id=case.id, permalink=case.permalink)
