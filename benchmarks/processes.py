"""Processes of their own: the bot as operators run it, the floor and Slack beside it."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.wire import ask, request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROOT = Path(__file__).parent.parent
SIGNING_SECRET = "benchmark-signing-secret"
CHANNELS = 20
_TICKS = os.sysconf("SC_CLK_TCK")
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """One server; `ready_seconds` is from its start to its first yes."""

    pid: int
    port: int
    ready_seconds: float

    def cpu_seconds(self) -> float:
        """Processor time of the process so far, its own and the system's for it."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(") ")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def mebibytes(self) -> float:
        """Resident memory."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        found = next(line for line in lines if line.startswith("VmRSS:"))
        return int(found.split()[1]) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def running(
    *arguments: str, port: int, path: str, log: Path, environment: dict[str, str] | None = None
) -> AsyncIterator[Running]:
    """`python -m …` until it is ready, and until the block ends."""
    began = time.perf_counter()
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments, cwd=ROOT, env=_plain() | (environment or {}),
            stdout=out, stderr=out,
        )  # fmt: skip
    try:
        while not await _is_ready(port, path):
            if process.returncode is not None or time.perf_counter() - began > _PATIENCE_SECONDS:
                raise RuntimeError(f"{arguments[0]} did not start:\n{log.read_text()[-2000:]}")
            await asyncio.sleep(0.01)
        seconds = time.perf_counter() - began
        yield Running(pid=process.pid, port=port, ready_seconds=seconds)
    finally:
        if process.returncode is None:
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


@asynccontextmanager
async def bot(folder: Path, environment: dict[str, str]) -> AsyncIterator[Running]:
    """`python -m bot serve`."""
    port = free_port()
    async with running(
        "bot", "serve", port=port, path="/readyz", log=folder / "bot.log",
        environment=environment | {"PULLCORD_PORT": str(port)},
    ) as found:  # fmt: skip
        yield found


@asynccontextmanager
async def floor(folder: Path, database: str) -> AsyncIterator[Running]:
    port = free_port()
    async with running(
        "benchmarks.floor", "--database", database, "--port", str(port),
        port=port, path="/readyz", log=folder / "floor.log",
    ) as found:  # fmt: skip
        yield found


@asynccontextmanager
async def slack(folder: Path) -> AsyncIterator[Running]:
    port = free_port()
    async with running(
        "benchmarks.slack", "--port", str(port), port=port, path="/seen", log=folder / "slack.log"
    ) as found:
        yield found


def settings(folder: Path, database: str, slack_port: int) -> dict[str, str]:
    """The environment of a bot whose policy asks Alice about everything."""
    policy = folder / "policy.yml"
    lines = ["version: 1", "groups:", "  reviewers: {users: [U01ALICE]}", "routes:"]
    lines += [f"  default: {{channel: {channel_of(0)}, reviewers: [reviewers]}}"]
    for number in range(CHANNELS):
        lines.append(f"  r{number}: {{channel: {channel_of(number)}, reviewers: [reviewers]}}")
    lines.append("rules:")
    lines.append("  - {name: refunds, when: 'category == \"refund\"', then: escalate}")
    for number in range(CHANNELS):
        when = f'category == "c{number}"'
        lines.append(f"  - {{name: to {number}, when: '{when}', then: escalate, route: r{number}}}")
    lines.append("  - {name: the rest, when: 'true', then: escalate}")
    # Those that the coin chooses wait for a digest that does not come while anything is measured.
    lines.append(f"digests: {{later: {{cron: 0 0 29 2 *, channel: {channel_of(0)}}}}}")
    lines.append("categories: {bulk: {sample: 0.05, review: {digest: later}}}")
    policy.write_text("\n".join(lines) + "\n")
    return {
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": f"http://127.0.0.1:{slack_port}/api/",
        "PULLCORD_DATABASE_URL": database,
        "PULLCORD_POLICY_FILE": str(policy),
        "PULLCORD_SECRET": "a secret for benchmarks only",
        "PULLCORD_LOG": "json",
        "PULLCORD_PACE": "0",  # what is measured is the bot, not how long Slack makes it wait
    }


def channel_of(number: int) -> str:
    return f"C{number:02}BENCH"


async def make_key(environment: dict[str, str]) -> str:
    """`python -m bot keys create`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "keys", "create", "bench-bot", cwd=ROOT,
        env=_plain() | environment, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError("no key could be made; the lines above say why")
    return out.decode().strip().splitlines()[-1]


def _plain() -> dict[str, str]:
    kept = os.environ.items()
    plain = {k: v for k, v in kept if not k.startswith(("SLACK_", "PULLCORD_"))}
    # An installation has Python's compiled files, and so does our image. Where the environment
    # forbids them, each start would compile every library anew.
    plain.pop("PYTHONDONTWRITEBYTECODE", None)
    return plain | {"PYTHONPYCACHEPREFIX": str(ROOT / "build" / "pycache")}


async def _is_ready(port: int, path: str) -> bool:
    try:
        status, _ = await ask(port, request("GET", path))
    except OSError:
        return False
    return status == 200
