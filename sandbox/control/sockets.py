"""The app's sockets: how many there are, and trouble with them on order."""

from typing import TypeVar

import orjson

from sandbox import sockets
from sandbox.box import Box
from sandbox.control.asked import Asked
from sandbox.records import Json
from sandbox.refusals import ControlError

_Word = TypeVar("_Word", bound=str)


async def look(box: Box, _asked: Asked) -> Json:
    """How many connections the app has, and whether deliveries go over them."""
    return _now(box)


async def disconnect(box: Box, asked: Asked) -> Json:
    """Say goodbye on every connection, with Slack's `reason`; closed after `seconds`."""
    reason = _one_of(sockets.REASONS, asked, "reason", "warning")
    seconds = asked.get("seconds", sockets.LEAVE_SECONDS)
    if not isinstance(seconds, int | float) or seconds < 0:
        raise ControlError("invalid_field", status=400, field="seconds")
    await box.delivery.sockets.disconnect(reason, float(seconds))
    return _now(box)


async def cut(box: Box, asked: Asked) -> Json:
    """Break the connections `at` once, or in the middle of the next delivery."""
    box.delivery.sockets.cut(_one_of(sockets.CUTS, asked, "at", "now"))
    return _now(box)


async def silence(box: Box, _asked: Asked) -> Json:
    """Nothing comes through the connections of now any more; later ones are not concerned."""
    box.delivery.sockets.silence()
    return _now(box)


async def say(box: Box, asked: Asked) -> Json:
    """Send `text` over every connection as it is, be it a message of Slack's or not."""
    await box.delivery.sockets.shout(asked.need("text"))
    return _now(box)


async def deliver(box: Box, asked: Asked) -> Json:
    """Deliver an envelope with any `payload`, also one that Slack would never send.

    `json` is a payload as text, which goes out letter by letter.
    """
    kind = _one_of(sockets.KINDS, asked, "type", "interactive")
    if not box.delivery.sockets.connected:
        raise ControlError("not_connected")
    payload = asked.get("payload")
    if isinstance(asked.get("json"), str):
        payload = orjson.Fragment(asked.get("json"))
    answer = await box.delivery.anything(kind, payload)
    return answer.as_json()


def _one_of(known: tuple[_Word, ...], asked: Asked, name: str, default: _Word) -> _Word:
    value = asked.get(name, default)
    for one in known:
        if value == one:
            return one
    raise ControlError("invalid_field", status=400, field=name, known=list(known))


def _now(box: Box) -> Json:
    lines = box.delivery.sockets.lines
    return {
        "on": box.delivery.sockets.on,
        "connections": len(lines),
        "talking": sum(not line.silent and not line.leaving for line in lines),
    }
