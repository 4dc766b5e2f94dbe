"""The agents' door as a whole: keys, addresses, and errors that are always problem documents."""

from __future__ import annotations

import asyncio
import itertools
import json
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from bot.policy.load import load
from bot.store import schema
from bot.store.open import open_ledger
from bot.usecases.desk import Desk
from bot.usecases.keys import DEFAULT_SCOPES, create_key
from bot.workers.waker import CommitWaker
from handlers import agents
from handlers.agents.examples import REQUEST

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from aiohttp.typedefs import Handler

    from bot.domain.ports import Sleep

POLICY = """
version: 1
groups:
  billing-leads: {users: [U01ALICE]}
routes:
  default: {channel: C01REV, reviewers: [billing-leads], keys: [watchdog, sentry]}
  pairs: {channel: C01REV, reviewers: [billing-leads], approvals: 2, keys: [watchdog, sentry]}
  people: {channel: C01REV, reviewers: [billing-leads]}
  owned: {channel: C01REV, reviewers: [billing-leads], no_self_approval: true}
rules:
  - {name: tiny, when: 'category == "tiny"', then: approve}
  - {name: two, when: 'category == "two"', then: escalate, route: pairs}
  - {name: people only, when: 'category == "people"', then: escalate, route: people}
  - {name: owned, when: 'category == "owned"', then: escalate, route: owned}
  - {name: the rest, when: 'true', then: escalate, route: default}
"""
PEPPER = b"pepper"


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 3, 12, tzinfo=UTC)

    def tell(self, database_time: datetime) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


class Tally:
    """A number that can be waited for."""

    def __init__(self) -> None:
        self._count = 0
        self._moved = asyncio.Event()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        self._count += 1
        self._moved.set()
        try:
            yield
        finally:
            self._count -= 1
            self._moved.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(10):
            while self._count != count:
                self._moved.clear()
                await self._moved.wait()


@dataclass
class CountedSleep:
    """The sleep of one who waits, counted while it lasts."""

    sleep: Sleep
    asleep: Tally

    @property
    def news(self) -> object:
        return self.sleep.news

    async def __call__(self, seconds: float, known: int | None = None) -> bool:
        with self.asleep.one_more():
            return await self.sleep(seconds, known)


class CountingWaker(CommitWaker):
    """The waker, with a count of those who sleep."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = Tally()

    @asynccontextmanager
    async def listening(self, topic: str) -> AsyncIterator[Sleep]:
        async with super().listening(topic) as sleep:
            yield CountedSleep(sleep, self.asleep)


class Counting:
    """Ids that sort by the order in which they were made."""

    def __init__(self) -> None:
        self._count = itertools.count(1)

    def new(self, prefix: str) -> str:
        return f"{prefix}_{next(self._count):026d}"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code, on the way checking that it is a whole problem document."""
        assert self.headers["Content-Type"].startswith("application/problem+json")
        document = self.json
        assert {"type", "title", "status", "detail", "code"} <= document.keys()
        assert document["status"] == self.status
        return str(document["code"])

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.json["errors"]]


@dataclass
class Agent:
    """A program with a key."""

    door: Door
    name: str
    key: str

    async def send(
        self, method: str, path: str, body: Any = None, *, data: Any = None, **headers: str
    ) -> Answer:
        sent = {"Authorization": f"Bearer {self.key}"}
        if body is not None:
            data = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.door.send(method, path, data=data, headers=sent)

    async def posts(self, body: Any = None, *, key: str | None = None, **over: Any) -> Answer:
        """POST the refund of the documentation, with changes, or another body."""
        key = key or f"key-{next(self.door.counter)}"
        return await self.send(
            "POST", "/v1/escalations", REQUEST | over if body is None else body, Idempotency_Key=key
        )

    async def asks(self, **over: Any) -> str:
        """The path of a new escalation."""
        answer = await self.posts(**over)
        assert answer.status == 201, answer.body
        return str(answer.headers["Location"])

    async def sees(self, path: str) -> Any:
        answer = await self.send("GET", path)
        assert answer.status == 200, answer.body
        return answer.json


