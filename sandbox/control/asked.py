"""What a control request asks for, read with care for the caller's mistakes."""

from typing import Any

import orjson
from aiohttp import web

from sandbox.records import Channel, Json, Message, Person
from sandbox.refusals import ControlError
from sandbox.workspace import Workspace


class Asked:
    """The fields of one control request."""

    def __init__(self, workspace: Workspace, fields: Json) -> None:
        """Look names up in `workspace`."""
        self.workspace = workspace
        self.fields = fields

    def need(self, name: str) -> str:
        """Return a field that must be there."""
        value = self.fields.get(name)
        if value in (None, ""):
            raise ControlError("missing_field", status=400, field=name)
        return str(value)

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field that may be there."""
        return self.fields.get(name, default)

    def person(self) -> Person:
        """Return the person who acts."""
        found = self.workspace.people.get(self.need("user"))
        if found is None:
            raise ControlError("user_not_found", status=404)
        return found

    def channel(self) -> Channel:
        """Return the channel, which the person must be in."""
        name = self.need("channel")
        found = self.workspace.channels.get(name)
        if found is None:
            raise ControlError("channel_not_found", status=404)
        return found

    def message(self, channel: Channel, person: Person) -> Message:
        """Return a message that this person can see."""
        found = channel.messages.get(self.need("ts"))
        if found is None or found.only_for not in (None, person.id):
            raise ControlError("message_not_found")
        return found


async def asked(request: web.Request, workspace: Workspace) -> Asked:
    """Read the JSON body, or the query of a GET."""
    if request.method == "GET":
        return Asked(workspace, dict(request.query))
    body = await request.read()
    try:
        fields = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError:
        raise ControlError("malformed_json", status=400) from None
    if not isinstance(fields, dict):
        raise ControlError("malformed_json", status=400)
    return Asked(workspace, fields)
