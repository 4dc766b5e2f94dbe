"""Decisions as lines of JSON, for whoever analyses them elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards.arguments import masked_plainly
from bot.store import escalations

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from bot.domain.escalation import Decision, Escalation
    from bot.domain.request import Request
    from bot.store.ledger import Ledger

_PAGE = 200


async def decisions(ledger: Ledger, since: datetime) -> AsyncIterator[dict[str, Any]]:
    """One JSON-ready object a decision made since then, oldest first."""
    after = (since, "")
    while page := await ledger.read(escalations.decided_after, *after, _PAGE):
        for found in page:
            yield line(found)
            assert found.decision is not None  # noqa: S101 - that is what was asked for
            after = (found.decision.decided_at, found.decision.id)


def line(found: Escalation) -> dict[str, Any]:
    """Fields are added in later releases, never renamed. Sensitive values are masked."""
    made = found.decision
    assert made is not None  # noqa: S101 - only decided ones come here
    request = found.request
    return {
        "id": found.id,
        "agent": found.agent,
        "kind": request.kind,
        "category": request.category,
        "headline": request.headline,
        "tool": None if request.tool is None else request.tool.name,
        "arguments": None if request.tool is None else masked_plainly(request.tool),
        "confidence": request.confidence,
        "risk": request.risk.level,
        "urgency": found.urgency,
        "route": found.need.route,
        "created_at": _stamp(found.created_at),
        "decided_at": _stamp(made.decided_at),
        "type": made.type,
        "provenance": made.provenance,
        "rule": made.rule,
        "decided_by": {"type": made.decided_by.type, "id": made.decided_by.id},
        "votes": [{"id": vote.actor.id, "type": vote.type} for vote in made.votes],
        "comment": made.comment,
        "edited": made.type == "modify",
        "modified_arguments": _modified(request, made),
        "modified_answer": made.modified_answer,
        "response": made.response,
        "option_ids": list(made.option_ids),
        "policy_version": made.policy_version,
        "messages": [
            {
                "from": {"type": one.sender.type, "id": one.sender.id},
                "text": one.text,
                "at": _stamp(one.at),
            }
            for one in found.messages
        ],
        "redeemed_at": None if found.redeemed is None else _stamp(found.redeemed.at),
        "outcome": None if found.outcome is None else found.outcome.status,
    }


def _modified(request: Request, made: Decision) -> dict[str, Any] | None:
    if request.tool is None or made.modified_arguments is None:
        return None
    edited = request.tool.model_copy(update={"arguments": made.modified_arguments})
    return masked_plainly(edited)


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
