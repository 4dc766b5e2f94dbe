"""An agent that wants to refund a customer and asks first. Standard library only.

python -m examples.refund_agent --url http://127.0.0.1:8080 --key pc_…
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

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
    "confidence": 0.72,
    "signals": [{"name": "source_coverage", "value": 0.8}],
    "risk": {
        "level": "medium",
        "reversibility": "irreversible",
        "cost": {"amount": "247.50", "currency": "USD"},
    },
    "context": {
        "reasoning": "The return was scanned on Monday and the photos show a broken hinge.",
        "attempts": [{"what": "Offered a replacement", "result": "The customer wants the money."}],
    },
    "evidence": [{"type": "link", "title": "Photos", "url": "https://example.com/p/1"}],
}


class Pullcord:
    """The few calls that an agent needs."""

    def __init__(self, url: str, key: str) -> None:
        self.url = url.rstrip("/")
        self.key = key

    def call(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            | (headers or {}),
        )
        with urllib.request.urlopen(request, timeout=65) as answer:
            return json.load(answer)

    def ask(self, question: dict[str, Any]) -> Any:
        """Post an escalation. The key makes it safe to send the same question again."""
        key = {"Idempotency-Key": str(uuid.uuid4())}  # noqa: TID251 - an agent has its own ids
        return self.call("POST", "/v1/escalations", question, key)

    def wait(self, escalation_id: str) -> Any:
        """The escalation once it is settled, however long that takes."""
        while True:
            seen = self.call("GET", f"/v1/escalations/{escalation_id}?wait=55")
            if seen["status"] != "open":
                return seen


def issue_refund(order: str, amount: float, currency: str) -> str:
    """Here the real agent would move money."""
    return f"refunded {amount:.2f} {currency} for order {order}"


def headline(question: dict[str, Any]) -> str:
    """What the question is about, whichever kind it is."""
    if "action" in question:
        return str(question["action"])
    if "question" in question:
        return str(question["question"])
    return f"{question['checkpoint']['workflow_id']} paused"


def run(effective: dict[str, Any]) -> str:
    """Do exactly what was decided, and say so."""
    if "answer" in effective:
        return f"I send “{effective['answer']}”."
    tool, arguments = effective["tool"], effective["arguments"]
    done = issue_refund(**arguments) if tool == "issue_refund" else "done"
    return f"I run {tool} with {json.dumps(arguments)}: {done}."


def main() -> int:
    options = argparse.ArgumentParser(description="An agent that asks before it refunds.")
    options.add_argument("--url", default="http://127.0.0.1:8080")
    options.add_argument("--key", required=True)
    options.add_argument("--name", default="the agent")
    options.add_argument("--question", type=Path, help="another question, as a JSON file")
    given = options.parse_args()
    pullcord = Pullcord(given.url, given.key)

    def say(sentence: str) -> None:
        print(f"{given.name}: {sentence}", flush=True)

    try:
        question = REFUND if given.question is None else json.loads(given.question.read_text())
        asked = pullcord.ask(question)
        say(f"I asked “{headline(question)}” ({asked['id']}) and wait for a person.")
        settled = pullcord.wait(asked["id"])
        decision = settled["decision"]
        if decision is None:
            say(f"Nobody decided; it is {settled['status']}. I do nothing.")
            return 0
        who = decision["decided_by"]["display_name"] or decision["decided_by"]["id"]
        say(f"{who} answered: {decision['type']}. {decision['comment'] or ''}".rstrip())
        if decision["type"] == "respond":
            chosen = ", ".join(decision["option_ids"])
            given_words = [chosen, json.dumps(decision["response"]) if decision["response"] else ""]
            say(f"I go on with {' and '.join(filter(None, given_words))}.")
            return 0
        if decision["effective"] is None:
            pullcord.call("POST", f"/v1/escalations/{asked['id']}/outcome", {"status": "not_run"})
            say("I run nothing.")
            return 0
        taken = pullcord.call(
            "POST", f"/v1/escalations/{asked['id']}/redeem", {"redeem_id": asked["id"]}
        )
        say(run(taken["effective"]))
        pullcord.call("POST", f"/v1/escalations/{asked['id']}/outcome", {"status": "succeeded"})
    except urllib.error.HTTPError as error:
        say(f"Pullcord refused: {error.read().decode()}")
        return 1
    except (urllib.error.URLError, ConnectionError) as error:
        say(f"Pullcord cannot be reached: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
