"""An agent's own trace goes through: the journal, the log, and its callback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import structlog

from bot.store import journal
from tests.receiver import receiver
from tests.world import REFUND

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import Answer, World

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """Every event of the log, with what is bound around it."""
    events: list[Any] = []

    def keep(_logger: object, _name: str, event: Any) -> Any:
        events.append(dict(event))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, keep])
    yield events
    structlog.configure(**before)


async def posts(world: World, trace: str, **over: Any) -> Answer:
    agent = await world.agent(callback_secret=True)
    headers = {"Idempotency-Key": "k", "traceparent": trace}
    return await agent.call("POST", "/v1/escalations", REFUND | over, headers=headers)


async def test_a_trace_goes_through(world: World, logged: list[Any]) -> None:
    """From the question to the callback, and nowhere into the resource."""
    async with receiver() as hook:
        asked = await posts(world, TRACE, callback={"url": hook.url})
        await world.until(lambda: bool(world.cards()))
        await world.cards()[0].click("Approve", by="alice")
        await hook.until(1)
        await world.until_true(lambda: _has(logged, "relay.sent"))

    story = await world.desk.ledger.read(journal.of, asked.json["id"])
    assert dict(story)["escalation.opened"]["trace"] == TRACE
    assert hook.arrived[0].headers["traceparent"] == TRACE
    assert TRACE not in str(asked.json) + hook.arrived[0].body.decode()
    traced = {event["event"] for event in logged if event.get("trace") == TRACE}
    assert traced >= {"escalation.opened", "card.sent", "vote.counted", "relay.sent"}


async def _has(logged: list[Any], name: str) -> bool:
    return any(event["event"] == name for event in logged)


async def test_an_invalid_trace_is_ignored(world: World, logged: list[Any]) -> None:
    """As if it had not come: the question is taken, and nothing carries it."""
    asked = await posts(world, TRACE.upper())
    await world.until(lambda: bool(world.cards()))
    await world.until_true(lambda: _has(logged, "card.sent"))

    assert asked.status == 201
    story = await world.desk.ledger.read(journal.of, asked.json["id"])
    assert "trace" not in dict(story)["escalation.opened"]
    assert not [event for event in logged if "trace" in event]
