"""The control API: what people do, for the page, the tests and the demo."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox.box import SANDBOX, Box, base_url
from sandbox.control import (
    arranging,
    attaching,
    clicks,
    directory,
    forms,
    home,
    sockets,
    typing,
)
from sandbox.control.asked import Asked, asked
from sandbox.control.picture import picture, raw
from sandbox.control.stream import stream
from sandbox.records import Json
from sandbox.refusals import ControlError, RefusedError
from sandbox.wire import json_response

_Act = Callable[[Box, Asked, str], Awaitable[object]]
_Route = Callable[[web.Request], Awaitable[web.Response]]


def routes() -> list[web.RouteDef]:
    """List every route of the control API."""
    return [
        web.get("/control/state", _route(_state)),
        web.get("/control/stream", stream),
        web.get("/control/messages", _route(_messages)),
        web.get("/control/ephemeral", _route(_ephemeral)),
        web.get("/control/log", _route(_log)),
        web.post("/control/click", _route(clicks.click)),
        web.post("/control/view/click", _route(_plain(forms.click))),
        web.post("/control/view/submit", _route(_plain(forms.submit))),
        web.post("/control/view/close", _route(_plain(forms.close))),
        web.post("/control/command", _route(typing.command)),
        web.post("/control/message", _route(_plain(typing.message))),
        web.post("/control/home", _route(_plain(home.opened))),
        web.post("/control/home/click", _route(_plain(home.click))),
        web.post("/control/users", _route(_plain(directory.people))),
        web.post("/control/files", _route(_plain(attaching.file))),
        web.post("/control/usergroups", _route(_plain(directory.usergroups))),
        web.post("/control/channels", _route(_now(arranging.channels))),
        web.post("/control/faults", _route(_now(arranging.faults))),
        web.delete("/control/faults", _route(_no_faults)),
        web.post("/control/settings", _route(_plain(arranging.settings))),
        web.get("/control/socket", _route(_plain(sockets.look))),
        web.post("/control/socket/disconnect", _route(_plain(sockets.disconnect))),
        web.post("/control/socket/cut", _route(_plain(sockets.cut))),
        web.post("/control/socket/silence", _route(_plain(sockets.silence))),
        web.post("/control/socket/say", _route(_plain(sockets.say))),
        web.post("/control/socket/deliver", _route(_plain(sockets.deliver))),
    ]


def _route(act: _Act) -> _Route:
    async def handle(request: web.Request) -> web.Response:
        box = request.app[SANDBOX]
        try:
            question = await asked(request, box.workspace)
            return json_response(await act(box, question, base_url(request)))
        except ControlError as refused:
            return json_response(refused.answer, status=refused.status)
        except RefusedError as refused:
            return json_response({"error": refused.code}, status=404)

    return handle


def _plain(act: Callable[[Box, Asked], Awaitable[Json]]) -> _Act:
    async def acted(box: Box, question: Asked, _: str) -> Json:
        return await act(box, question)

    return acted


def _now(act: Callable[[Box, Asked], Json]) -> _Act:
    async def acted(box: Box, question: Asked, _: str) -> Json:
        return act(box, question)

    return acted


async def _state(box: Box, question: Asked, _: str) -> Json:
    person = box.workspace.person(str(question.get("user", "U01ALICE")))
    return picture(box.workspace, person, question.get("channel"))


async def _messages(_box: Box, question: Asked, _: str) -> list[Json]:
    channel = question.channel()
    return [raw(message) for message in channel.messages.values() if message.only_for is None]


async def _ephemeral(box: Box, question: Asked, _: str) -> list[Json]:
    user = question.need("user")
    return [shown for shown in box.workspace.whispers if shown["user"] == user]


async def _log(box: Box, _question: Asked, _: str) -> list[Json]:
    return box.workspace.log.last()


async def _no_faults(box: Box, _question: Asked, _: str) -> Json:
    box.workspace.faults.clear()
    return {"waiting": []}
