"""A client that costs little: the machine's two cores belong to what is measured."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Wire(asyncio.Protocol):
    """One kept-alive HTTP/1.1 connection; answers come in the order of the requests."""

    def __init__(self) -> None:
        self._buffer = b""
        self._asked: deque[asyncio.Future[tuple[int, bytes]]] = deque()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's own kind of transport is no subclass.
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        for asked in self._asked:
            if not asked.done():
                asked.set_exception(ConnectionResetError("the server went away"))
        self._asked.clear()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._asked and (answer := self._next()) is not None:
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_result(answer)

    def send(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Put a request on the wire; the future has its status and body."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError("the server went away")
        asked = asyncio.get_running_loop().create_future()
        self._asked.append(asked)
        self._transport.write(request)
        return asked

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _next(self) -> tuple[int, bytes] | None:
        head = self._buffer.find(_END)
        if head < 0:
            return None
        lines = self._buffer[:head].lower()
        at = lines.find(_LENGTH)
        length = 0 if at < 0 else int(lines[at + len(_LENGTH) :].split(b"\r\n", 1)[0])
        end = head + len(_END) + length
        if len(self._buffer) < end:
            return None
        body = self._buffer[head + len(_END) : end]
        status = int(self._buffer[9:12])
        self._buffer = self._buffer[end:]
        return status, body


async def connect(port: int) -> Wire:
    _, wire = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", port)
    return wire


def request(
    method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + _END + body


async def ask(port: int, what: bytes) -> tuple[int, Any]:
    """One question on a connection of its own: status and JSON."""
    wire = await connect(port)
    try:
        status, body = await wire.send(what)
    finally:
        wire.close()
    return status, orjson.loads(body) if body[:1] in (b"{", b"[") else body
