"""What a verdict is worth, and whether a fix helped: second looks, known errors, and new tries."""

from __future__ import annotations

import asyncio
import itertools
import json
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.learning.coin import toss
from bot.start import key_peppers
from bot.store import looks
from bot.usecases.erase import erase
from bot.usecases.export_reviews import evals_since, reviews_since
from bot.usecases.look_again import look_twice, show_known_errors
from bot.usecases.retention import remove_what_is_old
from bot.usecases.review_case import end_overdue_reviews
from bot.usecases.review_sessions import make_due_sessions
from examples import eval_loop
from examples.faq_agent import answer
from tests.scenarios.test_audit import mentions
from tests.scenarios.test_breaker import writes
from tests.scenarios.test_outputs import item, reports
from tests.scenarios.test_review_findings import presses
from tests.world import POLICY, World, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from tests.world import Agent, Shown

LOOKING = POLICY.replace(
    "rules:\n",
    """\
admins: [seconds]
categories:
  faq: {sample: 1, review: {reviewers: [reviewers, seconds], second_look: true}}
  desk: {sample: 1, review: {digest: noon, second_look: true}}
digests:
  noon: {cron: "0 12 * * *", channel: C01REV}
rules:
""",
)
WATER = "Is water damage covered?"
NO = "No. Water damage is not covered."
WRONG = {"error_type": "accuracy", "severity": "major", "cause": "training_data"}


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """All of what an agent says is reviewed, by Alice, Bob and Carol; Bob and Carol are admins."""
    made = World(database_url, tmp_path, policy=LOOKING)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def new_card(world: World, does: Callable[[], Any]) -> Shown:
    """The card that comes of it."""
    before = len(world.cards())
    await does()
    await world.until(lambda: len(world.cards()) > before)
    return world.cards()[-1]


async def says(world: World, agent: Agent, id_: str, question: str = WATER) -> Shown:
    said = item(id_, input=question, output=answer(question), agent_version="v1")
    return await new_card(world, lambda: reports(agent, said))


async def object_to(card: Shown, by: str, **over: Any) -> None:
    await card.click("Incorrect…", by=by)
    await card.world.submit(by, **(WRONG | {"correction": NO} | over))
    await card.until(lambda seen: "❌ Incorrect" in seen.text)


async def days_go_by(world: World, **length: float) -> None:
    world.clock.forward(**length)
    await world.house._census.take()


def shape(card: Shown) -> str:
    """All that Slack was sent, without what differs from card to card."""
    blocks = json.loads(json.dumps(card.message.blocks))
    for block in blocks:
        block.pop("block_id", None)
        for element in block.get("elements", ()):
            element.pop("value", None)
            if "date^" in str(element.get("text")):
                element["text"] = ""
    return json.dumps(blocks)


