"""A stage for disasters: bots as processes, a Slack, agents and people who do not give up."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import asyncpg

from sandbox.server import make_app
from sandbox.testing import serving
from tests.chaos.balancer import balancer
from tests.processes import BotProcess, command
from tests.receiver import receiver
from tests.world import POLICY, REFUND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.databases import Postgres

#: A dead sender's lease, the settle time, and a slow machine.
PATIENCE = 90.0
_NOT_JUST_NOW = {500, 502, 503}


@dataclass
class Question:
    """What one agent asked, and what each side has been told about it."""

    key: str
    id: str = ""
    #: What people pressed and Slack got a 200 for.
    acknowledged: list[str] = field(default_factory=list)
    #: Each decision id that the agent has ever been shown.
    decisions: set[str] = field(default_factory=set)
    #: The redeem_ids that were answered with 200.
    redeemers: set[str] = field(default_factory=set)
    #: The status that this question must end with; None: any settled one.
    ends: str | None = None


class Scene(World):
    """One database, one Slack, and as many bots as asked for."""

    def __init__(self, database_url: str, folder: Path, *, bots: int = 1, **options: Any) -> None:
        super().__init__(database_url, folder, **options)
        self._count = bots
        self.deaths: list[int] = []
        self.questions: list[Question] = []
        self._watchers: list[asyncio.Task[None]] = []
        self._limits: list[asyncio.Timeout] = []

    async def open(self) -> None:
        self._stack = AsyncExitStack()
        # No reuse: a connection to a dead bot would be tried again and again.
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        self.http = await self._stack.enter_async_context(
            aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=70))
        )
        self.sandbox_url = await self._stack.enter_async_context(
            serving(make_app(self.slack, events_url="http://127.0.0.1:1/", pacing=False))
        )
        self.hook = await self._stack.enter_async_context(receiver())
        self.bots = [
            BotProcess(
                self.http,
                self.folder,
                self.database_url,
                self.sandbox_url,
                policy=self.policy,
                extra={"PULLCORD_CALLBACK_ALLOW": "127.0.0.0/8"},
            )
            for _ in range(self._count)
        ]
        self.url = await self._stack.enter_async_context(balancer([bot.port for bot in self.bots]))
        await self.control("settings", events_url=f"{self.url}/slack/events")
        self.key = await self.key_of("refund-bot", "--callback-secret")

    async def key_of(self, name: str, *options: str) -> str:
        code, out, err = await command(
            "keys", "create", name, *options, environment=self.bots[0].environment
        )
        assert code == 0, err
        return out.strip().splitlines()[-1]

    async def start(
        self, bot: BotProcess, *victim: str, serve: tuple[str, ...] = ("-m", "bot", "serve")
    ) -> None:
        """Start it, and again whenever it dies; `victim` only the first time."""
        bot.arguments = ("-m", "tests.chaos.victim", *victim) if victim else serve
        with suppress(AssertionError):  # it may die before it is ready
            await bot.start()
        bot.arguments = serve
        self._watchers.append(asyncio.create_task(self._restart(bot)))

    async def _restart(self, bot: BotProcess) -> None:
        while True:
            code = await bot.process.wait()
            if code == 0:
                return  # it was asked to go
            self.deaths.append(code)
            with suppress(AssertionError, TimeoutError):
                await bot.start()
            if code == -signal.SIGKILL:
                self._begin_to_wait_anew()

    async def close(self) -> None:
        for watcher in self._watchers:
            watcher.cancel()
        await asyncio.gather(*self._watchers, return_exceptions=True)
        for bot in self.bots:
            if hasattr(bot, "process") and bot.process.returncode is None:
                await bot.kill()
        await self._stack.aclose()

    @asynccontextmanager
    async def patience(self) -> AsyncIterator[None]:
        """Nobody waits longer than recovery may take; it takes its time from the last death on."""
        async with asyncio.timeout(PATIENCE) as limit:
            self._limits.append(limit)
            try:
                yield
            finally:
                self._limits.remove(limit)

    def _begin_to_wait_anew(self) -> None:
        for limit in self._limits:
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time() + PATIENCE)

    # Agents

    async def call(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """Until it is answered: what fails for a while is tried again, as agents do."""
        sent = {"Authorization": f"Bearer {self.key}"} | headers
        async with self.patience():
            while True:
                try:
                    async with self.http.request(
                        method, self.url + path, json=body, headers=sent
                    ) as answer:
                        text = await answer.text()
                        if answer.status not in _NOT_JUST_NOW:
                            return answer.status, json.loads(text) if text else None
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.1)

    async def ask(
        self, key: str, *, ends: str | None = None, within: float | None = None, **over: Any
    ) -> Question:
        """`within`: seconds to the deadline; when it is over before anybody took the question,
        it is asked with a new one.
        """
        question = Question(key, ends=ends)
        self.questions.append(question)
        body = REFUND | {"callback": {"url": self.hook.url}} | over
        while True:
            if within is not None:
                body["deadline"] = (datetime.now(UTC) + timedelta(seconds=within)).isoformat()
            status, answer = await self.call(
                "POST", "/v1/escalations", body, **{"Idempotency-Key": key}
            )
            if within is None or status != 422 or answer["errors"][0]["pointer"] != "/deadline":
                break
        assert status in {200, 201}, answer
        question.id = answer["id"]
        return question

    async def see(self, question: Question, wait: float = 0) -> dict[str, Any]:
        _, seen = await self.call("GET", f"/v1/escalations/{question.id}?wait={wait:g}")
        if seen["decision"]:
            question.decisions.add(seen["decision"]["id"])
        return seen  # type: ignore[no-any-return]

    async def settled(self, question: Question) -> dict[str, Any]:
        async with self.patience():
            while (seen := await self.see(question, wait=20))["status"] == "open":
                pass
        return seen

    async def redeem(self, question: Question, redeem_id: str) -> None:
        status, _ = await self.call(
            "POST", f"/v1/escalations/{question.id}/redeem", {"redeem_id": redeem_id}
        )
        if status == 200:
            question.redeemers.add(redeem_id)

    # People

    async def press(self, question: Question, label: str, *, by: str) -> None:
        """Until it was taken: whoever is told to try again in a moment does."""
        its_row: Any = question
        async with self.patience():
            while True:
                cards = [c for c in self.cards() if question.id in json.dumps(c.message.blocks)]
                # A settled card does not name its escalation in a button: an old screen does.
                cards = cards or [c for c in self.cards() if self._showed(c, question.id)]
                if cards:
                    before = len(self.whispers_to(by))
                    answer = await cards[0].click(label, by=by, stale=True, of=its_row)
                    told = self.whispers_to(by)[before:]
                    if answer["status"] == 200 and not any("try again" in word for word in told):
                        question.acknowledged.append(label)
                        return
                await asyncio.sleep(0.1)

    @staticmethod
    def _showed(card: Any, escalation_id: str) -> bool:
        return any(escalation_id in json.dumps(blocks) for blocks in card.message.earlier)

    def cards_of(self, question: Question) -> list[Any]:
        """Every message of ours that shows it, or has shown it."""
        return [
            card
            for channel in self.slack.channels
            for card in self.cards(channel)
            if question.id in json.dumps(card.message.blocks) or self._showed(card, question.id)
        ]

    def called_back(self, question: Question) -> list[tuple[str, str]]:
        """`(webhook-id, type)` of what has arrived about it."""
        told = [(one.id, json.loads(one.body)) for one in self.hook.arrived]
        return [(given, body["type"]) for given, body in told if body["data"]["id"] == question.id]

    # What is true

    async def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Straight from the database."""
        if self.database_url.startswith("sqlite"):
            with sqlite3.connect(self.database_url.removeprefix("sqlite:///")) as database:
                return database.execute(statement).fetchall()
        connection = await asyncpg.connect(self.database_url)
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    async def calm(self, condition: Callable[[], Awaitable[bool]]) -> bool:
        """Whether it becomes so within the patience that recovery may take."""
        with suppress(TimeoutError):
            async with self.patience():
                while not await condition():  # noqa: ASYNC110 - the answer is outside
                    await asyncio.sleep(0.2)
                return True
        return False


@asynccontextmanager
async def scene(
    database: str, server: Postgres, *, bots: int = 1, policy: str = POLICY, **options: Any
) -> AsyncIterator[Scene]:
    """An empty database of the kind, and everything around it; the bots are not started yet."""
    with tempfile.TemporaryDirectory(prefix="pullcord-chaos-") as folder:
        if database == "sqlite":
            url = f"sqlite:///{folder}/pullcord.db"
        else:
            url = await asyncio.to_thread(server.new_database)
        made = Scene(url, Path(folder), bots=bots, policy=policy, **options)
        await made.open()
        try:
            yield made
        finally:
            await made.close()
