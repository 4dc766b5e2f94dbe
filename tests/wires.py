"""A wire to PostgreSQL that breaks where a test wants it to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

When = Literal["before", "after"]
_COMMIT = b"COMMIT;\0"


class Wire:
    """Passes everything on, until a transaction with a certain word in it is committed."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._socket = parse_qs(parts.query)["host"][0] + "/.s.PGSQL.5432"
        self._database = parts.path
        self._armed: tuple[bytes, When] | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._broken = self._deaf = False
        #: How often it was cut at a commit.
        self.cut = 0

    def cut_at_commit(self, *, of: str, when: When, and_break_off: bool = False) -> None:
        """Once: "before" the server hears of it, or "after", with only the answer lost."""
        self._armed = (of.encode(), when)
        self._breaks_off = and_break_off

    def deafen(self) -> None:
        """As through a pooler that hands out another session each time: no notification passes."""
        self._deaf = True

    def break_off(self) -> None:
        """Nobody gets through any more."""
        self._broken = True
        for writer in self._writers:
            writer.close()

    def mend(self) -> None:
        self._broken = False

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._port = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self._port}{self._database}"

    async def close(self) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()
        if self._open:
            await asyncio.wait(self._open)

    async def _accept(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        if self._broken:
            back.close()
            return
        far, on = await asyncio.open_unix_connection(self._socket)
        self._writers |= {back, on}
        answers = asyncio.create_task(self._answer(far, back))
        task = asyncio.current_task()
        assert task is not None
        self._open |= {task}
        try:
            await self._ask(near, on, answers)
        except OSError:
            pass
        finally:
            answers.cancel()
            for writer in (back, on):
                writer.close()
            self._writers -= {back, on}
            self._open -= {task}

    async def _ask(
        self, near: asyncio.StreamReader, on: asyncio.StreamWriter, answers: asyncio.Task[None]
    ) -> None:
        said = b""
        while piece := await near.read(65536):
            said += piece
            if _COMMIT in said:
                if self._armed is not None and self._armed[0] in said:
                    when = self._armed[1]
                    self._armed = None
                    self.cut += 1
                    if when == "after":
                        answers.cancel()
                        on.write(piece)
                        await on.drain()
                        # The server has heard it; it shall have done it too.
                        await asyncio.sleep(0.2)
                    if self._breaks_off:
                        self.break_off()
                    return
                said = b""
            on.write(piece)
            await on.drain()

    async def _answer(self, far: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            first = await far.readexactly(1)
            back.write(first)  # "no" to TLS
            while True:
                head = await far.readexactly(5)
                body = await far.readexactly(int.from_bytes(head[1:]) - 4)
                if not (self._deaf and head[:1] == b"A"):
                    back.write(head + body)
                    await back.drain()
        back.close()


@asynccontextmanager
async def wire_to(database_url: str) -> AsyncIterator[Wire]:
    wire = Wire(database_url)
    await wire.open()
    try:
        yield wire
    finally:
        await wire.close()
