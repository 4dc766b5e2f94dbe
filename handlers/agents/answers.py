"""Answers that are no errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.errors import Allowance
    from bot.domain.escalation import Escalation


def json_answer(
    value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """What is said of an escalation changes, so nobody keeps it."""
    return web.Response(
        # The standard library's writer: it takes integers of any size in what agents sent.
        body=json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"} | dict(headers or {}),
    )


def limit_headers(allowance: Allowance) -> dict[str, str]:
    """What the agent may still ask, in the form that the IETF's draft gives it."""
    window = "" if allowance.window is None else f";w={allowance.window}"
    return {
        "RateLimit-Policy": f'"{allowance.name}";q={allowance.quota}{window}',
        "RateLimit": f'"{allowance.name}";r={allowance.left};t={allowance.reset}',
    }


def etag(escalation: Escalation) -> str:
    """The version, as HTTP quotes it."""
    return f'"{escalation.version}"'
