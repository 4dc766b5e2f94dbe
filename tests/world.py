"""A small world for stories: agents, people, a Slack workspace, and a clock that stands still.

Everything goes through the public doors: agents over HTTP, people through the sandbox's screen.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import aiohttp
from aiohttp import web

from bot.domain.pacing import SLACKS_PACE
from bot.main import House
from bot.settings import Settings
from bot.start import TimeOrderedIds, key_peppers, make_desk
from bot.store import messages, relays
from bot.usecases.keys import DEFAULT_SCOPES, create_key
from examples.refund_agent import REFUND as EXAMPLE
from handlers.agents import ProblemRunner
from sandbox.pacing import Pacing
from sandbox.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, make_app
from sandbox.testing import serving
from sandbox.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.store.tx import Tx

POLICY = """\
version: 1
timezone: Europe/London
groups:
  reviewers: {users: [U01ALICE, U02BOB]}
  seconds: {users: [U02BOB, U03CAROL]}
routes:
  default: {channel: C01REV, reviewers: [reviewers], quick_reasons: ["Customer already paid back"]}
  money: {channel: C03MONEY, reviewers: [seconds], approvals: 2, keys: [watchdog]}
rules:
  - name: tiny refunds
    when: 'tool.name == "issue_refund" && tool.arguments.amount < 50.0'
    then: approve
    limit: 2/1d
  - name: large refunds
    when: 'tool.name == "issue_refund" && tool.arguments.amount > 1000.0'
    then: escalate
    route: money
    urgency: high
  - name: never
    when: 'tool.name == "drop_database"'
    then: reject
    comment: "Databases are not dropped here."
  - name: the rest
    when: 'true'
    then: escalate
"""

_TOOL = EXAMPLE["tool"]
_SCHEMA = _TOOL["input_schema"]
_AMOUNT = {"type": "number", "minimum": 0, "maximum": 5000}
#: The sample agent's question, without its context, and with room for large amounts.
REFUND: dict[str, Any] = {
    **{key: EXAMPLE[key] for key in ("kind", "action", "reason", "impact", "category")},
    "tool": _TOOL
    | {"input_schema": _SCHEMA | {"properties": _SCHEMA["properties"] | {"amount": _AMOUNT}}},
    "risk": {"level": "medium", "reversibility": "irreversible"},
}

PEOPLE = {"alice": "U01ALICE", "bob": "U02BOB", "carol": "U03CAROL", "dave": "U04DAVE",
          "gus": "U05GUEST"}  # fmt: skip
CHANNELS = {"#reviews": "C01REV", "#money": "C03MONEY", "#admin": "C09ADMIN"}
_PATIENCE = 15.0
#: For a button that this card does not have: the sandbox then says so.
_BY_LABEL = {
    "Approve": {"action_id": "approve"},
    "Modify…": {"action_id": "modify"},
    "Reject…": {"action_id": "reject"},
}

#: How Slack delivers what people do.
Way = Literal["http", "socket"]


@asynccontextmanager
async def _serving(app: web.Application) -> AsyncIterator[str]:
    """The bot's doors on a free port, as `serve` opens them."""
    runner = ProblemRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()


class Stopwatch:
    """Goes on by itself, and can be moved: what a socket's silence is measured by."""

    def __init__(self) -> None:
        self.moved = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.moved

    def forward(self, seconds: float) -> None:
        self.moved += seconds


