"""Sees to it that reports get their pictures: looks every few seconds, one report after another."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.domain.errors import PullcordError
from bot.usecases.share_pictures import share_pictures
from bot.workers.drawing import Drawing

if TYPE_CHECKING:
    from bot.domain.drawn import Draw
    from bot.senders.files import FileSender
    from bot.usecases.desk import Desk

log = structlog.get_logger()

_LOOK_SECONDS = 5.0


class Pictures:
    """Drawing takes seconds, so it is no job of the ticker's."""

    def __init__(self, desk: Desk, sender: FileSender, *, instance: str) -> None:
        self.draw: Draw = Drawing()
        self._desk = desk
        self._sender = sender
        self._instance = instance
        self._one = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """What is cut off here is looked for first, whoever goes on with it."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def look(self) -> int:
        """How many reports have got theirs now."""
        async with self._one:
            return await share_pictures(self._desk, self._sender, self.draw, self._instance)

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.look()
            except PullcordError as error:
                log.warning("pictures.unavailable", reason=str(error))
            except Exception:
                log.exception("pictures.failed")
