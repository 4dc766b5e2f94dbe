"""The escalation as the outside reads it: one JSON shape for every door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from bot.domain.escalation import Decision, Outcome, Redeemed
from bot.domain.people import Named

if TYPE_CHECKING:
    from bot.domain.conversation import Message
    from bot.domain.escalation import Escalation
    from bot.domain.run import RunGuidance

_DECISION = TypeAdapter(Decision)
_REDEEMED = TypeAdapter(Redeemed)
_OUTCOME = TypeAdapter(Outcome)
_NAMED = TypeAdapter(Named)
#: What the voter told the agent stands in the decision itself.
_PRIVATE_IN_VOTES = {"votes": {"__all__": {"guidance", "stop_run"}}}


def resource(escalation: Escalation) -> dict[str, Any]:
    """JSON-ready values; times are RFC 3339 in UTC."""
    return escalation.request.facts() | {
        "id": escalation.id,
        "status": escalation.status,
        "version": escalation.version,
        "created_at": escalation.created_at.isoformat().replace("+00:00", "Z"),
        "expires_at": escalation.expires_at.isoformat().replace("+00:00", "Z"),
        "action_digest": escalation.action_digest,
        "urgency": escalation.urgency,
        "agent": escalation.agent,
        "handoff": escalation.handoff,
        "permalink": escalation.permalink,
        "run_guidance": [
            {"escalation_id": one.escalation_id} | _said(one) for one in escalation.run_guidance
        ],
        "messages": [{"id": one.id} | _said(one) for one in escalation.messages],
        "decision": escalation.decision
        and _DECISION.dump_python(escalation.decision, mode="json", exclude=_PRIVATE_IN_VOTES),
        "redeemed": escalation.redeemed and _REDEEMED.dump_python(escalation.redeemed, mode="json"),
        "outcome": escalation.outcome and _OUTCOME.dump_python(escalation.outcome, mode="json"),
    }


def _said(one: Message | RunGuidance) -> dict[str, Any]:
    return {
        "from": _NAMED.dump_python(one.sender, mode="json"),
        "text": one.text,
        "at": one.at.isoformat().replace("+00:00", "Z"),
    }
