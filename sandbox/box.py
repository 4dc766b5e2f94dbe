"""What every request handler of the sandbox shares."""

from dataclasses import dataclass

from aiohttp import web

from sandbox.delivery import Delivery
from sandbox.workspace import Workspace


@dataclass
class Box:
    """The workspace, the way to the app, and the app's two tokens."""

    workspace: Workspace
    delivery: Delivery
    bot_token: str
    app_token: str


SANDBOX = web.AppKey("sandbox", Box)


def base_url(request: web.Request) -> str:
    """Return the address under which the caller reached the sandbox, with a final slash."""
    return f"{request.url.origin()}/"