async def test_an_error_is_confirmed_shown_again_and_tried_again(
    office: World, tmp_path: Path
) -> None:
    """A second person says the same of an error; later it is shown to one who knows nothing, and
    the agent's next version answers it anew.
    """
    since = office.clock.now - timedelta(days=1)
    agent = await office.agent("faq-bot")
    first = await says(office, agent, "q-1")
    ordinary = shape(first)
    second = await new_card(office, lambda: object_to(first, "alice"))
    assert shape(second) == ordinary
    await second.click("Correct", by="alice")
    assert "You have answered for this case before" in (await office.whispered("alice"))[-1]
    await object_to(second, "bob", error_type="tone")
    right = await says(office, agent, "q-2", "How long does a refund take?")
    await right.click("Correct", by="bob")
    listed = await writes(office, "carol", "findings")
    assert listed.startswith("*1 finding*")
    finding = next(word.strip("`") for word in listed.split() if word.startswith("`fin_"))
    assert "Confirmed by Bob" in await writes(office, "carol", f"findings {finding}")

    assert await show_known_errors(office.desk) == 0
    await days_go_by(office, days=7, hours=-1)
    third = await says(office, agent, "q-3", "Do you deliver to islands?")
    await third.click("Correct", by="bob")
    await days_go_by(office, hours=2)
    seeded = await new_card(office, lambda: show_known_errors(office.desk))
    assert await show_known_errors(office.desk) == 0
    assert shape(seeded) == ordinary
    await seeded.click("Correct", by="bob")
    assert "You have answered for this case before" in (await office.whispered("bob"))[-1]
    await seeded.click("Correct", by="carol")
    await seeded.until(lambda seen: "✅ Correct, says Carol" in seen.text)
    assert "1 error," in await writes(office, "carol", "findings")
    told = await writes(office, "carol", "stats")
    assert "faq: found 0 of 1 known error" in told
    assert "Carol: 1 review; approved 1 of 1 known-bad case" in told
    assert "known" not in await writes(office, "alice", "stats")

    lines = [json.dumps(one) async for one in evals_since(office.desk.ledger, since)]
    exported = [one async for one in reviews_since(office.desk.ledger, since)]
    evals = tmp_path / "evals.jsonl"
    evals.write_text("\n".join(lines))
    assert sorted(json.loads(one)["verdict"] for one in lines) == ["correct", "incorrect"]
    wrong = json.loads(lines[0])
    assert (wrong["id"], wrong["verdict"]) == ("q-1", "incorrect")
    assert (wrong["input"], wrong["expected"], wrong["actual"]) == (WATER, NO, answer(WATER))
    assert (wrong["agent_version"], wrong["error_type"], wrong["category"]) == (
        "v1", "accuracy", "faq",
    )  # fmt: skip
    assert [(one["purpose"], one["case"], one["pi"]) for one in exported] == [
        ("sample", "q-1", 1.0), ("second", "q-1", None), ("sample", "q-2", 1.0),
        ("sample", "q-3", 1.0), ("seeded", "q-1", None),
    ]  # fmt: skip
    assert (exported[0]["confirmed"], exported[0]["finding"]) == (True, finding)

    given = [str(evals), "--url", office.url, "--key", agent.key]
    again = await new_card(office, lambda: asyncio.to_thread(eval_loop.main, given))
    assert NO in again.text
    await again.click("Correct", by="alice")
    await again.until(lambda seen: "✅ Correct, says Alice" in seen.text)
    assert "Re-evaluated 1 of 1: 1 right now" in await writes(office, "bob", f"findings {finding}")
    await days_go_by(office, days=8)
    assert await show_known_errors(office.desk) == 0
    pepper = key_peppers(office.settings)[0]
    await erase(office.desk.ledger, pepper, "U02BOB", with_comments=True)
    assert await mentions(office, "U02BOB") == []
    await days_go_by(office, days=60)
    await end_overdue_reviews(office.desk)
    await remove_what_is_old(office.desk, timedelta(days=30))
    assert "1 error," in await writes(office, "carol", f"findings {finding}")
    assert [one async for one in evals_since(office.desk.ledger, since)] == []


async def test_a_fix_is_judged_by_what_the_coin_chose(office: World) -> None:
    """Whoever is asked whether it is mended reads the rate before and since, with its interval."""
    agent = await office.agent("faq-bot")
    for at in range(16):
        card = await says(office, agent, f"q-{at}")
        if at < 8:
            await new_card(office, partial(object_to, card, "alice"))
        else:
            await card.click("Correct", by="alice")
    await days_go_by(office, days=1)
    await writes(office, "bob", "findings")
    await presses(office, "bob", "Fixed…")
    await office.submit("bob", note="It has learned the terms.")
    await days_go_by(office, days=1)
    await says(office, agent, "r-0")
    none = await writes(office, "bob", "findings faq")
    finding = next(word.strip("`") for word in none.split() if word.startswith("`fin_"))
    lacking = await writes(office, "bob", f"findings {finding}")
    for at in range(1, 17):
        card = await says(office, agent, f"r-{at}")
        await card.click("Correct", by="alice")
    await writes(office, "bob", f"findings {finding}")
    await presses(office, "bob", "Verify…")

    assert "16 of the four weeks before the fix are reviewed, and none since" in lacking
    said = "".join(words_in(await office.modal_of("bob")))
    assert "Such errors were 50.0 % [" in said
    assert "the rate fell by 50.0 points [" in said


