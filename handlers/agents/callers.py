"""Who calls: the key in `Authorization`, and what it may do. Asked before a body is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.errors import ForbiddenError, UnauthorizedError
from bot.usecases.keys import recognise

if TYPE_CHECKING:
    from aiohttp import web

    from bot.domain.people import Caller
    from bot.usecases.desk import Desk


async def caller_of(desk: Desk, request: web.Request, scopes: tuple[str, ...]) -> Caller:
    """The caller, who has one of the scopes. Raises UnauthorizedError, ForbiddenError."""
    sent = request.headers.getall("Authorization", [])
    if len(sent) != 1:
        raise UnauthorizedError("Send the agent's key as `Authorization: Bearer pc_…`, once.")
    scheme, _, key = sent[0].partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError("Send the agent's key as `Authorization: Bearer pc_…`.")
    caller = await recognise(desk, key.strip())
    if not any(caller.may(scope) for scope in scopes):
        raise ForbiddenError(
            f"This needs a key with the scope {' or '.join(scopes)}; the key of "
            f"{caller.agent!r} has {', '.join(sorted(caller.scopes)) or 'none'}."
        )
    return caller
