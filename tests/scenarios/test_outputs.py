"""Agents tell what they did without asking, and people look at some of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.start import key_peppers
from bot.usecases.erase import erase, pseudonym
from bot.usecases.estimates import read_estimates
from bot.usecases.plan_sampling import plan_the_day
from bot.usecases.retention import remove_what_is_old
from bot.usecases.review_case import end_overdue_reviews
from bot.usecases.review_sessions import make_due_sessions
from tests.world import POLICY, Agent, Answer, World, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx
    from tests.world import Shown

SAMPLING = POLICY.replace(
    "rules:\n",
    """\
categories:
  faq: {sample: 1}
  quiet: {sample: 0}
  rare: {sample: 0.000000001}
  refund: {sample: 1}
  money: {sample: 1, review: {reviewers: [seconds]}}
  desk: {sample: 1, review: {digest: noon}}
digests:
  noon: {cron: "0 12 * * *", channel: C03MONEY}
rules:
""",
)


@pytest.fixture
async def sampling(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=SAMPLING)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


def item(id_: str, **over: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "category": "faq",
        "input": "How long does a refund take?",
        "output": "Three to five business days after we have booked it.",
        "confidence": 0.94,
    } | over


async def reports(agent: Agent, *items: dict[str, Any]) -> Answer:
    return await agent.call("POST", "/v1/outputs", {"items": list(items)})


async def test_what_the_coin_chose_is_put_to_people(sampling: World) -> None:
    """As a card that says nothing of how sure the agent was; the same report is the same."""
    agent = await sampling.agent("faq-bot")
    told = await reports(
        agent,
        item("a", tool_calls=[{"name": "search", "arguments": {"q": "refund"}, "result": "2"}]),
        item("b", category="quiet"),
    )
    assert told.status == 202, told.json
    assert told.json == {
        "items": [
            {"id": "a", "sampled": True, "why": None},
            {"id": "b", "sampled": False, "why": None},
        ]
    }
    await sampling.until(lambda: bool(sampling.cards()))
    (card,) = sampling.cards()
    assert "How long does a refund take?" in card.text
    assert "Three to five business days" in card.text
    assert "search" in card.text
    assert "0.94" not in card.text

    again = await reports(agent, item("b", category="quiet"), item("c"), item("c"))
    other = await reports(agent, item("d"), item("b", category="quiet", output="Another."))
    await card.click("Correct", by="alice")

    assert [one["sampled"] for one in again.json["items"]] == [False, True, True]
    assert other.status == 422
    assert other.json["errors"] == [
        {
            "pointer": "/items/1/id",
            "message": "was reported before with other content; "
            "a new output needs an id of its own",
        }
    ]
    await card.until(lambda c: "✅ Correct, says Alice" in c.text)
    assert "The agent did it without asking at confidence 0.94." in card.text
    await sampling.until(lambda: len(sampling.cards()) == 2)


async def session_of(world: World, agent: Agent, outputs: int) -> Shown:
    """As many outputs, and the message that asks for them when their slot has come."""
    told = await reports(
        agent,
        *(
            item(f"t{at}", category="desk", input=f"Question {at}?", output=f"Answer {at}.")
            for at in range(outputs)
        ),
    )
    assert all(one["sampled"] for one in told.json["items"]), told.json
    assert await make_due_sessions(world.desk) == 0
    world.clock.forward(days=1)
    await world.house._census.take()
    await make_due_sessions(world.desk)
    await world.until(lambda: bool(world.cards("#money")))
    (card,) = world.cards("#money")
    return card


async def says(world: World, who: str, verdict: str, **more: str) -> str:
    """Answer what stands in the modal; which question that was."""
    view = await world.modal_of(who)
    review = view["private_metadata"].split("|")[1]
    asked = next(text for text in words_in(view["blocks"]) if text.startswith("Question "))
    filled = {f"{name}|{review}": value for name, value in more.items()}
    await world.submit(who, **{f"verdict|{review}": verdict, **filled})
    return asked


async def test_a_session_shows_one_after_the_other(sampling: World) -> None:
    """Outputs of a category come together with their digest; each is answered in one form, and who
    has answered all of them is told so.
    """
    agent = await sampling.agent("faq-bot", owners=("U04DAVE",))
    card = await session_of(sampling, agent, 3)
    assert "Review session · desk · 3 outputs" in card.text
    assert card.buttons == ["Start"]
    assert sampling.cards() == []

    await card.click("Start", by="carol")
    await card.click("Start", by="alice")
    first = await says(sampling, "alice", "right")
    await card.until(lambda c: "1 of 3 looked at · Alice 1" in c.text)
    second = await says(sampling, "alice", "skip")
    await says(sampling, "alice", "wrong")
    refused = await sampling.modal_of("alice")
    third = await says(sampling, "alice", "wrong", error_type="tone", severity="minor")

    assert {first, second, third} == {f"Question {at}?" for at in range(3)}
    assert refused["errors"]
    over = "".join(words_in(await sampling.modal_of("alice")))
    assert "nothing left in this session" in over
    assert "can review this" in (await sampling.whispered("carol"))[0]
    await card.click("Start", by="bob")
    assert await says(sampling, "bob", "right") == second
    await card.until(lambda c: "✅ 2 correct · ❌ 1 incorrect" in c.text)
    assert card.buttons == []


async def test_two_in_one_session_do_not_answer_the_same(sampling: World) -> None:
    """Who is too late with one is told so above the next."""
    card = await session_of(sampling, await sampling.agent("faq-bot"), 1)
    await card.click("Start", by="alice")
    await card.click("Start", by="bob")

    await says(sampling, "alice", "right")
    await says(sampling, "bob", "right")

    told = "".join(words_in(await sampling.modal_of("bob")))
    assert "Alice has reviewed this before you: correct." in told
    assert "nothing left in this session" in told
    (everything, desk) = await read_estimates(
        sampling.desk, sampling.clock.now.date() - timedelta(days=1), sampling.clock.now.date()
    )
    assert (everything.category, desk.category) == (None, "desk")
    assert (desk.volume, desk.sampled, desk.reviewed) == (1, 1, 1)
    assert desk.error is not None
    assert not desk.error.enough
    assert (desk.error.rate, desk.by_type["tone"].rate, desk.seen["tone"]) == (0, 0, 0)


def _left(tx: Tx) -> dict[str, int]:
    """How many rows there are of each table that is about outputs."""
    tables = ("output", "output_content", "output_volume", "sampling_plan", "review",
              "review_session")  # fmt: skip
    return {
        table: tx.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables
    }


def _owners(tx: Tx) -> list[str]:
    return list(tx.execute(text("SELECT owners FROM output_content ORDER BY output_id")).scalars())


async def test_what_is_unusual_is_looked_at_and_never_in_a_rate(sampling: World) -> None:
    """The agent is told why; whatever people find of it, what is known of all stays as it was."""
    agent = await sampling.agent("faq-bot")
    usual = [item(f"u{at}", category="rare", output="x" * (200 + at)) for at in range(40)]
    await reports(agent, *usual)
    today = sampling.clock.now.date()
    before = await read_estimates(sampling.desk, today, today)
    # More releases than are remembered at once.
    releases = (item(f"r{at}", category="rare", agent_version=f"r{at}") for at in range(70))
    await reports(agent, *releases)

    odd = await reports(agent, item("odd", category="rare", output="x" * 9000))
    again = await reports(agent, item("odd", category="rare", output="x" * 9000))
    other = await reports(agent, item("v2", category="rare", output="x" * 9000, agent_version="v2"))
    await reports(agent, *(one | {"category": "quiet", "id": f"q{one['id']}"} for one in usual))
    hushed = await reports(agent, item("hushed", category="quiet", output="x" * 9000))
    await sampling.until(lambda: bool(sampling.cards()))
    (card,) = sampling.cards()
    await card.click("Incorrect…", by="bob")
    await sampling.submit("bob", error_type="accuracy", severity="critical")
    await card.until(lambda c: "❌ Incorrect, says Bob" in c.text)

    (told,) = odd.json["items"]
    assert told["sampled"]
    assert told["why"].endswith("× longer than usual")
    assert again.json == odd.json
    assert not other.json["items"][0]["sampled"]
    assert hushed.json["items"] == [{"id": "hushed", "sampled": False, "why": None}]
    after = await read_estimates(sampling.desk, today, today)
    assert [one.volume for one in after] == [153, 41, 112]
    assert {one.sampled for one in (*before, *after)} == {0}
    assert all(one.error is None and not any(one.seen.values()) for one in (*before, *after))


async def test_another_try_is_always_looked_at_and_counts_for_nothing(sampling: World) -> None:
    """It was chosen by what it answers, so it says nothing of what comes by itself."""
    agent = await sampling.agent("faq-bot")

    told = await reports(agent, item("try-2", category="quiet", re_evaluates="try-1"))

    assert told.json["items"] == [
        {"id": "try-2", "sampled": True, "why": "another try of an output that was wrong"}
    ]
    await sampling.until(lambda: bool(sampling.cards()))
    today = sampling.clock.now.date()
    (everything,) = await read_estimates(sampling.desk, today, today)
    assert (everything.volume, everything.sampled) == (0, 0)


async def test_what_a_rule_approves_is_an_output_too(sampling: World) -> None:
    """People look at it as at any other, by the question that was never asked."""
    agent = await sampling.agent()
    asked = await agent.asks_refund(20)

    await sampling.until(lambda: bool(sampling.cards()))
    (card,) = sampling.cards()
    await card.click("Correct", by="alice")

    assert (await asked.see())["decision"]["provenance"] == "rule"
    await card.until(lambda c: "It went out by rule “tiny refunds”" in c.text)
    today = sampling.clock.now.date()
    (_, refund) = await read_estimates(sampling.desk, today, today)
    assert (refund.category, refund.volume, refund.reviewed) == ("refund", 1, 1)
    # Where nobody is to look nobody is asked, and of what the policy does not list nothing is kept.
    await agent.asks_refund(20, category="quiet")
    await agent.asks_refund(20, category="unheard of")
    names = [one.category for one in await read_estimates(sampling.desk, today, today)]
    assert names == [None, "quiet", "refund"]


async def test_the_day_s_plan_is_made_once(sampling: World) -> None:
    """From what came before; what it says holds until the next day, whoever asks for it."""
    sampling.clock.now = sampling.clock.now.replace(hour=12)
    agent = await sampling.agent("faq-bot")
    await reports(agent, *(item(f"a{at}", confidence=at / 100) for at in range(90)))
    for card in (await _cards(sampling, 90))[:20]:
        await card.click("Correct", by="alice")

    # An hour before it begins.
    sampling.clock.forward(hours=11, minutes=30)
    assert await plan_the_day(sampling.desk) == 1
    assert await plan_the_day(sampling.desk) == 0
    sampling.clock.forward(hours=1)
    await reports(agent, *(item(f"b{at}", confidence=at / 100) for at in range(90)))

    rows = await sampling.desk.ledger.read(
        lambda tx: tx.execute(
            text("SELECT count(*), min(cuts), max(cuts) FROM sampling_plan")
        ).one()
    )
    assert tuple(rows) == (2, "[0.3,0.6]", "[]")
    thirds = await sampling.desk.ledger.read(
        lambda tx: tx.execute(
            text("SELECT third, sum(outputs) FROM output_volume GROUP BY third ORDER BY third")
        ).all()
    )
    assert [(row[0], int(row[1])) for row in thirds] == [(0, 120), (1, 30), (2, 30)]


async def _cards(world: World, many: int) -> list[Shown]:
    await world.until(lambda: len(world.cards()) == many)
    return world.cards()


async def test_outputs_are_forgotten_in_time(sampling: World) -> None:
    """The names in them at once, all of it when its time is over; what is asked stays till then."""
    agent = await sampling.agent("faq-bot", owners=("U01ALICE",))
    card = await session_of(sampling, agent, 2)
    pepper = key_peppers(sampling.settings)[0]
    await card.click("Start", by="bob")
    await says(sampling, "bob", "right")
    await card.until(lambda c: "1 of 2 looked at" in c.text)
    await erase(sampling.desk.ledger, pepper, "U01ALICE", with_comments=False)
    owners = sorted(await sampling.desk.ledger.read(_owners))
    assert owners == sorted([f'["{pseudonym(pepper, "U01ALICE")}"]', '["U01ALICE"]'])
    await remove_what_is_old(sampling.desk, timedelta(days=30))
    assert (await sampling.desk.ledger.read(_left))["output"] == 2

    sampling.clock.forward(days=40)
    assert await end_overdue_reviews(sampling.desk) == 1
    await card.until(lambda c: "⌛ 1 that nobody looked at in time" in c.text)
    await erase(sampling.desk.ledger, pepper, "U01ALICE", with_comments=False)
    assert "U01ALICE" not in "".join(await sampling.desk.ledger.read(_owners))
    await remove_what_is_old(sampling.desk, timedelta(days=30))
    assert await sampling.desk.ledger.read(_left) == {
        "output": 0, "output_content": 0, "output_volume": 0, "sampling_plan": 0, "review": 0,
        "review_session": 0,
    }  # fmt: skip
