"""Long lists come in pages, each with a cursor to the next."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, TypeVar

from sandbox.refusals import RefusedError
from sandbox.webapi.call import Call

_Item = TypeVar("_Item")
MOST = 1000
_MARK = "next:"


def page_of(
    call: Call, items: list[_Item], *, default: int = MOST
) -> tuple[list[_Item], dict[str, Any]]:
    """Return the page the caller asked for, and what tells them how to go on."""
    limit = min(max(call.number("limit", default) or default, 1), MOST)
    start = _start(call.text("cursor"))
    following = start + limit
    cursor = _cursor(following) if following < len(items) else ""
    return items[start:following], {"response_metadata": {"next_cursor": cursor}}


def _cursor(at: int) -> str:
    return urlsafe_b64encode(f"{_MARK}{at}".encode()).decode()


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        mark, _, at = urlsafe_b64decode(cursor.encode()).decode().partition(":")
        if f"{mark}:" == _MARK and at.isdecimal():
            return int(at)
    except ValueError:
        pass
    raise RefusedError("invalid_cursor")