@dataclass
class Door:
    """A server with only the agents' door, on a SQLite file of its own."""

    desk: Desk
    clock: Clock
    url: str
    port: int
    http: aiohttp.ClientSession
    asleep: Tally
    inside: Tally
    counter: Any = field(default_factory=lambda: itertools.count(1))

    async def agent(self, name: str = "refund-bot", *scopes: str, **more: Any) -> Agent:
        made = {"owners": (), "expires_in": None} | more
        key = await create_key(
            self.desk.ledger, PEPPER, name, scopes=scopes or DEFAULT_SCOPES, **made
        )
        return Agent(self, name, key)

    async def watchdog(self, name: str = "watchdog") -> Agent:
        """A program whose key the routes list."""
        return await self.agent(name, "decide")

    async def send(self, method: str, path: str, **more: Any) -> Answer:
        skip = {"Content-Type"}
        async with self.http.request(
            method, self.url + path, skip_auto_headers=skip, **more
        ) as answer:
            return Answer(answer.status, answer.headers, await answer.read())

    async def raw(self, text: bytes) -> bytes:
        """The head of the answer to these very bytes, on a connection of their own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(text)
        await writer.drain()
        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
        writer.close()
        await writer.wait_closed()
        return answer


@asynccontextmanager
async def open_door(folder: Path, policy: str = POLICY) -> AsyncIterator[Door]:
    clock = Clock()
    ledger = open_ledger(f"sqlite:///{folder}/pullcord.db", clock, Counting())
    await ledger.on_connection(schema.upgrade)
    waker, inside = CountingWaker(), Tally()
    ledger.tell(waker)
    book = load(policy, "policy.yml")
    desk = Desk(
        ledger=ledger,
        waker=waker,
        book=book,
        key_peppers=(PEPPER,),
        callback_secrets=lambda key_id: (key_id.encode(),),
    )

    @web.middleware
    async def count(request: web.Request, handler: Handler) -> web.StreamResponse:
        with inside.one_more():
            return await handler(request)

    app = web.Application(
        middlewares=[count, agents.problem_middleware], client_max_size=16 * 1024**2
    )
    agents.add_routes(app, desk)
    # As production runs it; aiohttp's own test server differs when a client goes away.
    runner = agents.ProblemRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)) as http:
            yield Door(desk, clock, f"http://127.0.0.1:{port}", port, http, waker.asleep, inside)
    finally:
        await runner.cleanup()
        await ledger.close()


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "sent",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic pc_x",
        "Bearer pc_" + "0" * 26 + "_" + "A" * 43,
        "Bearer " + "x" * 7000,
        "Bearer \xff\xfe",
    ],
)
async def test_a_stranger_is_told_how_to_knock(door: Door, sent: str | None) -> None:
    """Every kind of missing or wrong key gets the same 401, and the scheme to use."""
    answer = await door.send(
        "GET", "/v1/escalations", headers={} if sent is None else {"Authorization": sent}
    )

    assert (answer.status, answer.code) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_an_expired_key_is_a_strangers(door: Door) -> None:
    """A key stops working at its hour."""
    agent = await door.agent(expires_in=timedelta(days=90))

    door.clock.forward(days=90)

    assert (await agent.send("GET", "/v1/escalations")).code == "unauthorized"


async def test_the_key_is_asked_for_before_the_body_is_read(door: Door) -> None:
    """A stranger's promise of a gigabyte is answered at once, without the gigabyte."""
    answer = await door.raw(
        b"POST /v1/escalations HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Type: application/json\r\nContent-Length: 1000000000\r\n\r\n{"
    )

    assert answer.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize(
    ("method", "path", "missing"),
    [
        ("POST", "/v1/escalations", "escalate:create"),
        ("GET", "/v1/escalations", "escalate:read"),
        ("GET", "/v1/escalations/esc_1", "escalate:read"),
        ("POST", "/v1/escalations/esc_1/cancel", "escalate:cancel"),
        ("POST", "/v1/escalations/esc_1/redeem", "escalate:redeem"),
        ("POST", "/v1/escalations/esc_1/outcome", "escalate:redeem"),
        ("POST", "/v1/escalations/esc_1/decision", "decide"),
    ],
)
async def test_each_address_has_its_scope(door: Door, method: str, path: str, missing: str) -> None:
    """A key without the scope is told which one is missing, whatever it sends."""
    agent = await door.agent("clerk", "outputs:create")

    answer = await agent.send(method, path, data=b"\x00" if method == "POST" else None)

    assert (answer.status, answer.code) == (403, "forbidden")
    assert missing in answer.json["detail"]


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/v1/escalation", "GET", 404, "not_found"),
        ("/%00", "GET", 404, "not_found"),
        ("/v1/escalations", "DELETE", 405, "method_not_allowed"),
        ("/v1/escalations/x", "PATCH", 405, "method_not_allowed"),
        ("/docs", "POST", 405, "method_not_allowed"),
        ("/v1/escalations", "PROPFIND", 405, "method_not_allowed"),
    ],
)
async def test_aiohttps_own_errors_are_problems_too(
    door: Door, path: str, method: str, status: int, code: str
) -> None:
    """Wrong addresses and methods are answered like every other mistake."""
    answer = await door.send(method, path)

    assert (answer.status, answer.code) == (status, code)
    assert status != 405 or "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    "path",
    ["esc_" + "x" * 6000, "esc_%00", "%00", "esc_%ff%fe", "..%2f..", "esc_1'--", "esc_1%0d%0aX:y"],
)
async def test_what_cannot_be_an_id_is_not_found(door: Door, path: str) -> None:
    """Junk in the place of an id never reaches the database."""
    agent = await door.agent()

    answers = [
        await agent.send("GET", f"/v1/escalations/{path}"),
        await agent.send("POST", f"/v1/escalations/{path}/redeem", {"redeem_id": "a"}),
    ]

    assert [answer.code for answer in answers] == ["not_found", "not_found"]


async def test_the_unforeseen_leaks_nothing(
    door: Door, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error nobody expected is 500 `internal` outside and whole in the operators' log."""
    agent = await door.agent()
    monkeypatch.setattr(door.desk, "book", None)

    answer = await agent.posts()

    assert (answer.status, answer.code) == (500, "internal")
    assert b"NoneType" not in answer.body
    assert "NoneType" in caplog.text
