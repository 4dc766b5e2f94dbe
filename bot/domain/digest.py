"""What may run, and the hash that binds a decision to it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from bot.domain.errors import Fault, InvalidError

if TYPE_CHECKING:
    from bot.domain.request import Request


def effective(request: Request) -> dict[str, Any]:
    """Exactly what may run, or be sent, if this request is approved as it stands."""
    tool = request.tool
    if request.answer is not None:
        return {"answer": request.answer}
    if tool is None:
        return {"action": request.action}
    runs: dict[str, Any] = {"tool": tool.name, "arguments": tool.arguments}
    if tool.server is not None:
        runs["server"] = tool.server
    return runs


def asked(request: Request) -> dict[str, Any]:
    """What `action_digest` hashes: what would run, or the question where nothing runs."""
    if request.kind != "guidance":
        return effective(request)
    sent = request.facts()
    return {name: sent[name] for name in ("checkpoint", "options", "response_schema")}


def digest(runs: dict[str, Any]) -> str:
    """`sha256:` and the hex of SHA-256 over the RFC 8785 form of what may run.

    Raises InvalidError for values that have no such form (integers beyond ±2^53-1, NaN).
    """
    try:
        canonical = rfc8785.dumps(runs)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeEncodeError) as error:
        raise InvalidError(
            "What is asked cannot be hashed.",
            [Fault(_where(runs), f"has no canonical JSON form: {error}")],
        ) from error
    return "sha256:" + hashlib.sha256(canonical).hexdigest()


def _where(runs: dict[str, Any]) -> str:
    return "/tool/arguments" if "tool" in runs else "/checkpoint" if "checkpoint" in runs else ""
