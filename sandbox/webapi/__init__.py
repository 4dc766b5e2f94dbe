"""The Web API: which methods exist, and what wraps each call."""

import hmac
from collections.abc import Callable

from aiohttp import web

from sandbox.box import SANDBOX, base_url
from sandbox.records import Json
from sandbox.refusals import RefusedError
from sandbox.webapi import accounts, chat, conversations, usergroups, views
from sandbox.webapi.call import Call, arguments
from sandbox.wire import Carried, answered, json_response

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
        answer = _answer(request, method, args)
        if not answer["ok"]:
            summary += f" · {answer['error']}"
        headers = {"X-OAuth-Scopes": ",".join(workspace.installation.scopes)}
        return json_response(answer, headers=headers), summary

    searchable = await _searchable(request)
    return await answered(request, workspace, method, searchable, carry_out)


def _answer(request: web.Request, method: str, args: Json) -> Json:
    try:
        _authenticate(request, args)
        function = METHODS.get(method)
        if function is None:
            raise RefusedError("unknown_method")
        call = Call(request.app[SANDBOX].workspace, args, base_url(request))
        return {"ok": True, **function(call)}
    except RefusedError as refused:
        return _refusal(refused)


def _refusal(refused: RefusedError) -> Json:
    answer: Json = {"ok": False, "error": refused.code}
    if refused.problems:
        messages = [f"[ERROR] {line.removeprefix('[ERROR] ')}" for line in refused.problems]
        answer |= {"errors": refused.problems, "response_metadata": {"messages": messages}}
    return answer


def _authenticate(request: web.Request, args: Json) -> None:
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ").strip() or str(args.get("token", ""))
    if not token:
        raise RefusedError("not_authed")
    if not hmac.compare_digest(token.encode(), request.app[SANDBOX].bot_token.encode()):
        raise RefusedError("invalid_auth")


async def _searchable(request: web.Request) -> str:
    """Return what a fault's `match` looks at: a form's values unquoted, JSON as it came."""
    if request.method == "POST" and request.content_type != "application/json":
        return " ".join(str(value) for value in (await request.post()).values())
    return (await request.read()).decode(errors="replace") or request.query_string
