"""Sends what is owed: woken by the commits, and looking for itself every second.

One slow call holds up nobody but whoever is next in its own channel.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from bot.domain.errors import PullcordError
from bot.domain.outgoing import Alert, Checkpoint, Sent
from bot.observe import SENT
from bot.store import messages, outbox
from bot.usecases.say import say
from bot.usecases.send_card import card_failed, send_card
from bot.usecases.turns import LOOK_SECONDS, Turn, claim_cards, claim_words

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from bot.senders.slack import SlackSender
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_AT_ONCE = 8
_BEHIND_SECONDS = 0.01


class Outbox:
    """Two loops, so that a private word never queues behind a hundred cards."""

    def __init__(
        self,
        desk: Desk,
        sender: SlackSender,
        *,
        instance: str,
        admin_channel: str | None,
        audit_channel: str | None,
    ) -> None:
        self._desk = desk
        self._sender = sender
        self._instance = instance
        self._admin_channel = admin_channel
        self._audit_channel = audit_channel
        self._loops: list[asyncio.Task[None]] = []
        self._stopping = False

    def start(self) -> None:
        self._loops = [
            asyncio.create_task(self._loop(messages.TOPIC, claim_cards, self._send_card)),
            asyncio.create_task(self._loop(outbox.TOPIC, self._claim_words, self._say)),
        ]

    async def stop(self) -> None:
        """Stop between two sendings; what is under way is finished first."""
        self._stopping = True
        self._desk.waker.wake_everybody()
        await asyncio.gather(*self._loops)

    async def _loop(
        self,
        topic: str,
        claim: Callable[[Desk, str, int, Collection[str]], Awaitable[Turn]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        under_way: dict[asyncio.Task[None], str] = {}
        while not self._stopping:
            if len(under_way) == _AT_ONCE:
                await asyncio.wait(
                    under_way, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
                # What began together ends together, and is followed by one claim.
                await asyncio.sleep(_BEHIND_SECONDS)
                continue
            async with self._desk.waker.listening(topic) as sleep:
                free, busy = _AT_ONCE - len(under_way), frozenset(under_way.values())
                try:
                    turn = await claim(self._desk, self._instance, free, busy)
                except PullcordError as error:
                    log.warning("outbox.unavailable", topic=topic, reason=str(error))
                    turn = Turn([])
                except Exception:
                    log.exception("outbox.failed", topic=topic)
                    turn = Turn([])
                for item in turn.claimed:
                    task = asyncio.create_task(self._one(send, item))
                    under_way[task] = item.id
                    task.add_done_callback(under_way.pop)
                if (turn.all or not turn.claimed) and await sleep(turn.rest):
                    # Agents and people first: who was answered by the same commit goes ahead.
                    await asyncio.sleep(_BEHIND_SECONDS)
        if under_way:
            await asyncio.wait(under_way)

    async def _claim_words(self, desk: Desk, owner: str, limit: int, busy: Collection[str]) -> Turn:
        said_in = {"alert": self._admin_channel, "checkpoint": self._audit_channel}
        return await claim_words(desk, owner, limit, said_in, busy)

    async def _one(self, send: Callable[[Any], Awaitable[None]], item: Any) -> None:
        try:
            await send(item)
        except PullcordError as error:
            log.warning("outbox.unavailable", item=item.id, reason=str(error))
        except Exception:
            # The lease runs out and somebody tries again; the others must not suffer.
            log.exception("outbox.failed", item=item.id)

    async def _send_card(self, claimed: messages.Claimed) -> None:
        try:
            outcome = await send_card(self._desk, self._sender, claimed)
        except PullcordError:
            raise
        except Exception as error:
            log.exception("card.failed", message=claimed.id, escalations=claimed.escalation_ids)
            await card_failed(self._desk, claimed, type(error).__name__)
            return
        SENT.labels(kind="card", outcome=type(outcome).__name__.lower()).inc()
        level = log.info if isinstance(outcome, Sent) else log.warning
        level(
            "card.sent",
            outcome=type(outcome).__name__.lower(),
            reason=getattr(outcome, "reason", None),
            message=claimed.id,
            escalations=claimed.escalation_ids,
            attempt=claimed.attempts,
        )

    async def _say(self, claimed: outbox.Claimed) -> None:
        outcome = await say(
            self._desk,
            self._sender,
            claimed,
            admin_channel=self._admin_channel,
            audit_channel=self._audit_channel,
        )
        kind = type(claimed.owed).__name__.lower()
        SENT.labels(kind=kind, outcome=type(outcome).__name__.lower()).inc()
        if isinstance(claimed.owed, Alert):
            log.warning("operator.alerted", text=claimed.owed.text)
        if isinstance(claimed.owed, Checkpoint):
            log.info("audit.checkpoint", text=claimed.owed.text)
        if not isinstance(outcome, Sent):
            log.warning("word.not_said", kind=kind, reason=outcome.reason, word=claimed.id)
