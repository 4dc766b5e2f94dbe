"""One call of a Web API method: its arguments, however they were sent."""

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from sandbox.records import Json
from sandbox.refusals import RefusedError
from sandbox.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """What a method's function works with."""

    workspace: Workspace
    args: Json
    base_url: str

    def need(self, name: str) -> str:
        """Return an argument that must be there."""
        value = self.text(name)
        if not value:
            raise RefusedError("invalid_arguments", [f"[ERROR] missing required field: {name}"])
        return value

    def text(self, name: str, default: str = "") -> str:
        """Return an argument as text."""
        value = self.args.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return an argument as a boolean: true, 1 or "true"."""
        return str(self.args.get(name, "")).lower() in {"true", "1"}

    def number(self, name: str, default: int) -> int:
        """Return an argument as a whole number."""
        value = self.args.get(name)
        try:
            return default if value in (None, "") else int(str(value))
        except ValueError:
            raise RefusedError("invalid_arguments", [f"[ERROR] {name} must be a number"]) from None

    def json(self, name: str, refusal: str) -> Any:
        """Return an argument that is JSON, be it as a string (forms) or as such (JSON bodies)."""
        value = self.args.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise RefusedError(refusal) from None


async def arguments(request: web.Request) -> Json:
    """Read the arguments of a call from its query, form or JSON body."""
    found: Json = dict(request.query)
    if request.method != "POST":
        return found
    if request.content_type == "application/json":
        try:
            body = orjson.loads(await request.read() or b"{}")
        except orjson.JSONDecodeError:
            raise RefusedError("invalid_json") from None
        if not isinstance(body, dict):
            raise RefusedError("json_not_object")
        return found | body
    return found | dict(await request.post())
