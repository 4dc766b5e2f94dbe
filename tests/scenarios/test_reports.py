"""The report of a week: once at its time, with its pictures, whatever breaks in between."""

from __future__ import annotations

import asyncio
import base64
import sys
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.domain.drawn import DrawingFailedError, Picture
from bot.domain.people import Clicker
from bot.senders.files import FileSender
from bot.store import messages
from bot.store import reports as reports_store
from bot.usecases.erase import erase
from bot.usecases.make_report import make_due_report, report_directly, report_of
from bot.usecases.retention import remove_what_is_old
from bot.usecases.share_pictures import share_pictures
from bot.workers.drawing import Drawing
from sandbox.clocks import Stamps
from tests.rooms.test_sandbox_files import png
from tests.scenarios.test_breaker import answered, writes
from tests.scenarios.test_outputs import item, reports
from tests.scenarios.test_review_findings import WRONG
from tests.world import POLICY, REFUND, Shown, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.domain.report import Report
    from bot.store.tx import Tx
    from tests.world import Way

REPORTS = POLICY.replace(
    "rules:\n",
    """\
report: {cron: "0 9 * * 1", timezone: Etc/UTC, channel: C01REV}
categories:
  refund: {target_escalation_rate: 0.3}
  faq: {sample: 1, review: {reviewers: [reviewers]}}
rules:
""",
)
#: Draws two grey points, much faster than the real one.
_DOT = base64.b64encode(png(1, 1)).decode()
QUICKLY = [sys.executable, "-c", f'print(\'["{_DOT}", "{_DOT}"]\')']
SIX = timedelta(days=6)
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
    made.house.pictures.draw = Drawing(program=QUICKLY)
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


async def reviewed(world: World, count: int, *, name: str = "", wrong: bool = True) -> None:
    """So many outputs of an agent are looked at; the last of them is wrong."""
    outputs = (item(f"{name}{at}") for at in range(count))
    await reports(await world.agent(f"faq-bot{name}"), *outputs)
    await world.until(lambda: len(asked_in(world)) == count)
    cards = asked_in(world)
    for card in cards[:-1] if wrong else cards:
        await card.click("Correct", by="alice")
    if wrong:
        await cards[-1].click("Incorrect…", by="bob")
        await world.submit("bob", **WRONG)
    await world.until(lambda: not asked_in(world))


def asked_in(world: World) -> list[Shown]:
    return [one for one in world.cards() if "Incorrect…" in one.buttons]


async def until_monday(world: World, hour: int = 9) -> None:
    """Two replicas tick at nine, and each of them again a little later."""
    world.clock.now = world.clock.now.replace(hour=hour, minute=0) + timedelta(days=1)
    await asyncio.gather(make_due_report(world.desk), make_due_report(world.desk))
    world.clock.forward(seconds=30)
    await asyncio.gather(make_due_report(world.desk), make_due_report(world.desk))


async def asks_for_one(world: World, category: str | None) -> None:
    """Alice does; the bot has asked Slack again who is who, as it does every ten minutes."""
    await world.house._census.take()
    clicker = Clicker(id="U01ALICE", team_id="T01SANDBOX", name="Alice")
    await report_directly(world.desk, clicker, category)


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


def images(report: Shown) -> list[dict[str, str]]:
    return [block for block in report.message.blocks if block["type"] == "image"]


async def test_a_week_is_told_once_with_its_pictures(world: World) -> None:
    """At nine on Monday, by whichever replica; the numbers stand in words, too."""
    await a_week(world)
    await reviewed(world, 15)
    world.house.pictures.draw = Drawing()

    await until_monday(world)
    report = await report_in(world)
    await looked(world, lambda: len(images(report)) == 4)

    assert "Reviewed 15 of 15 outputs. Error rate 6.7 % [" in report.text
    assert "too few were reviewed in the four weeks before to compare." in report.text
    assert "Accuracy: 1 found, 6.7 % [" in report.text
    assert "refund: 2 cases, people saw too many: 100 %, target 10–30 %" in report.text
    assert "This week 2 answers: half within 0 s, nine of ten within 12 min" in report.text
    assert "open: Accuracy · faq · the prompt · 1 error · nobody owns it" in report.text
    shown = pictures_below(world, report)
    names = ["errors.png", "types.png", "seen.png", "answers.png"]
    assert [file["name"] for file in shown] == names
    assert [image["alt_text"] for image in images(report)] == [file["alt_txt"] for file in shown]
    assert "refund: too many: 100 %, target 10–30 %" in shown[2]["alt_txt"]
    assert "half within 0 s, nine of ten within 12 min" in shown[-1]["alt_txt"]
    assert len(reports_in(world, "C01REV")) == 1
    assert "as well" in report.text
    parsed = [report.message.text, *markup_in(report.message.blocks)]
    assert not any("<!channel>" in one for one in parsed)
    await report.click("Own…", by="alice")
    assert (await world.modal_of("alice"))["title"]["text"] == "Who mends it"


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
    await looked(world, lambda: len(images(report)) == 2)

    assert len(pictures_below(world, report)) == 2
    assert len(reports_in(world, "C01REV")) == 1


