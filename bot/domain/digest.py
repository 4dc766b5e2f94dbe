"""What may run, and the hash that binds a decision to it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from bot.domain.errors import Fault, InvalidError

if TYPE_CHECKING:
    from bot.domain.request import Request


def effective(request: Request) -> dict[str, Any]:
    """Exactly what may run if this request is approved as it stands."""
    tool = request.tool
    if tool is None:
        return {"action": request.action}
    runs: dict[str, Any] = {"tool": tool.name, "arguments": tool.arguments}
    if tool.server is not None:
        runs["server"] = tool.server
    return runs


def digest(runs: dict[str, Any]) -> str:
    """`sha256:` and the hex of SHA-256 over the RFC 8785 form of what may run.

    Raises InvalidError for values that have no such form (integers beyond ±2^53-1, NaN).
    """
    try:
        canonical = rfc8785.dumps(runs)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InvalidError(
            "The tool's arguments cannot be hashed.",
            [Fault("/tool/arguments", f"has no canonical JSON form: {error}")],
        ) from error
    return "sha256:" + hashlib.sha256(canonical).hexdigest()
