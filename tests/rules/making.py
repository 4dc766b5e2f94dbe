"""Escalations for tests: the article's refund, and whatever a test changes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.cards.around import Around
from bot.domain.digest import asked, digest, effective
from bot.domain.escalation import Decision, Escalation, Need, Proposal, Vote
from bot.domain.people import Actor, Named
from bot.domain.request import Request
from bot.domain.run import RunGuidance

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DIGEST = "sha256:" + "0" * 64

REFUND: dict[str, Any] = {
    "kind": "approval",
    "action": "Send refund of $247.50 to customer@email.com",
    "reason": "Order #89234 was returned within the 30-day window. "
    "Product was defective (customer provided photos).",
    "impact": "Account balance will be debited. Customer will receive funds in 3-5 business days.",
    "tool": {
        "name": "issue_refund",
        "arguments": {"order": "89234", "amount": 247.50, "currency": "USD"},
        "input_schema": {
            "type": "object",
            "required": ["order", "amount"],
            "properties": {
                "order": {"type": "string"},
                "amount": {"type": "number", "minimum": 0, "maximum": 500},
                "currency": {"enum": ["USD", "EUR"]},
            },
        },
        "editable": ["/amount"],
        "sensitive": ["/order"],
    },
    "category": "refund",
    "urgency": "normal",
    "confidence": 0.72,
    "signals": [{"name": "source_coverage", "value": 0.8}],
    "risk": {
        "level": "medium",
        "reversibility": "irreversible",
        "cost": {"amount": "247.50", "currency": "USD"},
    },
    "evidence": [{"type": "link", "title": "Photos", "url": "https://example.com/p/1"}],
}


def make_request(**over: Any) -> Request:
    """The article's refund with other fields; `tool=None` takes the tool away."""
    return Request.model_validate(REFUND | over)


CLAIM: dict[str, Any] = {
    "kind": "guidance",
    "checkpoint": {
        "workflow_id": "claim-2847",
        "completed_steps": [
            {"step": "verify_policy", "result": "active", "timestamp": "2026-03-02T11:40:00Z"},
            {"step": "assess_damage", "result": "estimated $4,200", "timestamp": "..."},
        ],
        "current_step": "determine_coverage",
        "pause_reason": "Claim involves both property damage and liability. "
        "Multiple coverage clauses may apply. "
        "Need human guidance on which clause takes precedence.",
        "agent_recommendation": "Apply clause 7.2 (property damage) as primary coverage",
        "alternatives_considered": [
            "Clause 9.1 (liability)",
            "Combined coverage under clause 12",
        ],
    },
    "options": [
        {"id": "7.2", "label": "Apply clause 7.2", "recommended": True},
        {"id": "9.1", "label": "Clause 9.1"},
        {"id": "12", "label": "Combined, clause 12", "description": "Splits the payment"},
    ],
}
QUESTION: dict[str, Any] = {
    "kind": "answer",
    "question": "Does my warranty cover water damage?",
    "answer": "Yes, for the first two years.",
    "confidence": 0.55,
    "signals": [
        {"name": "source_coverage", "value": 0.6, "explanation": "2 of 5 claims have no source"}
    ],
    "context": {
        "retrieved": [
            {"title": "Warranty terms", "text": "Water damage is covered for 24 months."},
            {"url": "https://example.com/faq"},
        ]
    },
}


def make_guidance(**over: Any) -> Request:
    """The article's paused claim."""
    return Request.model_validate(CLAIM | over)


def make_checkpoint(**over: Any) -> Request:
    return make_guidance(checkpoint=CLAIM["checkpoint"] | over)


def make_answer(**over: Any) -> Request:
    """A draft that its agent is not sure of."""
    return Request.model_validate(QUESTION | over)


def make_tool(**over: Any) -> dict[str, Any]:
    return REFUND["tool"] | over


def make_escalation(request: Request | None = None, **over: Any) -> Escalation:
    """An open escalation of refund-bot, posted at noon, to be answered by four."""
    request = request or make_request()
    fields: dict[str, Any] = {
        "id": "esc_01JABCDEFGHJKMNPQRSTVWXYZ0",
        "agent": "refund-bot",
        "owners": frozenset({"U01ALICE"}),
        "status": "open",
        "version": 1,
        "created_at": NOW,
        "expires_at": NOW + timedelta(hours=4),
        "request": request,
        "action_digest": digest_of(request),
        "urgency": request.urgency,
        "need": Need(route="default", approvals=1),
        "valid_for": timedelta(hours=24),
        "rule": "refunds over 50",
        "why": None,
        "handoff": "A specialist is looking at this.",
    }
    return Escalation(**(fields | over))


def digest_of(request: Request) -> str:
    """The real digest; a stand-in for requests that no door would have let in."""
    try:
        return digest(asked(request))
    except Exception:
        return DIGEST


def human(name: str = "Alice", **over: Any) -> Actor:
    fields: dict[str, Any] = {
        "type": "human",
        "id": f"U01{name.upper()}",
        "display_name": name,
        "authenticated_by": "slack",
        "via": "button",
    }
    return Actor(**(fields | over))


def make_vote(by: Actor | None = None, **over: Any) -> Vote:
    fields: dict[str, Any] = {
        "actor": by or human("Bob"),
        "type": "approve",
        "effective_digest": digest_of(make_request()),
        "at": NOW + timedelta(minutes=1),
    }
    return Vote(**(fields | over))


def make_decision(**over: Any) -> Decision:
    """Alice's approval after three minutes."""
    request = make_request()
    fields: dict[str, Any] = {
        "id": "dec_01JABCDEFGHJKMNPQRSTVWXYZ0",
        "type": "approve",
        "provenance": "human",
        "effective": effective(request),
        "effective_digest": digest_of(request),
        "modified_arguments": None,
        "comment": None,
        "guidance": None,
        "stop_run": False,
        "decided_by": human(),
        "decided_at": NOW + timedelta(minutes=3),
        "expires_at": NOW + timedelta(hours=24),
        "rule": None,
        "votes": (),
        "policy_version": "1",
    }
    return Decision(**(fields | over))


def make_proposal(**over: Any) -> Proposal:
    """Alice would rather send 200."""
    arguments = over.pop("arguments", {"order": "89234", "amount": 200.0, "currency": "USD"})
    fields: dict[str, Any] = {
        "arguments": arguments,
        "digest": digest_of(make_request().with_arguments(arguments)),
        "need": Need(route="default", approvals=2),
        "by": human(),
    }
    return Proposal(**(fields | over))


def make_run_guidance(text: str = "Property damage first.", **over: Any) -> RunGuidance:
    """What Bob has said for the rest of the run."""
    fields: dict[str, Any] = {
        "escalation_id": "esc_01JABCDEFGHJKMNPQRSTVWXYZ1",
        "text": text,
        "sender": Named(type="human", id="U02BOB", display_name="Bob"),
        "at": NOW,
    }
    return RunGuidance(**(fields | over))


def make_around(**over: Any) -> Around:
    return Around(**({"now": NOW + timedelta(hours=1)} | over))
