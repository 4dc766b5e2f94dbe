"""A person chooses a file of theirs, for a form that asks for one."""

import base64
import binascii

from sandbox.box import Box
from sandbox.clocks import new_id
from sandbox.control.asked import Asked
from sandbox.files import File
from sandbox.records import Json
from sandbox.refusals import ControlError


async def file(box: Box, asked: Asked) -> Json:
    """Upload `content` (base64) under `name`; the file belongs to the person."""
    try:
        content = base64.b64decode(str(asked.get("content", "")), validate=True)
    except binascii.Error:
        raise ControlError("malformed_base64", status=400) from None
    given = File(
        id=new_id("F"),
        name=asked.need("name"),
        length=len(content),
        user=asked.person().id,
        created=int(box.workspace.now()),
        content=content,
        complete=True,
    )
    box.workspace.files[given.id] = given
    return given.as_slack()
