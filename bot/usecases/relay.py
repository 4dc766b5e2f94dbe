"""One event for an agent's own address, from the claim to what came of it."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, assert_never

import orjson
import structlog

from bot.cards import wording_relays as wording
from bot.domain.errors import InvalidError
from bot.domain.outgoing import Alert, Delivered, Failed, Gone
from bot.domain.resource import resource
from bot.store import escalations, keys, outbox, relays

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.senders.agent import AgentSender
    from bot.store.ledger import Ledger
    from bot.store.relays import Claimed, Dead
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: Seconds after each failed try: an agent that waits hears soon, and one that is down for a
#: weekend (Standard Webhooks' own spacing) is still told.
WAITS = (1, 5, 15, 60, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
_JITTER = 0.2
#: An address at which nothing ever arrives is left alone after this long.
_GIVE_UP_ON_ENDPOINT = timedelta(hours=120)


async def claim_relays(desk: Desk, owner: str, limit: int, busy: Collection[str]) -> list[Claimed]:
    """Events that are due, ours until their lease ends; none for busy hosts."""
    return await desk.ledger.run_behind(relays.claim, owner, limit, busy)


async def relay(desk: Desk, sender: AgentSender, claimed: Claimed) -> Delivered | Failed | Gone:
    """Deliver the escalation as it is now, and remember how that went.

    In a task of its own: whatever that logs from now on carries the escalation's trace.
    """
    body, at, secrets, trace = await desk.ledger.read(_compose, desk, claimed)
    if trace is not None:
        structlog.contextvars.bind_contextvars(trace=trace)
    outcome = await sender.deliver(
        claimed.url, webhook_id=claimed.id, at=at, body=body, secrets=secrets, trace=trace
    )
    await desk.ledger.run_behind(_settle, claimed, outcome)
    return outcome


async def relay_failed(desk: Desk, claimed: Claimed, error: str) -> None:
    """Our own composing or sending broke: a failed try like any other, so it ends some day."""
    await desk.ledger.run_behind(_settle, claimed, Failed(reason=error))


def _compose(
    tx: Tx, desk: Desk, claimed: Claimed
) -> tuple[bytes, datetime, list[bytes], str | None]:
    found = escalations.find(tx, claimed.escalation_id)
    body = {
        "type": claimed.event,
        "timestamp": claimed.created_at.isoformat().replace("+00:00", "Z"),
        "data": resource(found),
    }
    live = [key for key in keys.of_agent(tx, claimed.agent) if key.live(tx.now())]
    secrets = [
        secret for key in live if key.callback_secret for secret in desk.callback_secrets(key.id)
    ]
    return orjson.dumps(body), tx.now(), secrets, found.trace


def _settle(tx: Tx, claimed: Claimed, outcome: Delivered | Failed | Gone) -> None:
    match outcome:
        case Delivered():
            relays.settle_delivered(tx, claimed)
        case Gone():
            relays.settle_dead(tx, claimed, problem=wording.GONE)
            _disable(tx, claimed, wording.GONE)
        case Failed() if outcome.final or claimed.attempts > len(WAITS):
            relays.settle_dead(tx, claimed, problem=outcome.reason)
            _tell_given_up(tx, claimed, outcome.reason)
        case Failed():
            relays.settle_later(
                tx, claimed, wait=_wait(claimed.attempts, outcome.after), problem=outcome.reason
            )
            if tx.now() - relays.failing_since(tx, claimed) >= _GIVE_UP_ON_ENDPOINT:
                _disable(tx, claimed, wording.NOTHING_ARRIVES)
        case _:
            assert_never(outcome)


def _tell_given_up(tx: Tx, claimed: Claimed, reason: str) -> None:
    """Of an address at which nothing arrives, once in ten minutes and not for each event."""
    name = f"given_up_{claimed.agent}_{claimed.host}_{tx.now():%Y%m%d%H%M}"[:-1]
    outbox.owe_once(tx, name, Alert(text=wording.given_up(claimed, reason)))


def _wait(attempts: int, after: float | None) -> timedelta:
    jitter = random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
    return timedelta(seconds=max(WAITS[attempts - 1] * jitter, after or 0))


def _disable(tx: Tx, claimed: Claimed, why: str) -> None:
    if relays.disable(tx, claimed, why):
        outbox.owe(tx, Alert(text=wording.disabled(claimed.agent, claimed.host, why)))


async def dead_letters(ledger: Ledger) -> list[Dead]:
    """What was given up, the newest first; a hundred at most."""
    return await ledger.read(relays.dead, 100)


async def replay(ledger: Ledger, wanted: str) -> list[str]:
    """Try again what was given up: one event, or all of an escalation.

    Raises InvalidError when nothing of that id was given up.
    """
    again = await ledger.run(relays.replay, wanted)
    if not again:
        raise InvalidError(
            f"Nothing that was given up has the id {wanted[:64]!r}. `dead` lists what was."
        )
    return again