class StillClock:
    """Stands where the test began until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def tell(self, database_time: datetime) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass
class Answer:
    """What an HTTP call came back with."""

    status: int
    headers: Any
    json: Any


@dataclass
class Asked:
    """An escalation as its agent holds it."""

    agent: Agent
    id: str

    async def see(self, *, wait: float | None = None) -> dict[str, Any]:
        query = "" if wait is None else f"?wait={wait:g}"
        seen: dict[str, Any] = (
            await self.agent.call("GET", f"/v1/escalations/{self.id}{query}")
        ).json
        return seen

    async def answer(self) -> dict[str, Any]:
        """The decision, waited for."""
        seen = await self.see(wait=10)
        assert seen["status"] == "decided", seen["status"]
        decision: dict[str, Any] = seen["decision"]
        return decision

    async def do(self, verb: str, **body: Any) -> Answer:
        return await self.agent.call("POST", f"/v1/escalations/{self.id}/{verb}", body)


@dataclass
class Agent:
    """A program with a key."""

    world: World
    name: str
    key: str

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answer:
        raw = data if data is not None else None if body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        async with self.world.http.request(
            method, self.world.url + path, data=raw, headers=sent | (headers or {})
        ) as response:
            text = await response.text()
            return Answer(response.status, response.headers, json.loads(text) if text else None)

    async def posts(self, *, key: str | None = None, **body: Any) -> Answer:
        headers = {"Idempotency-Key": key or f"key-{next(self.world.counter)}"}
        return await self.call("POST", "/v1/escalations", body, headers=headers)

    async def wants(self, question: dict[str, Any]) -> Asked:
        """Post a question that has to be taken."""
        answer = await self.posts(**question)
        assert answer.status == 201, answer.json
        return Asked(self, answer.json["id"])

    async def asks(self, **over: Any) -> Asked:
        """Post the article's refund, with changes."""
        return await self.wants(REFUND | over)

    async def asks_refund(self, amount: float, **over: Any) -> Asked:
        tool = REFUND["tool"] | {"arguments": REFUND["tool"]["arguments"] | {"amount": amount}}
        return await self.asks(tool=tool, **over)


@dataclass
class Shown:
    """A card in a channel, as people see it now."""

    world: World
    channel: str
    ts: str

    @property
    def message(self) -> Any:
        return self.world.slack.channels[self.channel].messages[self.ts]

    @property
    def text(self) -> str:
        """All its words, one string a line."""
        return "\n".join(words_in(self.message.blocks))

    @property
    def buttons(self) -> list[str]:
        return [
            element["text"]["text"]
            for block in self.message.blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "button"
        ]

    def row(self, asked: Asked) -> list[str]:
        """The labels of the buttons that a storm card shows for one of its escalations."""
        rows = [block for block in self.message.blocks if asked.id in block.get("block_id", "")]
        return [element["text"]["text"] for block in rows for element in block["elements"]
                if element["type"] == "button"]  # fmt: skip

    async def click(
        self, label: str, *, by: str, stale: bool = False, of: Asked | None = None, **extra: Any
    ) -> dict[str, Any]:
        """Press a button by its label, confirming when asked; `stale`: on an old screen.

        `of`: in the row of a storm card that shows this escalation; such a card changes often, and
        what they see may be a moment old.
        """
        stale = stale or of is not None
        fields = self._find(label, stale=stale, of=of, **extra) or _BY_LABEL.get(
            label, {"action_id": "more", "value": "show"}
        )
        status, answer = await self.world.control(
            "click", user=PEOPLE.get(by, by), channel=self.channel, ts=self.ts, confirmed=True,
            stale=stale, **fields, **extra,
        )  # fmt: skip
        assert status == 200, answer
        return answer

    def _find(
        self, label: str, *, stale: bool, of: Asked | None, value: str | None = None, **_: Any
    ) -> dict[str, Any] | None:
        """How the control API names a button or a menu's entry with this label."""
        seen = [self.message.blocks, *(reversed(self.message.earlier) if stale else ())]
        for block in (block for blocks in seen for block in blocks):
            if of is not None and of.id not in block.get("block_id", ""):
                continue
            for element in block["elements"] if block["type"] == "actions" else ():
                named = {"action_id": element["action_id"]}
                if of is not None:
                    named["block_id"] = block["block_id"]
                button = element["type"] == "button" and value in {None, element.get("value")}
                if button and element["text"]["text"] == label:
                    return named
                for option in element.get("options", ()):
                    if option["text"]["text"] == label:
                        return named | {"value": option["value"]}
        return None

    async def until(self, condition: Callable[[Shown], bool]) -> None:
        await self.world.until(lambda: condition(self))


