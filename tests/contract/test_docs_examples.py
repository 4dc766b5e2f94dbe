"""What the pages tell people to type works: every block is run, loaded or checked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.intake import parse, request_from
from bot.policy.load import load
from bot.policy.plan import plan
from docs.pages import PAGES, ROOT, blocks, prose, text_of
from tests.world import PEOPLE, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_URL, _KEY = "http://127.0.0.1:8080", "pc_…"
_LANGUAGES = {"bash", "console", "json", "python", "text", "yaml"}


def pages_with(*languages: str) -> list[Path]:
    return [page for page in PAGES if blocks(page, *languages)]


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[World]:
    """A bot with the policy that comes with it, and two people who approve whatever comes."""
    world = World(
        f"sqlite:///{tmp_path}/pullcord.db", tmp_path, policy=(ROOT / "policy.yml").read_text()
    )
    await world.open()
    people = asyncio.create_task(_approve_everything(world))
    try:
        yield world
    finally:
        people.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await people
        await world.close()


async def _approve_everything(world: World) -> None:
    heard = world.slack.changes.listen()
    while True:
        for channel in ("#reviews", "#money"):
            for card in world.cards(channel):
                for person in ("alice", "bob"):
                    if "Approve" in card.buttons:
                        await world.control(
                            "click", user=PEOPLE[person], channel=card.channel, ts=card.ts,
                            action_id="approve", confirmed=True,
                        )  # fmt: skip
        await heard.get()


async def run(world: World, code: str, *command: str) -> str:
    """What a program prints that has the bot's address and a key of its own; it must end well."""
    agent = await world.agent("my-agent")
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=world.folder,
        env={"PATH": os.environ["PATH"]},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    ready = code.replace(_URL, world.url).replace(_KEY, agent.key)
    async with asyncio.timeout(60):
        out, err = await process.communicate(ready.encode())
    assert process.returncode == 0, f"{out.decode()}\n{err.decode()}"
    assert err == b"", err.decode()
    return out.decode()


@pytest.mark.parametrize("page", pages_with("bash"), ids=str)
async def test_what_stands_in_bash_runs(office: World, page: Path) -> None:
    """All blocks of a page, one after the other in one shell, against a real bot; what a page asks
    is approved and carried out.
    """
    commands = "\n".join(blocks(page, "bash"))

    printed = await run(office, commands, "bash", "-eu")

    assert '"code":' not in printed
    if "/v1/escalations" not in commands:
        assert '"items":' in printed
        return
    assert '"effective":{"tool":"issue_refund"' in printed
    assert '"outcome":{"status":"succeeded"' in printed
    (card,) = office.cards("#reviews")
    await card.until(lambda c: "succeeded" in c.text)


@pytest.mark.parametrize("page", pages_with("python"), ids=str)
async def test_what_stands_in_python_runs(office: World, page: Path) -> None:
    """All blocks of a page are one program; one that asks gets its approval and reports back."""
    program = "\n".join(blocks(page, "python"))

    await run(office, program, sys.executable, "-W", "error", "-")

    cards = office.cards("#reviews")
    assert len(cards) == (_URL in program)
    for card in cards:
        await card.until(lambda c: "succeeded" in c.text)


@pytest.mark.parametrize("page", pages_with("yaml"), ids=str)
def test_what_stands_in_yaml_is_a_policy(page: Path) -> None:
    """Each block loads as it stands."""
    for block in blocks(page, "yaml"):
        assert load(block, str(page)).routes


@pytest.mark.parametrize("page", pages_with("json"), ids=str)
def test_what_stands_in_json_is_json(page: Path) -> None:
    """Each block parses, and those with an action or a kind are questions that are taken."""
    for block in blocks(page, "json"):
        if {"action", "kind"} & json.loads(block).keys():
            request_from(parse(block.encode()))


def test_a_question_of_the_policy_page_is_answered_as_it_says() -> None:
    """`policy try` on the page shows what the policy of the project really does."""
    page = Path("docs/howto/policy.md")
    (question,) = blocks(page, "json")
    book = load((ROOT / "policy.yml").read_bytes(), "policy.yml")

    planned = plan(book, request_from(parse(question.encode())), "refund-bot")

    shown = (
        f'{planned.then} rule="{planned.rule}" route={planned.need.route} '
        f"approvals={planned.need.approvals} urgency={planned.urgency} digest=\n"
        + "\n".join(planned.reasons)
    )
    assert shown in text_of(page)
    checked = f"policy.yml: {len(book.routes)} routes, {len(book.rules)} rules, nothing wrong."
    assert checked in text_of(page)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_block_says_what_it_is(page: Path) -> None:
    """A block without a known language would be run by nobody and checked by nobody."""
    assert set(re.findall(r"^ *```(\w+)$", text_of(page), re.MULTILINE)) <= _LANGUAGES
    assert "```" not in prose(text_of(page))