async def test_some_approvals_are_looked_at_twice(office: World) -> None:
    """Chosen by a coin, half a day later, for somebody else; only admins read what came of it."""
    agent = await office.agent("faq-bot")
    card = await says(office, agent, "q-1", "How long does a refund take?")
    shown = card.message.blocks
    await card.click("Correct", by="alice")
    await card.until(lambda seen: "✅ Correct" in seen.text)
    (review,) = [one["value"] for block in shown for one in block.get("elements", ())
                 if one.get("action_id") == "review_right"]  # fmt: skip
    secrets = (str(at).encode() for at in itertools.count())
    office.desk.coin_secret = next(one for one in secrets if not toss(one, review, 0.05, "double"))
    await days_go_by(office, hours=13)
    assert await look_twice(office.desk) == 0
    office.desk.coin_secret = next(one for one in secrets if toss(one, review, 0.05, "double"))
    double = await new_card(office, lambda: look_twice(office.desk))
    assert await look_twice(office.desk) == 0
    await object_to(double, "bob")
    told = await writes(office, "carol", "stats faq")
    assert "of 1 approval that a second person looked at, they objected to 1" in told
    assert "1 error," in await writes(office, "carol", "findings")


async def test_in_a_session_nobody_is_asked_twice(office: World) -> None:
    """A second look comes with the next slot, and is left out for whoever answered before."""
    agent = await office.agent("faq-bot")
    await reports(agent, item("s-1", category="desk", input=WATER, output="Yes."))

    async def session() -> Shown:
        async def slot_comes() -> None:
            await days_go_by(office, days=1)
            await make_due_sessions(office.desk)

        return await new_card(office, slot_comes)

    first = await session()
    await first.click("Start", by="alice")
    review = (await office.modal_of("alice"))["private_metadata"].split("|")[1]
    given = {"verdict": "wrong", "error_type": "accuracy", "severity": "major"}
    await office.submit("alice", **{f"{name}|{review}": value for name, value in given.items()})
    second = await session()
    await second.click("Start", by="alice")
    await second.click("Start", by="bob")

    alices, bobs = [str(words_in(await office.modal_of(who))) for who in ("alice", "bob")]
    assert WATER in bobs
    assert WATER not in alices
    assert "accuracy" not in bobs.replace("Accuracy: it is not true", "")


async def test_nobody_is_asked_where_nobody_else_is_left(office: World) -> None:
    """A group of one: an objection and an approval stay as they are, and no card waits for ever."""
    await office.stop_bot()
    office.policy = LOOKING.replace("users: [U01ALICE, U02BOB]", "users: [U01ALICE]").replace(
        "reviewers: [reviewers, seconds]", "reviewers: [reviewers]"
    )
    await office.start_bot()
    agent = await office.agent("faq-bot")
    await object_to(await says(office, agent, "q-1"), "alice")
    card = await says(office, agent, "q-2")
    await card.click("Correct", by="alice")
    await writes(office, "bob", "findings")
    await presses(office, "bob", "Fixed…")
    await office.submit("bob", note="It has learned the terms.")
    await days_go_by(office, hours=13)
    found = await office.desk.ledger.read(looks.approved_once, *_around(office))
    secrets = (str(at).encode() for at in itertools.count())
    office.desk.coin_secret = next(s for s in secrets if toss(s, found[0], 0.05, "double"))

    assert await look_twice(office.desk) == 0
    await days_go_by(office, days=8)
    card = await says(office, agent, "q-3")
    await card.click("Correct", by="alice")
    await card.until(lambda seen: "✅ Correct" in seen.text)
    assert await show_known_errors(office.desk) == 0
    assert len(office.cards()) == 3


def _around(world: World) -> tuple[datetime, datetime]:
    return world.clock.now - timedelta(days=2), world.clock.now
