"""Several bots on one PostgreSQL, and the world around them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import aiohttp

from sandbox.server import make_app
from sandbox.testing import serving
from tests.processes import BotProcess
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import Asked

# A dead sender's lease, and the time after which Slack's history is complete.
PATIENCE = 45.0


class Fleet(World):
    """The world around several bots. Slack delivers to, and agents ask, the one in turn."""

    bots: list[BotProcess]

    async def open(self) -> None:
        self._stack = AsyncExitStack()
        self.http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self.sandbox_url = await self._stack.enter_async_context(
            serving(make_app(self.slack, pacing=False))
        )
        self.bots = []

    async def close(self) -> None:
        await asyncio.gather(*(bot.stop() for bot in self.bots))
        await self._stack.aclose()

    def add(self, **extra: str) -> BotProcess:
        folder = self.folder / f"replica{len(self.bots)}"
        folder.mkdir()
        bot = BotProcess(
            self.http, folder, self.database_url, self.sandbox_url, policy=self.policy, extra=extra
        )
        self.bots.append(bot)
        return bot

    async def start(self, replicas: int, **extra: str) -> list[BotProcess]:
        """All at once."""
        started = [self.add(**extra) for _ in range(replicas)]
        await asyncio.gather(*(bot.start() for bot in started))
        await self.turn_to(started[0])
        return started

    async def turn_to(self, bot: BotProcess) -> None:
        """Agents ask this one now, and Slack delivers to it."""
        self.url = bot.url
        await self.control("settings", events_url=f"{bot.url}/slack/events")

    async def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        await super().until(condition, patience)

    async def parked_at(self, bot: BotProcess, asked: Asked, agents: int = 1) -> asyncio.Task[Any]:
        """An agent that waits there, once it does."""
        self.url = bot.url
        waiting = asyncio.create_task(asked.see(wait=50))
        await self.until_true(lambda: self.says(bot, f"pullcord_waiting_agents {agents}.0"))
        return waiting

    async def says(self, bot: BotProcess, metric: str) -> bool:
        async with self.http.get(bot.url + "/metrics") as metrics:
            return metric in await metrics.text()

    async def ready(self, bot: BotProcess) -> tuple[int, dict[str, str]]:
        async with self.http.get(bot.url + "/readyz") as ready:
            return ready.status, await ready.json()
