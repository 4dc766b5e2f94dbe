"""What stands before several bots: each connection goes to one that listens."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence


@asynccontextmanager
async def balancer(ports: Sequence[int]) -> AsyncIterator[str]:
    """A TCP balancer on a free port; yields its address. A dead backend is passed over."""
    turns = itertools.count()

    async def connect() -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        first = next(turns)
        for offset in range(len(ports)):
            with suppress(OSError):
                return await asyncio.open_connection(
                    "127.0.0.1", ports[(first + offset) % len(ports)]
                )
        return None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        backend = await connect()
        if backend is None:
            writer.close()
            return
        await asyncio.gather(_pipe(reader, backend[1]), _pipe(backend[0], writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()
