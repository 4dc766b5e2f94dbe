"""The process dies at the worst moments: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, ClassVar

import aiohttp
import pytest

from sandbox.server import make_app
from sandbox.testing import serving
from tests.processes import BotProcess
from tests.scenarios.test_breaker import writes
from tests.scenarios.test_digests import DIGESTS, refund
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.world import Way

# A dead sender's lease, and the time after which Slack's history is complete.
PATIENCE = 40.0


class Survivor(World):
    """The world around a bot that runs as a process of its own."""

    bot: BotProcess
    extra: ClassVar[dict[str, str]] = {}

    async def open(self) -> None:
        self._stack = AsyncExitStack()
        self.http = await self._stack.enter_async_context(aiohttp.ClientSession())
        self.sandbox_url = await self._stack.enter_async_context(
            serving(make_app(self.slack, pacing=False))
        )
        self.bot = BotProcess(
            self.http,
            self.folder,
            self.database_url,
            self.sandbox_url,
            policy=self.policy,
            way=self.way,
            extra=self.extra,
        )
        self.url = self.bot.url
        await self.control("settings", events_url=f"{self.url}/slack/events")
        await self.bot.start()

    async def close(self) -> None:
        await self.bot.stop()
        await self._stack.aclose()

    async def until(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        await super().until(condition, patience)

    async def until_parked(self) -> None:
        """Until one agent waits inside the bot."""
        await self.until_measured("pullcord_waiting_agents 1.0")

    async def until_measured(self, line: str) -> None:
        async def look() -> bool:
            async with self.http.get(self.url + "/metrics") as metrics:
                return line in await metrics.text()

        await self.until_true(look)

    async def dies_and_returns(self) -> None:
        await self.bot.kill()
        await self.bot.start()


@pytest.fixture
async def survivor(database_url: str, way: Way, tmp_path: Path) -> AsyncIterator[Survivor]:
    made = Survivor(database_url, tmp_path, way=way)
    await made.open()
    yield made
    await made.close()


async def test_killed_after_the_question_was_taken(survivor: Survivor) -> None:
    """What was answered with 201 is on a card after the restart, once."""
    agent = await survivor.bot.agent(survivor)
    await survivor.control("faults", method="chat.postMessage", status=429, retry_after=2)
    asked = await agent.asks()

    await survivor.dies_and_returns()

    card = await survivor.card_of(asked)
    assert card.buttons == ["Approve", "Modify…", "Reject…"]


async def test_killed_between_the_card_and_the_click(survivor: Survivor) -> None:
    """A card from before the crash decides as ever."""
    asked = await (await survivor.bot.agent(survivor)).asks()
    card = await survivor.card_of(asked)

    await survivor.dies_and_returns()
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await card.until(lambda c: not c.buttons)
    await survivor.card_of(asked)


async def test_killed_between_the_click_and_the_poll(survivor: Survivor) -> None:
    """A click that was acknowledged is a decision, whoever dies next."""
    asked = await (await survivor.bot.agent(survivor)).asks()
    card = await survivor.card_of(asked)
    answer = await card.click("Approve", by="alice")
    assert answer["status"] == 200

    await survivor.dies_and_returns()

    decision = await asked.answer()
    assert decision["decided_by"]["display_name"] == "Alice"
    assert (await asked.do("redeem", redeem_id="r1")).status == 200
    await card.until(lambda c: not c.buttons)


async def test_killed_between_a_digest_and_its_post(
    database_url: str, way: Way, tmp_path: Path
) -> None:
    """What was brought together and not posted is posted after the restart, once."""
    survivor = Survivor(database_url, tmp_path, way=way, policy=DIGESTS)
    await survivor.open()
    try:
        asked = await (await survivor.bot.agent(survivor)).wants(refund(12))
        await survivor.control("faults", method="chat.postMessage", status=429, retry_after=1)
        assert "comes now, with 1" in await writes(survivor, "alice", "digest desk now")
        await survivor.until_measured('pullcord_sent_total{kind="card",outcome="later"} 1.0')

        await survivor.dies_and_returns()
        card = await survivor.card_of(asked)
        await card.click("Approve", by="alice", of=asked)

        assert (await asked.answer())["decided_by"]["via"] == "digest"
        assert len(survivor.cards()) == 1
    finally:
        await survivor.close()


async def test_killed_while_slack_was_answering(survivor: Survivor) -> None:
    """Slack took the card, the answer never arrived: it is found again and not posted twice."""
    agent = await survivor.bot.agent(survivor)
    await survivor.control("faults", method="chat.postMessage", after=True, delay=30, times=1)
    asked = await agent.asks()
    card = await survivor.card_of(asked)

    await survivor.dies_and_returns()
    await card.click("Approve", by="alice")

    assert (await asked.answer())["type"] == "approve"
    await card.until(lambda c: not c.buttons)
    assert len(survivor.cards()) == 1


async def test_a_lost_answer_is_not_a_second_card(survivor: Survivor) -> None:
    """The connection breaks after Slack has accepted the post: still one card."""
    agent = await survivor.bot.agent(survivor)
    await survivor.control("faults", method="chat.postMessage", after=True, drop=True, times=1)

    asked = await agent.asks()

    card = await survivor.card_of(asked)
    await card.click("Approve", by="alice")
    await card.until(lambda c: not c.buttons)
    assert len(survivor.cards()) == 1


async def test_a_stop_lets_the_waiting_go(survivor: Survivor) -> None:
    """SIGTERM answers the waiting agent with what is known, and ends with 0."""
    asked = await (await survivor.bot.agent(survivor)).asks()
    await survivor.card_of(asked)
    waiting = asyncio.create_task(asked.see(wait=50))
    await survivor.until_parked()

    code = await survivor.bot.stop()

    assert code == 0
    assert (await waiting)["status"] == "open"
    await survivor.bot.start()
    assert (await asked.see())["status"] == "open"


@pytest.mark.parametrize("way", ["socket"], indirect=True)
@pytest.mark.parametrize("at", ["sent", "answered"])
async def test_the_wire_breaks_and_the_process_dies(survivor: Survivor, at: str) -> None:
    """Slack never heard of the click's fate, and the bot is killed: one decision all the same."""
    asked = await (await survivor.bot.agent(survivor)).asks()
    card = await survivor.card_of(asked)
    await survivor.control("socket/cut", at=at)
    first = await card.click("Approve", by="alice")

    await survivor.dies_and_returns()
    second = await card.click("Approve", by="bob", stale=True)

    assert first["error"] == "connection_failed"
    assert second["status"] == 200
    decision = await asked.answer()
    assert len(decision["votes"]) == 1
    if at == "answered":
        assert decision["decided_by"]["display_name"] == "Alice"
    await card.until(lambda c: not c.buttons)


@pytest.mark.parametrize(("database_url", "way"), [("sqlite", "http")], indirect=True)
async def test_variables_of_slacks_library_change_nothing(
    database_url: str, way: Way, tmp_path: Path
) -> None:
    """SLACK_CLIENT_ID and its like are set: no OAuth, no files, and the bot keeps its token."""
    home = tmp_path / "home"
    home.mkdir()
    made = Survivor(database_url, tmp_path, way=way)
    made.extra = {
        "HOME": str(home),
        "SLACK_CLIENT_ID": "111.222",
        "SLACK_CLIENT_SECRET": "a client secret",
        "SLACK_SCOPES": "chat:write",
        "SLACK_REDIRECT_URI": "https://example.com/back",
        "SLACK_VERIFICATION_TOKEN": "a token of old",
    }
    await made.open()
    try:
        asked = await (await made.bot.agent(made)).asks()
        card = await made.card_of(asked)
        await card.click("Modify…", by="bob")
        await card.click("Approve", by="alice")

        assert (await asked.answer())["decided_by"]["display_name"] == "Alice"
        assert (await made.modal_of("bob"))["callback_id"] == "modify_form"
        assert list(home.iterdir()) == []
    finally:
        await made.close()
