"""Puts the rooms of the sandbox behind one web server."""

from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from sandbox import control, responses, sockets, uploads, webapi
from sandbox.box import SANDBOX, Box
from sandbox.delivery import ANSWER_SECONDS, RETRY_WAITS, Delivery
from sandbox.workspace import Workspace

EVENTS_URL = "http://127.0.0.1:8080/slack/events"
# Known to everybody: the sandbox guards nothing.
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105
BOT_TOKEN = "xoxb-sandbox"  # noqa: S105
APP_TOKEN = "xapp-sandbox"  # noqa: S105
_PAGE = Path(__file__).parent / "page"


def make_app(
    workspace: Workspace | None = None,
    *,
    signing_secret: str = SIGNING_SECRET,
    bot_token: str = BOT_TOKEN,
    app_token: str = APP_TOKEN,
    events_url: str = EVENTS_URL,
    pacing: bool = True,
    answer_seconds: float = ANSWER_SECONDS,
    retry_waits: tuple[float, ...] = RETRY_WAITS,
) -> web.Application:
    """Build the sandbox; it delivers over the app's sockets, without any to `events_url`.

    With `pacing`, Slack's rate limits hold.
    """
    workspace = workspace or Workspace()
    workspace.pacing.on = pacing
    delivery = Delivery(
        workspace,
        signing_secret=signing_secret,
        events_url=events_url,
        answer_seconds=answer_seconds,
        retry_waits=retry_waits,
    )
    app = web.Application(client_max_size=20 * 1024 * 1024)
    app[SANDBOX] = Box(workspace, delivery, bot_token, app_token)
    app.cleanup_ctx.append(_delivering)
    app.on_shutdown.append(_send_listeners_away)
    app.add_routes(
        [
            web.post("/api/{method}", webapi.handle),
            web.get("/api/{method}", webapi.handle),
            web.post("/response/{token}", responses.handle),
            web.get(sockets.PATH, delivery.sockets.serve),
            web.post("/upload/{ticket}", uploads.upload),
            web.get("/files/{file}", uploads.download),
            *control.routes(),
            web.get("/", _page),
            web.get("/archives/{channel}/{message}", _page),
            web.static("/page", _PAGE),
        ]
    )
    return app


async def _delivering(app: web.Application) -> AsyncIterator[None]:
    delivery = app[SANDBOX].delivery
    await delivery.open()
    yield
    await delivery.close()


async def _send_listeners_away(app: web.Application) -> None:
    app[SANDBOX].workspace.changes.close()
    await app[SANDBOX].delivery.sockets.close()


async def _page(_: web.Request) -> web.FileResponse:
    return web.FileResponse(_PAGE / "index.html", headers={"Cache-Control": "no-cache"})
