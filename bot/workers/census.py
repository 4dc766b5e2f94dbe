"""Asks Slack who the policy's people are: when something changed, and every ten minutes anyway.

One call after the other, so that it never takes more than its share of Slack's limits; a kind of
question that Slack does not answer rests, while the others go on. Of several replicas one asks.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import PullcordError
from bot.domain.outgoing import Later
from bot.store import people
from bot.usecases.duties import off_duty, on_duty
from bot.usecases.learn_people import (
    KINDS,
    Kind,
    learn,
    questions,
    say_if_nobody_can_decide,
)

if TYPE_CHECKING:
    from bot.domain.outgoing import Never
    from bot.senders.slack import SlackSender
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_DUTY = "census"
_LOOK_SECONDS = 2.0
# So soon after Slack has come back, everybody can decide again.
_LONGEST_REST = 30.0
# Then it is Slack and not one person.
_ENOUGH_REFUSALS = 3
# What only an operator can mend.
_NEVER_REST = 60.0


class Census:
    """Made once; `take` asks for what is due, and the loop does so for ever."""

    def __init__(self, desk: Desk, sender: SlackSender, instance: str) -> None:
        self._desk = desk
        self._instance = instance
        self._sender = sender
        self._rests_until: dict[Kind, float] = {}
        self._failures: dict[Kind, int] = {}
        self._refused: dict[Kind, set[str]] = {}
        self._loop: asyncio.Task[None] | None = None

    async def take(self) -> None:
        """Ask Slack for everything that is due and does not rest."""
        clock = asyncio.get_running_loop()
        for kind in KINDS:
            if clock.time() < self._rests_until.get(kind, 0):
                continue
            refusal = await self._ask(kind)
            if refusal is None:
                self._failures[kind] = 0
            else:
                self._rests_until[kind] = clock.time() + self._rest(kind, refusal)
                log.warning("people.not_told", kind=kind, reason=refusal.reason)
        await say_if_nobody_can_decide(self._desk)

    def start(self) -> None:
        """Listen from now on."""
        if self._loop is None:
            self._loop = asyncio.create_task(self._for_ever())

    async def stop(self) -> None:
        """At once: what was asked and not remembered is asked again at the next start."""
        if self._loop is not None:
            self._loop.cancel()
            with suppress(asyncio.CancelledError):
                await self._loop
            with suppress(PullcordError):
                await off_duty(self._desk, _DUTY, self._instance)

    async def _ask(self, kind: Kind) -> Later | Never | None:
        """The refusal on which this kind has to rest; None when all the others were answered."""
        refused = self._refused.setdefault(kind, set())
        due = await questions(self._desk, kind)
        in_a_row: list[Later | Never] = []
        # One who is refused time and again must not keep the others waiting.
        for question in sorted(due, key=lambda one: one.due.key in refused):
            refusal = await learn(self._desk, self._sender, question)
            if refusal is None:
                refused.discard(question.due.key)
                in_a_row.clear()
                continue
            refused.add(question.due.key)
            in_a_row.append(refusal)
            asked_to_wait = not isinstance(refusal, Later) or refusal.after is not None
            if asked_to_wait or len(in_a_row) == _ENOUGH_REFUSALS:
                break
        return in_a_row[-1] if in_a_row else None

    def _rest(self, kind: Kind, refusal: Later | Never) -> float:
        if not isinstance(refusal, Later):
            return _NEVER_REST
        failures = self._failures[kind] = self._failures.get(kind, 0) + 1
        rest = min(0.5 * 2.0 ** min(failures, 10), _LONGEST_REST)
        return rest if refusal.after is None else max(refusal.after, rest)

    async def _for_ever(self) -> None:
        """Woken by what the people's door has heard."""
        while True:
            async with self._desk.waker.listening(people.TOPIC) as sleep:
                try:
                    if await on_duty(self._desk, _DUTY, self._instance):
                        await self.take()
                except PullcordError as error:
                    log.warning("people.unavailable", reason=str(error))
                except Exception:
                    log.exception("people.failed")
                await sleep(_LOOK_SECONDS)
