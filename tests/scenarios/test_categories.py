"""How each category fares: what agents and programs read, and what operators are told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from tests.rules.making import QUESTION
from tests.world import POLICY, Agent, Asked, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.world import Shown

WITH_CATEGORIES = POLICY.replace(
    "rules:\n",
    """\
admins: [reviewers]
categories:
  faq: {threshold: 0.9, target_escalation_rate: 0.3}
  "credit notes": {threshold: 0.9, learn: true}
  payouts: {threshold: 0.9, risk: high}
  other: {}
rules:
  - {name: trust by score, when: 'kind == "answer"', then: by_confidence}
""",
)
READER = ("escalate:create", "escalate:read", "decide")


@pytest.fixture
async def office(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=WITH_CATEGORIES)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


async def answers(agent: Agent, confidence: float, category: str = "faq") -> Asked:
    draft = f"Draft {next(agent.world.counter)}."
    return await agent.wants(
        QUESTION | {"category": category, "confidence": confidence, "answer": draft, "signals": []}
    )


async def category(agent: Agent, name: str) -> Any:
    found = await agent.call("GET", f"/v1/categories/{name}")
    assert found.status == 200, found.json
    return found.json


async def test_a_category_counts_what_people_saw_and_said(office: World) -> None:
    """Four cases, three of them asked about: one sent, one edited, one rejected by a person."""
    agent = await office.agent("faq-bot")
    await answers(agent, 0.95)
    sent, edited, refused = [await answers(agent, 0.5) for _ in range(3)]
    await (await office.card_of(sent)).click("Approve", by="alice")
    await (await office.card_of(edited)).click("Modify…", by="alice")
    await office.submit("alice", draft="No, it does not.")
    await (await office.card_of(refused)).click("Reject…", by="alice")
    await office.submit("alice", reason="Wrong.")
    for one in (sent, edited, refused):
        await one.answer()

    found = await category(agent, "faq")

    assert found == {
        "name": "faq",
        "state": "fixed",
        "volume": 4,
        "escalation_rate": 0.75,
        "target_escalation_rate": 0.3,
        "threshold": 0.9,
        "evidence": None,
        "error": {"rate": 0.5, "low": 0.1253, "high": 0.8747, "reviewed": 3},
        "expires_at": None,
        "audit_rate": 0.15,
    }
    office.clock.forward(days=28, seconds=1)
    empty = await category(agent, "faq")
    assert (empty["volume"], empty["escalation_rate"]) == (0, None)
    assert empty["error"] == {"rate": None, "low": None, "high": None, "reviewed": 0}


async def test_what_went_out_counts_by_its_chance_to_be_reviewed(office: World) -> None:
    """One in seven of what goes out is looked at: a right one stands for nearly seven of them. At a
    high risk a score lets something out only where a rule says so.
    """
    agent = await office.agent("faq-bot")
    refused = await answers(agent, 0.5)
    await (await office.card_of(refused)).click("Reject…", by="alice")
    await office.submit("alice", reason="Wrong.")
    await refused.answer()
    only_asked = await category(agent, "faq")
    reviewed: list[Shown] = []
    while not reviewed:
        await answers(agent, 0.95)
        await office.until_all_is_shown()
        reviewed = [one for one in office.cards() if "Correct" in one.buttons]
    await reviewed[0].click("Correct", by="alice")
    await reviewed[0].until(lambda card: not card.buttons)

    weighed = await category(agent, "faq")
    others = await (await office.agent("other-bot")).call("GET", "/v1/categories/faq")
    office.policy = WITH_CATEGORIES.replace("then: by_c", "even_high_risk: true, then: by_c")
    await office.stop_bot()
    await office.start_bot()
    payouts = await category(agent, "payouts")

    assert only_asked["error"]["rate"] == 1
    # Of 1 + 1/0.15 cases one was wrong.
    assert (weighed["error"]["rate"], weighed["error"]["reviewed"]) == (0.1304, 2)
    assert others.json["error"]["reviewed"] == 0
    assert (payouts["state"], payouts["audit_rate"]) == ("fixed", 0.25)


async def test_the_list_has_what_is_listed_and_what_was_seen(office: World) -> None:
    """Agents see their own cases, whoever decides sees all; a strange name is not found."""
    mine, other = await office.agent("faq-bot"), await office.agent("other-bot")
    overseer = await office.agent("watchdog", scopes=READER)
    await answers(mine, 0.5, "a/b ü")
    await answers(other, 0.5)
    await answers(other, 0.5, "seen once")
    voted = await overseer.call(
        "POST", f"/v1/escalations/{(await mine.asks_refund(2000)).id}/decision", {"type": "approve"}
    )
    assert voted.status == 200

    own, all_of_them = [await one.call("GET", "/v1/categories") for one in (mine, overseer)]

    assert [(one["name"], one["state"], one["volume"]) for one in own.json["items"]] == [
        ("faq", "fixed", 0),
        ("credit notes", "warming", 0),
        ("payouts", "person", 0),
        ("other", "person", 0),
        ("a/b ü", "unlisted", 1),
        ("refund", "unlisted", 1),
    ]
    assert [(one["name"], one["volume"]) for one in all_of_them.json["items"]][4:] == [
        ("a/b ü", 1), ("refund", 1), ("seen once", 1),
    ]  # fmt: skip
    assert (await category(mine, "a%2Fb%20%C3%BC"))["name"] == "a/b ü"
    assert (await category(mine, "credit%20notes"))["volume"] == 0
    for name in ("seen%20once", "x" * 65, "%00", "nothing"):
        missing = await mine.call("GET", f"/v1/categories/{name}")
        assert (missing.status, missing.json["code"]) == (404, "not_found"), name
    assert (await mine.call("GET", "/v1/categories?x=1")).status == 422


async def test_a_rate_outside_of_its_band_is_told_once_a_day(office: World) -> None:
    """From fifty cases on, for categories of the policy; metrics and `stats` have it as well."""
    agent = await office.agent("faq-bot")
    await asyncio.gather(*(answers(agent, 0.5 if at < 40 else 0.95) for at in range(49)))
    await office.house.measure_rates()
    assert alerts(office) == []

    await answers(agent, 0.5)
    for _ in range(2):
        await office.house.measure_rates()
    await office.until(lambda: len(alerts(office)) == 1)
    metrics = await (await office.http.get(office.url + "/metrics")).text()
    stats = await writes(office, "stats faq")
    office.clock.forward(days=1)
    await office.house.measure_rates()
    await office.until(lambda: len(alerts(office)) == 2)

    assert alerts(office)[0].startswith(
        "In the category faq people were asked about 82 % of the 50 cases of the last seven days; "
        "its target is 10 to 30 %. That is more than people should need to see."
    )
    for line in ("cases", "50.0"), ("escalation_rate", "0.82"), ("target_rate", "0.3"):
        assert f'pullcord_category_{line[0]}{{category="faq"}} {line[1]}' in metrics
    assert 'escalation_rate{category="other"}' not in metrics
    assert "people were asked about 82 % (target 10 to 30 %)" in stats


def alerts(world: World) -> list[str]:
    return [
        message.text
        for message in world.slack.channels["C09ADMIN"].messages.values()
        if "target is" in message.text
    ]


async def writes(world: World, text: str) -> str:
    """What alice is answered to a command."""
    where = {"user": "U01ALICE", "channel": "C01REV", "command": "/pullcord"}
    await world.control("command", **where, text=text)
    return world.whispers_to("alice")[-1]
