"""apps.connections.open: the way into Socket Mode, with a token of its own."""

import hmac

from aiohttp import web

from sandbox import sockets
from sandbox.box import SANDBOX, base_url
from sandbox.records import APP_ID, Json
from sandbox.refusals import RefusedError

OPEN = "apps.connections.open"


def open_link(request: web.Request) -> Json:
    """Give out the address of one connection. The app-level token goes into the header."""
    if request.method != "POST":
        raise RefusedError("insecure_request")
    box = request.app[SANDBOX]
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if not token:
        raise RefusedError("not_authed")
    if not hmac.compare_digest(token.encode(), box.app_token.encode()):
        raise RefusedError(
            "invalid_auth" if token.startswith("xapp-") else "not_allowed_token_type"
        )
    ticket = box.delivery.sockets.new_ticket()
    there = f"{base_url(request).rstrip('/')}{sockets.PATH}".replace("http", "ws", 1)
    return {"url": f"{there}?ticket={ticket}&app_id={APP_ID}"}
