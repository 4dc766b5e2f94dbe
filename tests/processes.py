"""The bot as operators run it: a process of its own, which can be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coverage import Coverage

from sandbox.server import APP_TOKEN, BOT_TOKEN, SIGNING_SECRET
from tests.forked import forked
from tests.world import POLICY, Agent, Way

if TYPE_CHECKING:
    import aiohttp

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def command(
    *arguments: str,
    environment: dict[str, str] | None = None,
    stdin: bytes = b"",
    home: Path = ROOT,
) -> tuple[int, str, str]:
    """`python -m bot …`: exit code, stdout, stderr."""
    if home == ROOT and Coverage.current() is None:
        return await forked(arguments, clean_environment(environment), stdin, home)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", *arguments, cwd=home, env=clean_environment(environment, home),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(stdin), 60)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def clean_environment(extra: dict[str, str] | None = None, home: Path = ROOT) -> dict[str, str]:
    """Ours without anything that configures a bot; coverage follows into the child."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "PULLCORD_"))}
    measured = {"COVERAGE_PROCESS_START": str(ROOT / "pyproject.toml")} if home == ROOT else {}
    return kept | measured | (extra or {})


@dataclass
class BotProcess:
    """One `serve`; `url` stays the same when it is started again."""

    http: aiohttp.ClientSession
    folder: Path
    database_url: str
    sandbox_url: str
    policy: str = POLICY
    way: Way = "http"
    extra: dict[str, str] = field(default_factory=dict)
    #: What is run; a fault test wraps it.
    arguments: tuple[str, ...] = ("-m", "bot", "serve")
    #: Where its code lies.
    home: Path = ROOT

    def __post_init__(self) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder / f"bot-{self.port}.log"
        policy_file = self.folder / "policy.yml"
        policy_file.write_text(self.policy)
        delivered = (
            {"SLACK_APP_TOKEN": APP_TOKEN}
            if self.way == "socket"
            else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
        )
        self.environment = (
            delivered
            | {
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_API_URL": f"{self.sandbox_url}api/",
                "PULLCORD_DATABASE_URL": self.database_url,
                "PULLCORD_POLICY_FILE": str(policy_file),
                "PULLCORD_SECRET": "a secret for tests only",
                "PULLCORD_PORT": str(self.port),
                "PULLCORD_ADMIN_CHANNEL": "C09ADMIN",
                "PULLCORD_PACE": "0",  # a story may have a crowd
            }
            | self.extra
        )

    async def start(self) -> None:
        import aiohttp

        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.arguments, cwd=self.home, stdout=log, stderr=log,
                env=clean_environment(self.environment, self.home),
            )  # fmt: skip
        async with asyncio.timeout(60):
            while True:
                assert self.process.returncode is None, self.log.read_text()
                try:
                    async with self.http.get(self.url + "/readyz") as ready:
                        if ready.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)
        raise AssertionError(self.log.read_text())

    async def is_up(self) -> bool:
        """Whether it says itself that it is ready."""
        import aiohttp

        with suppress(aiohttp.ClientError):
            async with self.http.get(self.url + "/readyz") as ready:
                return ready.status == 200
        return False

    async def kill(self) -> None:
        """Kill -9: no goodbye, no cleaning up."""
        self.process.kill()
        await self.process.wait()

    async def stop(self) -> int:
        """SIGTERM, as an operator does it; the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.process.wait(), 20)

    async def agent(self, world: Any, name: str = "refund-bot") -> Agent:
        code, out, err = await command("keys", "create", name, environment=self.environment)
        assert code == 0, err
        return Agent(world, name, out.strip().splitlines()[-1])