@dataclass
class World:
    """One bot on one database, with its own Slack workspace."""

    database_url: str
    folder: Path
    policy: str = POLICY
    way: Way = "http"
    audit_channel: str | None = None
    callback_allow: str = "127.0.0.0/8"
    clock: StillClock = field(default_factory=StillClock)
    stopwatch: Stopwatch = field(default_factory=Stopwatch)
    slack: Workspace = field(default_factory=Workspace)
    counter: Any = field(default_factory=lambda: itertools.count(1))
    heartbeat_url: str | None = None
    #: How far the bot's own machine is ahead of the database.
    machine_ahead: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        # Only what this way needs, so that nothing comes by the other one.
        self.signing_secret = SIGNING_SECRET if self.way == "http" else ""
        self.app_token = APP_TOKEN if self.way == "socket" else None

    def keep_pace(self) -> None:
        """From now on Slack's limits count, on the clock that this world stands on."""
        self.slack.pacing = Pacing(lambda: self.clock.now.timestamp())
        self.slack.pacing.on = True
        self.desk.pace = SLACKS_PACE

    async def let_time_run(self, condition: Callable[[], bool], *, step: float = 0.25) -> None:
        """Seconds go by until Slack's side is so; after each the bot looks, as it would anyway."""
        async with asyncio.timeout(_PATIENCE * 4):
            while not condition():
                self.clock.forward(seconds=step)
                self.waker.committed(dict.fromkeys(["messages", "outbox"]))
                with suppress(TimeoutError):
                    await self.until(condition, patience=0.02)

    def refused(self) -> list[str]:
        """What Slack refused because it was too much."""
        calls = [one for one in self.slack.log.last() if one["direction"] == "from_app"]
        return [one["what"] for one in calls if one["status"] == 429]

    async def open(self) -> None:
        self._stack = AsyncExitStack()
        self.http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self.sandbox_url = await self._stack.enter_async_context(
            serving(
                make_app(
                    self.slack,
                    events_url="http://127.0.0.1:1/",
                    answer_seconds=60,  # a slow machine is no defect
                    pacing=False,  # the clock stands still, and a story may have a crowd
                )
            )
        )
        await self.start_bot()

    async def close(self) -> None:
        await self.stop_bot()
        await self._stack.aclose()

    @property
    def settings(self) -> Settings:
        policy_file = self.folder / "policy.yml"
        policy_file.write_text(self.policy)
        return Settings(
            _env_file=None,
            slack_bot_token=BOT_TOKEN,
            slack_signing_secret=self.signing_secret,
            slack_app_token=self.app_token,
            slack_api_url=f"{self.sandbox_url}api/",
            pullcord_database_url=self.database_url,
            pullcord_policy_file=policy_file,
            pullcord_secret="a secret for tests only",
            pullcord_admin_channel="C09ADMIN",
            pullcord_pace=0,  # the clock stands still, and a story may have a crowd
            pullcord_audit_channel=self.audit_channel,
            pullcord_callback_allow=self.callback_allow,
            pullcord_heartbeat_url=self.heartbeat_url,
        )

    async def start_bot(self, *, ready: bool = True) -> None:
        """As `serve` does it, on a free port; waits for it unless it cannot get `ready`."""
        self._bot = AsyncExitStack()
        settings = self.settings
        self.desk, self.waker = make_desk(settings, self.clock, TimeOrderedIds(), self.stopwatch)
        self._bot.push_async_callback(self.desk.ledger.close)
        self.house = House(
            settings,
            self.desk,
            self.waker,
            TimeOrderedIds().new("bot"),
            self.stopwatch,
            lambda: self.clock.now + self.machine_ahead,
        )
        app = await self.house.start()
        self._bot.push_async_callback(self.house.stop)
        url = await self._bot.enter_async_context(_serving(app))
        self.url = url.rstrip("/")
        await self.control("settings", events_url=f"{url}slack/events")
        if ready:
            await self.until_ready()

    async def until_ready(self) -> None:
        async def knows_slack() -> bool:
            return (await self.readiness())[0] == 200

        await self.until_true(knows_slack)

    async def readiness(self) -> tuple[int, str]:
        """The status of /readyz, and what it says of Slack."""
        async with self.http.get(self.url + "/readyz") as ready:
            return ready.status, (await ready.json())["slack"]

    async def stop_bot(self) -> None:
        await self._bot.aclose()

    async def agent(
        self,
        name: str = "refund-bot",
        *,
        scopes: tuple[str, ...] = (),
        owners: tuple[str, ...] = (),
        callback_secret: bool = False,
        callback_hosts: tuple[str, ...] = (),
    ) -> Agent:
        settings = self.settings
        key = await create_key(
            self.desk.ledger, key_peppers(settings)[0], name,
            scopes=scopes or DEFAULT_SCOPES, owners=owners, expires_in=None,
            callback_secret=callback_secret, callback_hosts=callback_hosts,
        )  # fmt: skip
        return Agent(self, name, key)

    async def control(self, verb: str, **fields: Any) -> tuple[int, dict[str, Any]]:
        """Do something at the sandbox's screen."""
        async with self.http.post(f"{self.sandbox_url}control/{verb}", json=fields) as response:
            return response.status, await response.json()

    async def sockets(self) -> dict[str, Any]:
        """How many connections the bot has, as Slack sees it."""
        async with self.http.get(f"{self.sandbox_url}control/socket") as response:
            seen: dict[str, Any] = await response.json()
            return seen

    async def until(self, condition: Callable[[], bool], patience: float = _PATIENCE) -> None:
        """Wait for Slack's side of the world to become so; woken by each of its changes."""
        heard = self.slack.changes.listen()
        try:
            async with asyncio.timeout(patience):
                while not condition():
                    await heard.get()
        finally:
            self.slack.changes.leave(heard)

    async def until_all_is_shown(self) -> None:
        """Every message stands in Slack as it should, and the bot knows that it does."""
        await self.until_true(lambda: self.desk.ledger.read(_all_is_shown))

    async def until_true(self, question: Callable[[], Any]) -> None:
        """Wait for something that has to be asked, woken by each of Slack's changes."""
        async with asyncio.timeout(_PATIENCE):
            while not await question():  # noqa: ASYNC110 - the answer is behind HTTP
                await asyncio.sleep(0.01)

    async def until_time(self, condition: Callable[[], bool], **step: float) -> None:
        """Let the clock run in steps until Slack's side of the world is so."""

        async def look() -> bool:
            if not condition():
                self.clock.forward(**step)
            return condition()

        await self.until_true(look)

    async def until_time_true(self, condition: Callable[[], bool], **step: float) -> None:
        """The same for agents' own addresses, where each step is looked at by who sends."""

        async def look() -> bool:
            if not condition():
                self.clock.forward(**step)
                self.waker.committed({relays.TOPIC: None})
            return condition()

        await self.until_true(look)

    def cards(self, channel: str = "#reviews") -> list[Shown]:
        """The bot's messages there, oldest first."""
        channel_id = CHANNELS.get(channel, channel)
        return [
            Shown(self, channel_id, ts)
            for ts, message in self.slack.channels[channel_id].messages.items()
            if message.only_for is None and message.blocks
        ]

    async def card_of(self, asked: Asked, channel: str = "#reviews") -> Shown:
        """The card, once it stands there."""
        return await self.card_of_id(asked.id, channel)

    async def card_of_id(self, escalation_id: str, channel: str = "#reviews") -> Shown:
        found: list[Shown] = []

        def look() -> bool:
            cards = self.cards(channel)
            found[:] = [c for c in cards if escalation_id in json.dumps(c.message.blocks)]
            return bool(found)

        await self.until(look)
        assert len(found) == 1, "the card stands there twice"
        return found[0]

    def whispers_to(self, who: str) -> list[str]:
        user = PEOPLE.get(who, who)
        return [w["text"] for w in self.slack.whispers if w["user"] == user]

    async def whispered(self, who: str, count: int = 1) -> list[str]:
        await self.until(lambda: len(self.whispers_to(who)) >= count)
        return self.whispers_to(who)

    async def modal_of(self, who: str) -> dict[str, Any]:
        """The top modal that this person has open."""
        async with self.http.get(
            f"{self.sandbox_url}control/state", params={"user": PEOPLE.get(who, who)}
        ) as response:
            views = (await response.json())["views"]
        return views[-1] if views else {}

    async def submit(self, who: str, **values: Any) -> dict[str, Any]:
        """Fill in inputs of the open modal (by block id) and submit it."""
        status, answer = await self.control("view/submit", user=PEOPLE.get(who, who), values=values)
        assert status == 200, answer
        return answer


def words_in(value: Any) -> list[str]:
    """Every text in a piece of Block Kit, in reading order."""
    if isinstance(value, list):
        return [w for item in value for w in words_in(item)]
    if isinstance(value, dict):
        if value.get("type") in {"mrkdwn", "plain_text", "text"} and isinstance(
            value.get("text"), str
        ):
            return [value["text"]]
        return [w for item in value.values() for w in words_in(item)]
    return []


def _all_is_shown(tx: Tx) -> bool:
    return messages.behind(tx) == 0
