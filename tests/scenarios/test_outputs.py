"""Agents tell what they did without asking, and people look at some of it afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.world import POLICY, Agent, Answer, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

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
