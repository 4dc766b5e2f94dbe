"""The floor: a bare aiohttp application that does one smallest durable insert a request.

Same driver, same fsync, same loop as the bot; no checks, no journal, no outbox, no policy.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import asyncpg
import orjson
import uvloop
from aiohttp import web

_CONNECTIONS = 16


class Ledger(Protocol):
    async def insert(self, key: str, body: str) -> None: ...


class Sqlite:
    """One connection in one thread; each insert is a transaction of its own."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE IF NOT EXISTS floor (key TEXT, body TEXT)")
        self._thread = ThreadPoolExecutor(1)

    async def insert(self, key: str, body: str) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(
            self._thread, self._connection.execute, "INSERT INTO floor VALUES (?, ?)", (key, body)
        )


class Postgres:
    """A pool of asyncpg; each insert is a transaction of its own."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def insert(self, key: str, body: str) -> None:
        await self._pool.execute("INSERT INTO floor VALUES ($1, $2)", key, body)


async def _open(url: str) -> Ledger:
    if url.startswith("sqlite:///"):
        return Sqlite(url.removeprefix("sqlite:///"))
    pool = await asyncpg.create_pool(url, min_size=_CONNECTIONS, max_size=_CONNECTIONS)
    await pool.execute("CREATE TABLE IF NOT EXISTS floor (key TEXT, body TEXT)")
    return Postgres(pool)


def _make_app(ledger: Ledger) -> web.Application:
    parked: dict[str, asyncio.Event] = {}

    async def create(request: web.Request) -> web.Response:
        body = await request.read()
        orjson.loads(body)
        await ledger.insert(request.headers["Idempotency-Key"], body.decode())
        return web.Response(status=201, body=b"{}", content_type="application/json")

    async def park(request: web.Request) -> web.Response:
        event = parked.setdefault(request.match_info["name"], asyncio.Event())
        await event.wait()
        return web.Response(body=b'{"status":"decided"}', content_type="application/json")

    async def click(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        await ledger.insert(name, (await request.read()).decode())
        parked.setdefault(name, asyncio.Event()).set()
        return web.Response()

    async def ready(_: web.Request) -> web.Response:
        return web.Response(body=b"{}", content_type="application/json")

    app = web.Application(client_max_size=2**20)
    app.add_routes(
        [
            web.post("/escalations", create),
            web.get("/escalations/{name}", park),
            web.post("/click/{name}", click),
            web.get("/readyz", ready),
        ]
    )
    return app


async def _serve(database: str, port: int) -> None:
    runner = web.AppRunner(_make_app(await _open(database)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=4096).start()
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floor", description=__doc__)
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    uvloop.run(_serve(options.database, options.port))


if __name__ == "__main__":
    main()
