"""The address that agents and Slack call: free for the bot, or the bot answers there."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.doctor.lines import ok, wrong

if TYPE_CHECKING:
    from bot.doctor.lines import Line
    from bot.settings import Settings

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104
_SECONDS = 5.0


async def look_at_port(settings: Settings, http: aiohttp.ClientSession) -> list[Line]:
    """A bot that runs is asked how it is."""
    host, port = settings.pullcord_host, settings.pullcord_port
    where = f"{host}:{port}"
    if port == 0:
        return [ok("port: any free one (PULLCORD_PORT is 0)")]
    asked = _EVERYWHERE.get(host, host)
    asked = f"[{asked}]" if ":" in asked else asked
    try:
        async with http.get(
            f"http://{asked}:{port}/readyz",
            timeout=aiohttp.ClientTimeout(total=_SECONDS),
            allow_redirects=False,
        ) as answer:
            return [_of_the_bot(where, answer.status, await answer.text())]
    except aiohttp.ClientConnectorError:
        return [_free(host, port)]
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        return [_taken(where)]


def _of_the_bot(where: str, status: int, text: str) -> Line:
    try:
        parts: Any = json.loads(text)
    except ValueError:
        parts = None
    if not isinstance(parts, dict) or "database" not in parts:
        return _taken(where)
    trouble = [f"{part} {state}" for part, state in parts.items() if state != "ok"]
    if status == 200 and not trouble:
        return ok(f"port: the bot runs at {where}, and is ready")
    return wrong(
        f"port: the bot runs at {where}, and is not well ({', '.join(trouble)})",
        "mend what is named, here or above; its log says more",
    )


def _taken(where: str) -> Line:
    return wrong(f"port: another program answers at {where}", "stop it, or set PULLCORD_PORT")


def _free(host: str, port: int) -> Line:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as tried:
            # As a server does it: what a stopped one left behind is no obstacle.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        return wrong(
            f"port: the bot cannot listen on {host}:{port} ({error.strerror})",
            "set PULLCORD_HOST and PULLCORD_PORT",
        )
    return ok(f"port: {host}:{port} is free; the bot is not running")
