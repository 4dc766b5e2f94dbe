"""Audits the house each minute, says what it finds, and gives a sign of life while all is well."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import PullcordError
from bot.domain.findings import KINDS
from bot.observe import FINDINGS, HEARTBEATS
from bot.usecases.audit_house import audit_house
from bot.usecases.duties import off_duty, on_duty

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from bot.domain.findings import Kind
    from bot.usecases.audit_house import Verdict
    from bot.usecases.desk import Desk

log = structlog.get_logger()

EVERY_SECONDS = 60.0
_DUTY = "audit"
# Whoever looked last looks again, unless its own look is half a minute late.
_LEASE = timedelta(seconds=EVERY_SECONDS * 1.5)


class Auditor:
    """One replica looks at the tables, for all; what a process sees of itself, each looks at."""

    def __init__(
        self,
        desk: Desk,
        *,
        instance: str,
        machine_now: Callable[[], datetime],
        beat: Callable[[], Awaitable[str | None]] | None,
    ) -> None:
        """`beat` gives the sign of life and returns what went wrong; None: nobody listens."""
        self._desk = desk
        self._instance = instance
        self._machine_now = machine_now
        self._beat = beat
        self._was_deaf = False

    async def look(self) -> None:
        """Raises UnavailableError; then there is no sign of life either."""
        # A line that was just cut is up again within a second: twice in a row is trouble.
        deaf, self._was_deaf = self._was_deaf, self._desk.ledger.hears_others is False
        verdict = await audit_house(
            self._desk,
            self._instance,
            self._machine_now,
            deaf=deaf and self._was_deaf,
            tables=await on_duty(self._desk, _DUTY, self._instance, _LEASE),
        )
        for kind in KINDS:
            _say(kind, verdict)
        for kind in verdict.over:
            log.info("auditor.over", kind=kind)
        if verdict.clean and self._beat is not None:
            trouble = await self._beat()
            HEARTBEATS.labels(outcome="taken" if trouble is None else "failed").inc()
            if trouble is not None:
                log.warning("heartbeat.not_taken", reason=trouble)

    async def stop(self) -> None:
        """Another replica may look from now on."""
        with suppress(PullcordError):
            await off_duty(self._desk, _DUTY, self._instance)


def _say(kind: Kind, verdict: Verdict) -> None:
    what = verdict.found.get(kind)
    FINDINGS.labels(kind=kind).set(0 if what is None else what.count)
    if what is not None:
        log.warning(
            "auditor.found",
            kind=kind,
            count=what.count,
            example=what.example,
            new=kind in verdict.new,
        )
