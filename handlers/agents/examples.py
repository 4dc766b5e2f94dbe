"""The refund that the whole documentation tells of."""

from __future__ import annotations

from typing import Any

REQUEST: dict[str, Any] = {
    "kind": "approval",
    "action": "Send refund of $247.50 to customer@email.com",
    "reason": "Order #89234 was returned within the 30-day window. Product was defective "
    "(customer provided photos).",
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
    "callback_state": {"thread": "t-1"},
    "group_key": "run-77",
    "metadata": {},
}
OUTPUTS: dict[str, Any] = {
    "items": [
        {
            "id": "chat-5512/turn-3",
            "category": "faq",
            "input": "How long does a refund take?",
            "output": "Three to five business days after we have booked it.",
            "confidence": 0.94,
            "signals": [{"name": "source_coverage", "value": 1.0}],
            "tool_calls": [
                {"name": "search_help", "arguments": {"query": "refund time"}, "result": "2 pages"}
            ],
            "agent_version": "2026-11-20",
        }
    ]
}
REDEEM: dict[str, Any] = {"redeem_id": "run-77/step-4"}
OUTCOME: dict[str, Any] = {"status": "succeeded", "note": "Refund R-5512 was booked."}
DECISION: dict[str, Any] = {"type": "reject", "comment": "The photos show another product."}
MESSAGE: dict[str, Any] = {
    "text": "The photos are from 2 March; the parcel arrived on 27 February."
}
