"""Agents tell what they did without asking, and people look at some of it afterwards."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from bot.usecases.estimates import read_estimates
from bot.usecases.review_sessions import make_due_sessions
from tests.world import POLICY, Agent, Answer, World, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.world import Shown

SAMPLING = POLICY.replace(
    "rules:\n",
    """\
categories:
  faq: {sample: 1}
  quiet: {sample: 0}
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
