"""One delivery of Slack's socket: what Bolt makes of it, and the answer that goes back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slack_bolt.request.async_request import AsyncBoltRequest

from handlers.slack.who import well_formed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt.app.async_app import AsyncApp


@dataclass(frozen=True, slots=True)
class Envelope:
    """A delivery that Slack waits to hear back of."""

    id: str
    payload: object
    headers: Mapping[str, str]

    def received(self, answer: object = None) -> str:
        """The words by which Slack knows that it need not come again."""
        said: dict[str, object] = {"envelope_id": self.id}
        if answer is not None:
            said["payload"] = answer
        return json.dumps(said)


def read_envelope(said: Mapping[str, Any]) -> Envelope | None:
    """None for what is no delivery: there is nothing to answer to."""
    envelope_id = said.get("envelope_id")
    if not isinstance(envelope_id, str) or not envelope_id:
        return None
    headers = {
        header: str(said[key])
        for key, header in (
            ("retry_attempt", "x-slack-retry-num"),
            ("retry_reason", "x-slack-retry-reason"),
        )
        if said.get(key)
    }
    return Envelope(envelope_id, said.get("payload"), headers)


async def dispatch(bolt: AsyncApp, envelope: Envelope) -> str | None:
    """Run the listener to its end; returns what to tell Slack, or None when it shall hear nothing.

    Answers as the door at `/slack/events` does: what nobody knows is taken, and nothing is done.
    """
    asked = _as_bolt_has_it(envelope)
    if asked is None:
        return envelope.received()
    answer = await bolt.async_dispatch(asked)
    if answer.status == 404:
        return envelope.received()
    if answer.status != 200:
        return None
    return envelope.received(_object(answer.body))


def _as_bolt_has_it(envelope: Envelope) -> AsyncBoltRequest | None:
    payload = envelope.payload
    if not isinstance(payload, dict) or not well_formed(payload):
        return None
    try:
        return AsyncBoltRequest(mode="socket_mode", body=payload, headers=dict(envelope.headers))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _object(body: str) -> object:
    """What a listener answered: an object, or a command's plain text."""
    if not body:
        return None
    try:
        value = json.loads(body)
    except ValueError:
        return {"text": body}
    return value if isinstance(value, dict) else {"text": body}
