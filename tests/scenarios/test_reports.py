"""The report of a week: once at its time, with its pictures, whatever breaks in between."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.usecases.make_report import make_due_report
from bot.workers.drawing import Drawing
from sandbox.clocks import Stamps
from tests.scenarios.test_breaker import answered, writes
from tests.world import POLICY, REFUND, Shown, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.world import Way

REPORTS = POLICY.replace(
    "rules:\n",
    """\
report: {cron: "0 9 * * 1", timezone: Etc/UTC, channel: C01REV}
categories:
  refund: {target_escalation_rate: 0.3}
rules:
""",
)
HOSTILE = "<!channel> $\\alpha$ *x*\u202e" + "w" * 30


@pytest.fixture
async def world(database_url: str, way: Way, tmp_path: Path) -> AsyncIterator[World]:
    """The report comes on Mondays at nine; it is Sunday at noon."""
    made = World(database_url, tmp_path, policy=REPORTS, way=way)
    # When Slack says that a message was posted must fit when the bot looks for it.
    made.slack.stamps = Stamps(lambda: made.clock.now.timestamp())
    noon = made.clock.now.replace(hour=12, minute=0, second=0, microsecond=0)
    made.clock.now = noon + timedelta(days=6 - noon.weekday())
    await made.open()
    await make_due_report(made.desk)
    try:
        yield made
    finally:
        await made.close()


async def a_week(world: World) -> None:
    """Three questions, one of a category with a name that wants to be markup; two are answered."""
    agent = await world.agent()
    first = await agent.asks(category="refund")
    await (await world.card_of(first)).click("Approve", by="alice")
    await first.answer()
    odd = await agent.asks(category=HOSTILE)
    world.clock.forward(minutes=12)
    await (await world.card_of(odd)).click("Approve", by="bob")
    await odd.answer()
    await agent.wants(REFUND | {"category": "refund"})


async def until_monday(world: World) -> None:
    """Two replicas tick at nine, and each of them again a little later."""
    world.clock.now = world.clock.now.replace(hour=9, minute=0) + timedelta(days=1)
    await asyncio.gather(make_due_report(world.desk), make_due_report(world.desk))
    world.clock.forward(seconds=30)
    await asyncio.gather(make_due_report(world.desk), make_due_report(world.desk))


def reports_in(world: World, channel: str) -> list[Shown]:
    if channel not in world.slack.channels:
        return []
    return [one for one in world.cards(channel) if "Weekly report" in one.message.text]


async def report_in(world: World, channel: str = "C01REV") -> Shown:
    await world.until(lambda: len(reports_in(world, channel)) == 1)
    (report,) = reports_in(world, channel)
    return report


def pictures_below(world: World, report: Shown) -> list[dict[str, str]]:
    """Of all messages in its thread."""
    messages = world.slack.channels[report.channel].messages.values()
    return [file for one in messages if one.thread_ts == report.ts for file in one.files]


async def looked(world: World, condition: Callable[[], bool]) -> None:
    """Two processes look again and again for pictures that are owed, until Slack's side is so."""
    async with asyncio.timeout(40):  # drawing takes its time on a busy machine
        while not condition():
            await asyncio.gather(world.house.pictures.look(), world.house.pictures.look())
            world.clock.forward(seconds=5)
            world.waker.committed({"messages": None})
            with suppress(TimeoutError):
                await world.until(condition, patience=0.1)


async def illustrated(world: World, report: Shown) -> None:
    """Its two pictures stand in its thread, and then within it."""
    await looked(world, lambda: len(images(report)) == 2)


def images(report: Shown) -> list[dict[str, str]]:
    return [block for block in report.message.blocks if block["type"] == "image"]


async def test_a_week_is_told_once_with_its_pictures(world: World) -> None:
    """At nine on Monday, by whichever replica; the numbers stand in words, too."""
    await a_week(world)

    await until_monday(world)
    report = await report_in(world)
    await illustrated(world, report)

    shown = pictures_below(world, report)
    assert [file["name"] for file in shown] == ["categories.png", "answers.png"]
    assert [image["alt_text"] for image in images(report)] == [file["alt_txt"] for file in shown]
    assert "refund: too many: 100 %, target 10–30 %" in shown[0]["alt_txt"]
    assert "half within 0 s, nine of ten within 12 min" in shown[1]["alt_txt"]
    assert "refund: 2 cases, people saw too many: 100 %, target 10–30 %" in report.text
    assert "This week 2 answers: half within 0 s, nine of ten within 12 min" in report.text
    assert len(reports_in(world, "C01REV")) == 1
    parsed = [report.message.text, *markup_in(report.message.blocks)]
    assert not any("<!channel>" in one for one in parsed)
    assert "as well" in report.text


async def test_what_slack_swallows_is_not_said_twice(world: World) -> None:
    """The answers to the post and to the sharing are lost; both had arrived."""
    await a_week(world)
    world.clock.now = world.clock.now.replace(hour=9, minute=0) + timedelta(days=1)
    lost = {"after": True, "drop": True}
    await world.control("faults", method="chat.postMessage", match="Weekly report", **lost)
    await world.control("faults", method="files.completeUploadExternal", **lost)

    await make_due_report(world.desk)
    await world.let_time_run(lambda: len(reports_in(world, "C01REV")) == 1, step=5)
    report = await report_in(world)
    await illustrated(world, report)

    assert len(pictures_below(world, report)) == 2
    assert len(reports_in(world, "C01REV")) == 1


async def test_without_pictures_the_words_go_out(world: World) -> None:
    """Drawing hangs and is killed; the report says so, and the operators hear of it."""
    await a_week(world)
    hang = [sys.executable, "-c", "import time; time.sleep(600)"]
    world.house.pictures.draw = Drawing(seconds=0.2, program=hang)

    await until_monday(world)
    report = await report_in(world)
    assert "The charts follow." in report.text
    await looked(world, lambda: "could not be made this time" in report.text)

    assert pictures_below(world, report) == []
    assert images(report) == []
    await world.until(lambda: "took too long" in str(words_in_admin(world)))


async def test_whoever_asks_gets_one_for_themselves(world: World) -> None:
    """The button under `stats` sends it directly, once for an impatient person."""
    await a_week(world)

    await writes(world, "alice", "stats refund")
    shown = Shown(world, "C01REV", answered(world, "alice")[0])
    for _ in range(2):
        await shown.click("Report…", by="alice")
    report = await report_in(world, "D01ALICE")
    await illustrated(world, report)

    assert "Only of category refund" in report.text
    assert len(reports_in(world, "D01ALICE")) == 1
    assert reports_in(world, "C01REV") == []
    assert [file["name"] for file in pictures_below(world, report)] == [
        "categories.png",
        "answers.png",
    ]


def markup_in(value: Any) -> list[str]:
    """All that Slack parses."""
    if isinstance(value, list):
        return [one for item in value for one in markup_in(item)]
    if isinstance(value, dict):
        own = [value["text"]] if value.get("type") == "mrkdwn" else []
        return own + [one for item in value.values() for one in markup_in(item)]
    return []


def words_in_admin(world: World) -> list[str]:
    return [one.text for one in world.slack.channels["C09ADMIN"].messages.values()]
