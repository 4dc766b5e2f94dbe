"""The Web API: which methods exist, and what wraps each call."""

from collections.abc import Callable

from aiohttp import web

from sandbox.box import SANDBOX, base_url
from sandbox.records import Json
from sandbox.refusals import RefusedError
from sandbox.webapi import (
    accounts,
    chat,
    connections,
    conversations,
    files,
    usergroups,
    views,
)
from sandbox.webapi.call import Call, arguments
from sandbox.webapi.permission import SCOPES_OF, authenticate, check_scope
from sandbox.wire import Carried, answered, json_response
from sandbox.workspace import Workspace

METHODS: dict[str, Callable[[Call], Json]] = {
    "api.test": accounts.api_test,
    "auth.test": accounts.auth_test,
    "bots.info": accounts.bots_info,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.join": conversations.join,
    "conversations.list": conversations.list_all,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct,
    "conversations.replies": conversations.replies,
    "dnd.info": accounts.dnd_info,
    "dnd.teamInfo": accounts.dnd_team,
    "files.completeUploadExternal": files.complete,
    "files.getUploadURLExternal": files.get_upload_url,
    "files.info": files.info,
    "team.info": accounts.team_info,
    "usergroups.list": usergroups.list_all,
    "usergroups.users.list": usergroups.users_list,
    "users.getPresence": accounts.users_presence,
    "users.info": accounts.users_info,
    "users.list": accounts.users_list,
    "users.lookupByEmail": accounts.users_lookup,
    "views.open": views.open_view,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}


async def handle(request: web.Request) -> web.Response:
    """Answer one call, as Slack or as an ordered fault would."""
    method = request.match_info["method"]
    try:
        args = await arguments(request)
    except RefusedError as refused:
        return json_response(_refusal(refused))
    workspace = request.app[SANDBOX].workspace

    def carry_out() -> Carried:
        summary = " ".join(str(args[key]) for key in ("channel", "ts", "user") if args.get(key))
        status, answer, headers = _answer(request, method, args)
        if not answer["ok"]:
            summary += f" · {answer['error']}"
        return json_response(answer, status=status, headers=headers), summary

    searchable = await _searchable(request)
    return await answered(request, workspace, method, searchable, carry_out)


def _answer(request: web.Request, method: str, args: Json) -> tuple[int, Json, dict[str, str]]:
    box = request.app[SANDBOX]
    headers: dict[str, str] = {}
    try:
        if method == connections.OPEN:
            return 200, {"ok": True, **connections.open_link(request)}, headers
        function = METHODS.get(method)
        if function is None:
            raise RefusedError("unknown_method")
        authenticate(request, box, method, args)
        headers = {
            "X-OAuth-Scopes": ",".join(box.workspace.installation.scopes),
            "X-Accepted-OAuth-Scopes": ",".join(SCOPES_OF.get(method, ())),
        }
        check_scope(box.workspace, method, args)
        wait = box.workspace.pacing.wait(method, _place(box.workspace, args))
        if wait is not None:
            limited: Json = {"ok": False, "error": "ratelimited"}
            return 429, limited, headers | {"Retry-After": str(wait)}
        call = Call(box.workspace, args, base_url(request))
        return 200, {"ok": True, **function(call)}, headers
    except RefusedError as refused:
        return 200, _refusal(refused), headers


def _place(workspace: Workspace, args: Json) -> str | None:
    """Return the channel that a call counts for, however it was named."""
    asked = str(args.get("channel") or "")
    if not asked:
        return None
    for channel in workspace.channels.values():
        if channel.partner == asked or channel.name == asked.removeprefix("#"):
            return channel.id
    return asked


def _refusal(refused: RefusedError) -> Json:
    answer: Json = {"ok": False, "error": refused.code, **refused.details}
    if refused.problems:
        messages = [f"[ERROR] {line.removeprefix('[ERROR] ')}" for line in refused.problems]
        answer |= {"errors": refused.problems, "response_metadata": {"messages": messages}}
    return answer


async def _searchable(request: web.Request) -> str:
    """Return what a fault's `match` looks at: a form's values unquoted, JSON as it came."""
    if request.method == "POST" and request.content_type != "application/json":
        return " ".join(str(value) for value in (await request.post()).values())
    return (await request.read()).decode(errors="replace") or request.query_string
