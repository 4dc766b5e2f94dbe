"""Who may call what: the kind and state of the token, and the scopes it was granted."""

import hmac

from aiohttp import web

from sandbox.box import Box
from sandbox.records import Json
from sandbox.refusals import RefusedError
from sandbox.workspace import Workspace

# Methods for the app-level token (xapp-…); all others are for the bot's.
APP_METHODS = frozenset({"apps.connections.open"})
_STATES = {"revoked": "token_revoked", "expired": "token_expired"}
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
_HISTORY = ("channels:history", "groups:history", "im:history", "mpim:history")
# Any one of them opens the method; a method that is not here needs none.
SCOPES_OF: dict[str, tuple[str, ...]] = {
    "bots.info": ("users:read",),
    "chat.delete": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,
    "conversations.info": _READ,
    "conversations.join": ("channels:join",),
    "conversations.list": _READ,
    "conversations.members": _READ,
    "conversations.open": ("channels:manage", "groups:write", "im:write", "mpim:write"),
    "conversations.replies": _HISTORY,
    "dnd.info": ("dnd:read",),
    "dnd.teamInfo": ("dnd:read",),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "team.info": ("team:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.getPresence": ("users:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
}
_PREFIXES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}


def authenticate(request: web.Request, box: Box, method: str, args: Json) -> None:
    """Refuse a call whose token is missing, unknown, of the wrong kind, or dead."""
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() or str(args.get("token", ""))
    if not token:
        raise RefusedError("not_authed")
    if _same(token, box.app_token):
        if method not in APP_METHODS:
            raise RefusedError("not_allowed_token_type")
        return
    if not _same(token, box.bot_token):
        raise RefusedError("invalid_auth")
    dead = _STATES.get(box.workspace.installation.token_state)
    if dead:
        raise RefusedError(dead)
    if method in APP_METHODS:
        raise RefusedError("not_allowed_token_type")


def check_scope(workspace: Workspace, method: str, args: Json) -> None:
    """Refuse a call for which no scope was granted; conversations need that of their kind."""
    needed, granted = SCOPES_OF.get(method, ()), workspace.installation.scopes
    if needed and not set(needed) & set(granted):
        raise _missing(needed, granted)
    if needed in (_READ, _HISTORY):
        own = [scope for kind in _kinds(workspace, method, args) if (scope := _of(kind, needed))]
        if missing := [scope for scope in own if scope not in granted]:
            raise _missing(missing, granted)


def _kinds(workspace: Workspace, method: str, args: Json) -> list[str]:
    if method == "conversations.list":
        return str(args.get("types") or "public_channel").replace(" ", "").split(",")
    channel = workspace.channels.get(str(args.get("channel")))
    return [channel.kind] if channel else []


def _of(kind: str, needed: tuple[str, ...]) -> str | None:
    prefix = _PREFIXES.get(kind)
    return next((scope for scope in needed if scope.startswith(f"{prefix}:")), None)


def _missing(needed: tuple[str, ...] | list[str], granted: list[str]) -> RefusedError:
    details = {"needed": ",".join(needed), "provided": ",".join(granted)}
    return RefusedError("missing_scope", details=details)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())
