"""Time: APScheduler only ticks; the database says what is due."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.errors import PullcordError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

log = structlog.get_logger()


class Ticker:
    """Runs each job every so often, never twice at once, and never loses one to a missed tick."""

    def __init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._under_way: set[asyncio.Task[object]] = set()
        self._stopping = False

    def every(
        self,
        seconds: float,
        name: str,
        job: Callable[[], Coroutine[object, object, object]],
        *,
        at_once: bool = False,
    ) -> None:
        """`at_once`: the first time as soon as the ticker starts, not when the seconds are over."""

        async def run() -> None:
            if self._stopping:
                return
            # A task of its own: a stop waits for it instead of tearing it.
            task = asyncio.ensure_future(job())
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                # The scheduler goes; the job itself is finished by stop().
                return
            except PullcordError as error:
                log.warning("tick.unavailable", job=name, reason=str(error))
            except Exception:
                log.exception("tick.failed", job=name)

        self._scheduler.add_job(
            run,
            "interval",
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        if at_once:
            self._scheduler.add_job(run, misfire_grace_time=None)

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self) -> None:
        """No further tick; those under way are finished first."""
        self._stopping = True
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._under_way:
            await asyncio.wait(self._under_way)
