"""The whole product without a Slack workspace: `make demo`.

Starts the sandbox, the bot on SQLite and a sample agent, plays one escalation by itself, and then
leaves the page open with live cards to click. `--once` ends after the story.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import socket
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_ROOT = Path(__file__).parent.parent
_ALICE, _REVIEWS = "U01ALICE", "C01REV"
_PATIENCE = 30.0


class DemoError(Exception):
    """The story could not be told; the sentence says where it stopped."""


def say(sentence: str) -> None:
    print(sentence, flush=True)


def free_port(wanted: int) -> int:
    """The wanted port if nobody has it, else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError("No port is free on this machine.")


@asynccontextmanager
async def running(log: Path, *command: str, **environment: str) -> AsyncIterator[None]:
    """A process of its own, ended with us; what it prints goes to `log`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "PULLCORD_"))}  # noqa: TID251
    with log.open("ab") as out:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *command, cwd=_ROOT, env=inherited | environment,
            stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    try:
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 10)
            except TimeoutError:
                process.kill()
                await process.wait()


async def until_ready(http: aiohttp.ClientSession, url: str, log: Path) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            while True:
                try:
                    async with http.get(url) as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise DemoError(f"{url} did not get ready:\n{log.read_text()[-3000:]}") from None


async def make_key(name: str, **environment: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "keys", "create", name, cwd=_ROOT,
        env=dict(os.environ) | environment, stdout=asyncio.subprocess.PIPE,  # noqa: TID251
    )  # fmt: skip
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise DemoError("`keys create` failed.")
    return output.decode().strip().splitlines()[-1]


class Reviewer:
    """Alice at her screen: she sees what the page shows, and clicks what it offers."""

    def __init__(self, http: aiohttp.ClientSession, sandbox: str) -> None:
        self._http = http
        self._sandbox = sandbox

    async def act(self, verb: str, **fields: Any) -> None:
        body = {"user": _ALICE} | fields
        async with self._http.post(f"{self._sandbox}/control/{verb}", json=body) as answer:
            if answer.status != 200:
                raise DemoError(f"{verb}: {await answer.text()}")

    async def card(self) -> Any:
        """The first card in #reviews, once it is there."""
        async with asyncio.timeout(_PATIENCE):
            while True:
                url = f"{self._sandbox}/control/messages?channel={_REVIEWS}"
                async with self._http.get(url) as answer:
                    messages = await answer.json()
                if messages:
                    return messages[-1]
                await asyncio.sleep(0.05)

    async def modifies(self, amount: str, note: str) -> None:
        card = await self.card()
        say(f"Alice sees in #reviews: “{card['blocks'][0]['text']['text']}” and opens Modify…")
        await self.act("click", channel=_REVIEWS, ts=card["ts"], action_id="modify")
        say(f"Alice changes the amount to {amount}, notes “{note}” and approves.")
        await self.act("view/submit", values={"field_0": amount, "note": note})


async def sample_agent(url: str, key: str, question: Path | None = None) -> int:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "examples.refund_agent", "--url", url, "--key", key,
        "--name", "refund-bot", *(["--question", str(question)] if question else []), cwd=_ROOT,
    )  # fmt: skip
    try:
        return await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def keep_asking(url: str, key: str, question: Path | None) -> None:
    """An agent whose question was answered asks it again, for the next person who tries."""
    while await sample_agent(url, key, question) == 0:
        pass


async def demo(*, once: bool) -> None:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pullcord-demo-")))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        bot_port, sandbox_port = free_port(8080), free_port(3200)
        bot, sandbox = f"http://127.0.0.1:{bot_port}", f"http://127.0.0.1:{sandbox_port}"
        settings = {
            "SLACK_BOT_TOKEN": "xoxb-sandbox",
            "SLACK_SIGNING_SECRET": "sandbox-signing-secret",
            "SLACK_API_URL": f"{sandbox}/api/",
            "PULLCORD_DATABASE_URL": f"sqlite:///{folder}/pullcord.db",
            "PULLCORD_POLICY_FILE": str(_ROOT / "policy.yml"),
            "PULLCORD_PORT": str(bot_port),
            "PULLCORD_ADMIN_CHANNEL": "C09ADMIN",
        }
        say("Pullcord demo: a bot on SQLite, an agent, and a stand-in for Slack in your browser.")
        await stack.enter_async_context(
            running(
                folder / "sandbox.log", "sandbox", "--port", str(sandbox_port),
                "--events-url", f"{bot}/slack/events",
            )
        )  # fmt: skip
        await until_ready(http, f"{sandbox}/", folder / "sandbox.log")
        await stack.enter_async_context(running(folder / "bot.log", "bot", "serve", **settings))
        await until_ready(http, f"{bot}/readyz", folder / "bot.log")
        key = await make_key("refund-bot", **settings)

        agent = asyncio.create_task(sample_agent(bot, key))
        reviewer = Reviewer(http, sandbox)
        await reviewer.modifies("200", "Shipping is not refundable")
        if await agent != 0:
            raise DemoError("The agent did not come to its end.")
        say("Done: asked, shown, modified by a person, run once, exactly as decided.")
        if once:
            return

        say(f"\nNow you. Open {sandbox}/?user={_ALICE}&channel={_REVIEWS} and click.")
        say("The large order waits in #money for two people: switch between Alice and Bob.")
        say(f"Your own agent may ask at {bot} (its page: {bot}/docs) with the key\n  {key}")
        say("Ctrl-C ends it all.\n")
        for question in (None, *sorted((_ROOT / "examples" / "questions").glob("*.json"))):
            task = asyncio.create_task(keep_asking(bot, key, question))
            stack.push_async_callback(_end, task)
        stop = asyncio.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        await stop.wait()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def main() -> int:
    options = argparse.ArgumentParser(description="Pullcord without a Slack workspace.")
    options.add_argument("--once", action="store_true", help="only the story, then end")
    try:
        asyncio.run(demo(once=options.parse_args().once))
    except (DemoError, TimeoutError) as error:
        print(f"The demo stopped: {error or 'it took too long'}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
