"""The runs of agents: what was decided in one so far, and what holds for the rest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter
from sqlalchemy import select

from bot.domain.people import Named
from bot.domain.run import MOST_GUIDANCE, RunGuidance
from bot.store.tables import escalation, run_guidance

if TYPE_CHECKING:
    from bot.domain.escalation import Escalation
    from bot.store.tx import Tx

_SAID = TypeAdapter(RunGuidance)


def remember(tx: Tx, decided: Escalation) -> None:
    """What this decision says for the rest of its run, if it says anything and there is one."""
    made, run = decided.decision, decided.request.group_key
    if made is None or not made.guidance or run is None:
        return
    by = made.decided_by
    said = RunGuidance(
        escalation_id=decided.id,
        text=made.guidance,
        sender=Named(type=by.type, id=by.id, display_name=by.display_name),
        at=made.decided_at,
    )
    tx.add(
        run_guidance,
        {
            "escalation_id": decided.id,
            "agent": decided.agent,
            "group_key": run,
            "at": made.decided_at,
            "said": _SAID.dump_python(said, mode="json"),
        },
    )


def guidance(tx: Tx, agent: str, run: str) -> tuple[RunGuidance, ...]:
    """What people have said for the rest of this run, oldest first; the newest few."""
    rows = tx.execute(
        select(run_guidance.c.said)
        .where(run_guidance.c.agent == agent, run_guidance.c.group_key == run)
        .order_by(run_guidance.c.at.desc(), run_guidance.c.escalation_id.desc())
        .limit(MOST_GUIDANCE)
    ).all()
    return tuple(_SAID.validate_python(row.said) for row in reversed(rows))


def decided_before(tx: Tx, of: Escalation, limit: int) -> list[str]:
    """Ids of what was asked earlier in the same run and is settled, the newest first."""
    rows = tx.execute(
        select(escalation.c.id)
        .where(
            escalation.c.agent == of.agent,
            escalation.c.group_key == of.request.group_key,
            escalation.c.id < of.id,
            escalation.c.status != "open",
        )
        .order_by(escalation.c.id.desc())
        .limit(limit)
    )
    return list(rows.scalars())