async def test_sharing_goes_on_until_slack_takes_it(world: World) -> None:
    """Slack stumbles at each step, some of it more than once; the pictures come, and once."""
    world.keep_pace()
    agent = await world.agent()
    asked = await agent.asks(category="refund")
    await (await world.card_of(asked)).click("Approve", by="alice")
    await asked.answer()

    await until_monday(world)
    report = await report_in(world)
    await world.until_true(lambda: world.desk.ledger.read(reports_store.owing))
    sender = FileSender(world.house.sender._client)
    late = await share_pictures(
        world.desk, sender, Drawing(program=QUICKLY), "bot_late", begins_within=0
    )
    await world.control("faults", method="files.getUploadURLExternal", status=503)
    await world.control("faults", method="files.getUploadURLExternal", status=429, retry_after=2)
    await world.control("faults", method="upload", status=500)
    share = {"method": "files.completeUploadExternal"}
    await world.control("faults", **share, status=429, retry_after=3)
    await world.control("faults", **share, error="file_not_found")
    await world.control("faults", **share, status=503)
    await world.control("faults", **share, drop=True)
    await world.control("faults", method="conversations.replies", status=503)
    await world.control("faults", method="conversations.replies", status=429, retry_after=2)
    await world.control("faults", method="conversations.replies", drop=True)
    await looked(world, lambda: len(images(report)) == 2)

    assert late == 0
    assert len(pictures_below(world, report)) == 2
    assert await report_of(world.desk.ledger, world.desk.book, None, None) == (
        await report_of(world.desk.ledger, world.desk.book, world.clock.now.date() - SIX, None)
    )


async def test_a_slack_without_files_gets_words(world: World) -> None:
    """The report says that its pictures are missing, and the operators hear why; whatever goes on
    for a day is left.
    """
    await a_week(world)
    await world.control(
        "faults", method="files.getUploadURLExternal", error="file_uploads_disabled"
    )
    await until_monday(world)
    first = await report_in(world)
    await looked(world, lambda: "could not be made this time" in first.text)
    await world.until(lambda: "(file_uploads_disabled)" in str(words_in_admin(world)))

    await world.control("faults", method="files.getUploadURLExternal", status=503, times=9)
    await asks_for_one(world, None)
    second = await report_in(world, "D01ALICE")
    await world.house.pictures.look()
    world.clock.forward(days=1, minutes=1)
    await looked(world, lambda: "could not be made this time" in second.text)
    await asks_for_one(world, "nothing of it")
    await world.until(lambda: len(reports_in(world, "D01ALICE")) == 2)
    await world.until_true(lambda: world.desk.ledger.read(reports_store.owing))
    await world.house.pictures.look()

    assert "(HTTP 503" in str(words_in_admin(world)) or "(503)" in str(words_in_admin(world))
    assert "charts" not in reports_in(world, "D01ALICE")[1].text


async def test_without_a_channel_the_operators_hear_of_it(world: World) -> None:
    """Once; it is tried for a day, and then left."""
    world.policy = REPORTS.replace("channel: C01REV}\ncategories", "channel: C99NONE}\ncategories")
    await world.stop_bot()
    await world.start_bot()

    await until_monday(world)
    await world.until(lambda: "cannot be posted in C99NONE" in str(words_in_admin(world)))
    world.clock.forward(minutes=6)
    world.waker.committed({"messages": None})
    world.clock.forward(days=1)

    async def left() -> bool:
        world.waker.committed({"messages": None})
        return await world.desk.ledger.read(messages.behind) == 0

    await world.until_true(left)
    assert await world.desk.ledger.read(reports_store.owing) == []
    assert str(words_in_admin(world)).count("cannot be posted") == 1


