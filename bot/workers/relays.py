"""Tells agents at their own addresses: woken by the commits, and looking for itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import PullcordError
from bot.domain.outgoing import Delivered, Failed
from bot.observe import SENT
from bot.store import relays
from bot.usecases.relay import claim_relays, relay, relay_failed

if TYPE_CHECKING:
    from bot.senders.agent import AgentSender
    from bot.store.relays import Claimed
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_AT_ONCE = 32
#: One slow agent must not hold up the others.
_PER_HOST = 4
_LOOK_SECONDS = 1.0
#: On a stop: whoever has not answered by then is told again by the next process.
_LAST_SECONDS = 5.0


class Relays:
    """One loop that hands out events, and a task for each of them."""

    def __init__(self, desk: Desk, sender: AgentSender, *, instance: str) -> None:
        self._desk = desk
        self._sender = sender
        self._instance = instance
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._stopping = False

    def start(self) -> None:
        self._loop = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        self._stopping = True
        self._desk.waker.wake_everybody()
        await self._loop
        if self._under_way:
            _, late = await asyncio.wait(self._under_way, timeout=_LAST_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _for_ever(self) -> None:
        while not self._stopping:
            async with self._desk.waker.listening(relays.TOPIC) as sleep:
                if not await self._hand_out():
                    await sleep(_LOOK_SECONDS)

    async def _hand_out(self) -> bool:
        """Whether there may be more to hand out at once."""
        free = _AT_ONCE - len(self._under_way)
        if free <= 0:
            # Not until one is done: a stop must not wait for the slowest agent.
            await asyncio.wait(
                self._under_way, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            return True
        hosts = Counter(self._under_way.values())
        busy = [host for host, count in hosts.items() if count >= _PER_HOST]
        # All that is claimed together may be for the host that is nearly busy.
        room = _PER_HOST - max((n for n in hosts.values() if n < _PER_HOST), default=0)
        try:
            claimed = await claim_relays(self._desk, self._instance, min(free, room), busy)
        except PullcordError as error:
            log.warning("relays.unavailable", reason=str(error))
            return False
        for one in claimed:
            task = asyncio.create_task(self._one(one))
            self._under_way[task] = one.host
            task.add_done_callback(self._under_way.pop)
        return bool(claimed)

    async def _one(self, claimed: Claimed) -> None:
        try:
            outcome = await relay(self._desk, self._sender, claimed)
        except PullcordError as error:
            log.warning("relay.unavailable", relay=claimed.id, reason=str(error))
            return
        except Exception as error:
            log.exception("relay.failed", relay=claimed.id)
            await relay_failed(self._desk, claimed, type(error).__name__)
            return
        name = type(outcome).__name__.lower()
        SENT.labels(kind="callback", outcome=name).inc()
        level = log.info if isinstance(outcome, Delivered) else log.warning
        level(
            "relay.sent",
            outcome=name,
            reason=outcome.reason if isinstance(outcome, Failed) else None,
            relay=claimed.id,
            escalation=claimed.escalation_id,
            host=claimed.host,
            attempt=claimed.attempts,
        )
