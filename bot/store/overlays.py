"""Rules that came from what people decided, and the history that they come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import select

from bot.domain.errors import NotFoundError
from bot.domain.overlay import Overlay, Pattern
from bot.domain.people import Actor
from bot.domain.request import Request
from bot.store.tables import decision, escalation, overlay

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from bot.store.tx import Tx

_PATTERN = TypeAdapter(Pattern)
_ACTOR = TypeAdapter(Actor | None)
_EVERY = select(overlay).order_by(overlay.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A question that one rule put to people, and whether somebody approved it as it was."""

    agent: str
    rule: str
    request: Request
    approved: bool
    person: str | None


def history(tx: Tx, since: datetime, limit: int) -> list[Settled]:
    """The newest first, of those that needed one approval."""
    rows = tx.execute(
        select(
            escalation.c.agent,
            escalation.c.rule,
            escalation.c.request,
            decision.c.body.label("decision"),
        )
        .outerjoin(decision, decision.c.escalation_id == escalation.c.id)
        .where(
            escalation.c.status != "open",
            escalation.c.rule.is_not(None),
            escalation.c.approvals == 1,
            escalation.c.created_at > since,
        )
        .order_by(escalation.c.id.desc())
        .limit(limit)
    )
    return [_settled(row) for row in rows]


def put(tx: Tx, one: Overlay) -> None:
    """Remember it as it is now."""
    tx.upsert(
        overlay,
        {
            "id": one.id,
            "rule": one.rule,
            "fingerprint": one.fingerprint,
            "pattern": _PATTERN.dump_python(one.pattern, mode="json"),
            "approved": one.approved,
            "people": one.people,
            "state": one.state,
            "at": one.at,
            "by": _ACTOR.dump_python(one.by, mode="json"),
        },
    )


def every(tx: Tx) -> list[Overlay]:
    """All of them, the oldest first."""
    return [_overlay(row) for row in tx.execute(_EVERY)]


def lock(tx: Tx, overlay_id: str) -> Overlay:
    """Raises NotFoundError."""
    found = select(overlay).where(overlay.c.id == overlay_id).with_for_update()
    row = tx.execute(found).one_or_none()
    if row is None:
        raise NotFoundError("There is no such proposal.")
    return _overlay(row)


def _settled(row: Row[tuple[object, ...]]) -> Settled:
    made = row.decision or {}
    human = made.get("provenance") == "human"
    return Settled(
        agent=row.agent,
        rule=row.rule,
        request=Request.model_validate(row.request),
        approved=human and made.get("type") == "approve",
        person=made["decided_by"]["id"] if human else None,
    )


def _overlay(row: Row[tuple[object, ...]]) -> Overlay:
    return Overlay(
        id=row.id,
        rule=row.rule,
        fingerprint=row.fingerprint,
        pattern=_PATTERN.validate_python(row.pattern),
        approved=row.approved,
        people=row.people,
        state=row.state,
        at=row.at,
        by=_ACTOR.validate_python(row.by),
    )
