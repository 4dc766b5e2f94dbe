"""Answers that are sure enough go out by themselves; all others are put to a person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from bot.usecases.retention import remove_what_is_old
from bot.usecases.review_case import end_overdue_reviews
from bot.usecases.seal import seal_what_is_new
from tests.rules.making import QUESTION
from tests.world import POLICY, Agent, Asked, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx

# One that does not change the score.
SIGNALS = [{"name": "sources", "value": 3, "explanation": "2 of 5 claims have no source"}]
TRUSTING = POLICY.replace(
    "rules:\n",
    """\
categories:
  faq: {threshold: 0.9}
  billing: {threshold: 0.5, risk: high}
  new: {threshold: 0.9, learn: true}
  payouts: {threshold: 0.95, risk: high}
agents:
  crm-bot: {systems: [crm]}
rules:
  - {name: small credits, when: 'tool.name == "credit"', then: by_confidence, limit: 2/1d}
  - {name: tags, when: 'tool.name == "tag"', then: approve}
  - {name: payouts, when: 'category == "payouts"', then: by_confidence, even_high_risk: true}
  - {name: trust by score, when: 'kind == "answer"', then: by_confidence}
""",
)


@pytest.fixture
async def trusting(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=TRUSTING)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def answers(agent: Agent, confidence: float, **over: Any) -> Any:
    """What the POST of a draft came back with."""
    body = QUESTION | {"category": "faq", "confidence": confidence, "signals": SIGNALS} | over
    posted = await agent.posts(**body)
    assert posted.status == 201, posted.json
    return posted.json


async def why(world: World, agent: Agent, seen: Any) -> str:
    """What the card says beside the confidence."""
    assert (seen["status"], seen["decision"]) == ("open", None)
    return (await world.card_of(Asked(agent, seen["id"]))).text


def _cases(tx: Tx) -> list[tuple[Any, ...]]:
    rows = tx.execute(
        text("SELECT category, score, scorer, way, threshold, held FROM scored_case ORDER BY at, "
             "escalation_id")
    )  # fmt: skip
    # Whether the coin wants one looked at afterwards is chance.
    return [tuple("rule" if one == "audit" else one for one in row) for row in rows]


async def test_a_sure_answer_goes_out_at_once(trusting: World) -> None:
    """At the threshold the POST brings the decision; a hair below a person gets everything."""
    agent = await trusting.agent("faq-bot")

    sure = await answers(agent, 0.9)
    unsure = await answers(agent, 0.8999)

    decision = sure["decision"]
    assert (sure["status"], decision["type"], decision["provenance"]) == (
        "decided", "approve", "rule",
    )  # fmt: skip
    assert (decision["rule"], decision["effective"]) == (
        "trust by score",
        {"answer": QUESTION["answer"]},
    )
    assert decision["effective_digest"] == sure["action_digest"]
    assert (await Asked(agent, sure["id"]).do("redeem", redeem_id="r1")).status == 200
    said = await why(trusting, agent, unsure)
    assert said.count("onfidence") == 1
    assert "Confidence 0.8999 is below 0.9000 of category faq" in said
    assert "2 of 5 claims have no source" in said
    assert "Warranty terms" in said
    assert await trusting.desk.ledger.read(_cases) == [
        ("faq", "0.9", "v1", "rule", "0.9", None),
        ("faq", "0.8999", "v1", "person", "0.9", "below"),
    ]


async def test_what_no_score_gets_past(trusting: World) -> None:
    """A strange question, a risky category, an unknown one, and one that is still learned."""
    agent = await trusting.agent("faq-bot")
    strange = {"signals": [{"name": "in_domain", "value": False}]}

    asked = {
        "utside of its domain, says its signal in_domain": await answers(agent, 1, **strange),
        "at risk high no confidence": await answers(agent, 1, risk={"level": "high"}),
        # A lower risk than the category's is not believed.
        "at risk high": await answers(agent, 1, category="billing", risk={"level": "low"}),
        "faq2 is not listed": await answers(agent, 1, category="faq2"),
        "it has no category": await answers(agent, 1, category=None),
        "new is still learning": await answers(agent, 1, category="new"),
        "accepts no approval": await answers(agent, 1, allowed_decisions=["modify", "reject"]),
    }

    # A rule and a category that both speak for a high risk; for more nobody does.
    asked["at risk critical no"] = await answers(
        agent, 1, category="payouts", risk={"level": "critical"}
    )
    bold = await answers(agent, 1, category="payouts", risk={"level": "low"})

    for words, seen in asked.items():
        assert words in await why(trusting, agent, seen)
    assert (bold["status"], bold["decision"]["rule"]) == ("decided", "payouts")
    held = [row[-1] for row in await trusting.desk.ledger.read(_cases) if row[-1]]
    assert sorted(held) == sorted(
        ["outside_domain", "risk", "risk", "risk", "unlisted", "unlisted", "learning", "not_wanted"]
    )


@pytest.mark.parametrize("how", ["cancelled", "rejected"])
async def test_what_was_refused_is_not_delivered_with_a_better_score(
    trusting: World, how: str
) -> None:
    """Cancelled and posted again, or rejected and posted again, surer than before: a person."""
    agent = await trusting.agent("faq-bot")
    first = Asked(agent, (await answers(agent, 0.5))["id"])
    if how == "cancelled":
        await first.do("cancel")
    else:
        card = await trusting.card_of(first)
        await card.click("Reject…", by="alice")
        await trusting.submit("alice", reason="It is not covered.")
        await first.answer()

    again = await answers(agent, 0.99)

    assert "not approved in the last 24 h" in await why(trusting, agent, again)
    trusting.clock.forward(hours=24, seconds=1)
    assert (await answers(agent, 0.99))["status"] == "decided"


async def test_a_sum_in_pieces_ends_at_the_rules_limit(trusting: World) -> None:
    """Three credits of 40 in place of one of 120: the third one is put to a person."""
    agent = await trusting.agent("credit-bot")

    seen = [
        await agent.asks(
            tool={"name": "credit", "arguments": {"amount": 40, "part": part}},
            category="faq",
            confidence=0.95,
        )
        for part in range(3)
    ]

    statuses = [(await one.see())["status"] for one in seen]
    assert statuses == ["decided", "decided", "open"]
    assert "has approved 2 in 24 h" in (await trusting.card_of(seen[2])).text


async def test_no_rule_approves_on_a_system_that_is_not_listed(trusting: World) -> None:
    """On its own system the rule approves; elsewhere, or on strange ground, a person is asked."""
    agent = await trusting.agent("crm-bot")
    strange = [{"name": "in_domain", "value": False}]

    own, other, unclear = [
        await agent.asks(tool={"name": "tag", "server": server}, signals=signals)
        for server, signals in (("crm", []), ("ledger", []), ("crm", strange))
    ]
    by_score = await agent.asks(
        tool={"name": "credit", "server": "ledger"}, category="faq", confidence=1
    )

    assert (await own.see())["decision"]["rule"] == "tags"
    words = "system ledger is not one that crm-bot may touch without a person"
    assert words in (await trusting.card_of(other)).text
    assert words in (await trusting.card_of(by_score)).text
    assert (
        "utside of its domain, says its signal in_domain" in (await trusting.card_of(unclear)).text
    )


async def test_a_case_is_forgotten_with_its_escalation(trusting: World) -> None:
    """It names nobody, so that an erasure leaves it; the retention takes it."""
    agent = await trusting.agent("faq-bot")
    await answers(agent, 0.95)
    trusting.clock.forward(days=60)
    # The coin may have asked people to look at it, and nobody did.
    await end_overdue_reviews(trusting.desk)
    await trusting.until_all_is_shown()
    await seal_what_is_new(trusting.desk)

    removed = await remove_what_is_old(trusting.desk, timedelta(days=30))

    assert removed == 1
    assert await trusting.desk.ledger.read(_cases) == []