async def test_a_finding_goes_from_one_report_to_the_next(world: World) -> None:
    """Mended under the first, it waits to be verified in the second; who is erased is in neither,
    and after their time there are no reports.
    """
    await reviewed(world, 15)
    await until_monday(world)
    first = await report_in(world)
    await first.click("Own…", by="alice")
    await world.submit("alice", owner="U02BOB")
    await first.click("Fixed…", by="bob")
    await world.submit("bob", note="The prompt says so now.")

    world.clock.forward(days=1)
    await world.house._census.take()
    await reviewed(world, 15, name="again", wrong=False)
    world.clock.forward(days=6)
    await make_due_report(world.desk)
    await world.until(lambda: len(reports_in(world, "C01REV")) == 2)
    second = reports_in(world, "C01REV")[1]
    assert "fixed: Accuracy · faq · the prompt · 1 error · Bob" in second.text
    assert "Error rate 0 % [0–" in second.text
    assert "no evidence yet that it is another than the 6.7 %" in second.text
    assert " → 0 % [0–" in second.text
    assert ", no evidence yet" in second.text
    assert "Verify…" in second.buttons
    assert "It comes late" not in second.text

    def facts(tx: Tx) -> list[str]:
        return list(tx.execute(text("SELECT facts FROM report ORDER BY id")).scalars())

    assert "U02BOB" in (await world.desk.ledger.read(facts))[1]
    await erase(world.desk.ledger, b"pepper", "U02BOB", with_comments=False)
    assert "U02BOB" not in str(await world.desk.ledger.read(facts))
    world.clock.forward(days=60)
    await remove_what_is_old(world.desk, timedelta(days=30))
    assert await world.desk.ledger.read(facts) == []


async def test_without_pictures_the_words_go_out(world: World) -> None:
    """Drawing hangs and is killed: the report, late as it is, says so; the operators hear why."""
    await a_week(world)
    hang = [sys.executable, "-c", "import time; time.sleep(600)"]
    world.house.pictures.draw = Drawing(seconds=0.2, program=hang)

    await until_monday(world, hour=11)
    report = await report_in(world)
    assert "The charts follow." in report.text
    assert "It comes late: the bot was not running when it was due." in report.text
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
    await world.until_true(lambda: world.desk.ledger.read(reports_store.owing))

    async def oversleeps(_: Report) -> tuple[Picture, ...]:
        """Meanwhile another replica takes over."""
        world.clock.forward(minutes=4)
        await world.house.pictures.look()
        raise DrawingFailedError("too late")

    sender = FileSender(world.house.sender._client)
    await share_pictures(world.desk, sender, oversleeps, "bot_slow")
    await looked(world, lambda: len(images(report)) == 2)
    assert words_in_admin(world) == []

    assert "Only of category refund" in report.text
    assert len(reports_in(world, "D01ALICE")) == 1
    assert reports_in(world, "C01REV") == []
    names = ["seen.png", "answers.png"]
    assert [file["name"] for file in pictures_below(world, report)] == names


@pytest.mark.parametrize("refusal", ["invalid_blocks", "message_not_found"])
async def test_what_slack_does_not_show_stands_in_the_thread(world: World, refusal: str) -> None:
    """Pictures that it does not know yet are left out of the message; where somebody has deleted
    that, nothing more is tried.
    """
    await a_week(world)
    await until_monday(world)
    report = await report_in(world)
    await world.control("faults", method="chat.update", error=refusal, match="slack_file")

    async def settled() -> bool:
        await world.house.pictures.look()
        world.clock.forward(seconds=30)
        world.waker.committed({"messages": None})
        return await world.desk.ledger.read(messages.behind) == 0 and bool(
            pictures_below(world, report)
        )

    await world.until_true(settled)
    assert images(report) == []
    assert ("as well" in report.text) == (refusal == "invalid_blocks")
    assert words_in_admin(world) == []


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
