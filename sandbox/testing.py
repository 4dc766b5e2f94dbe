"""For tests: a sandbox on a free port, and a small app that hears its deliveries."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import orjson
from aiohttp import web

from sandbox.records import Json
from sandbox.server import make_app
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Heard:
    """One delivery as the app received it."""

    headers: dict[str, str]
    raw: bytes

    @property
    def payload(self) -> Json:
        """The interaction, the event envelope, or a command's fields."""
        if self.headers.get("Content-Type", "").startswith("application/json"):
            event: Json = orjson.loads(self.raw)
            return event
        fields = {key: values[0] for key, values in parse_qs(self.raw.decode()).items()}
        if "payload" in fields:
            interaction: Json = orjson.loads(fields["payload"])
            return interaction
        return dict(fields)


@dataclass
class App:
    """An app that keeps what it hears and answers with what it was told to."""

    heard: list[Heard] = field(default_factory=list)
    answers: list[web.StreamResponse | Callable[[], Any]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take a delivery; an answer may be a response, or an async function of none."""
        self.heard.append(Heard(dict(request.headers), await request.read()))
        if not self.answers:
            return web.Response()
        answer = self.answers.pop(0)
        if isinstance(answer, web.StreamResponse):
            return answer
        made: web.StreamResponse = await answer()
        return made

    @property
    def last(self) -> Json:
        """The newest payload."""
        return self.heard[-1].payload

    @property
    def events(self) -> list[Json]:
        """Every event heard so far, without its envelope."""
        payloads = [one.payload for one in self.heard]
        return [one["event"] for one in payloads if one.get("type") == "event_callback"]


@dataclass
class Stage:
    """A running sandbox with an app behind it."""

    workspace: Workspace
    app: App
    url: str
    http: aiohttp.ClientSession

    async def ask(self, path: str, **query: str) -> Any:
        """GET something of the control API."""
        async with self.http.get(f"{self.url}control/{path}", params=query) as response:
            return await response.json()

    async def act(self, path: str, **fields: Any) -> tuple[int, Json]:
        """POST to the control API; returns the status and the answer."""
        body = BytesIO(orjson.dumps(fields))  # may hold a file
        async with self.http.post(f"{self.url}control/{path}", data=body) as response:
            return response.status, await response.json()


@asynccontextmanager
async def stage(workspace: Workspace | None = None, **options: Any) -> AsyncIterator[Stage]:
    """Run a sandbox and an app, each on a free port; `options` are those of `make_app`.

    Rate limits are off unless asked for: most tests are about something else.
    """
    options = {"pacing": False} | options
    workspace, app = workspace or Workspace(), App()
    receiver = web.Application()
    receiver.router.add_post("/slack/events", app.handle)
    async with serving(receiver) as app_url:
        sandbox = make_app(workspace, events_url=f"{app_url}slack/events", **options)
        async with serving(sandbox) as url, aiohttp.ClientSession() as http:
            yield Stage(workspace, app, url, http)


@asynccontextmanager
async def serving(application: web.Application) -> AsyncIterator[str]:
    """Serve an application on a free port; yields its address with a final slash."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/"
    finally:
        await runner.cleanup()
