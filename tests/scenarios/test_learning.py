"""A category earns what it may deliver by itself, and loses it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.learning.epochs import fold
from bot.store import learning
from tests.rules.making import QUESTION
from tests.world import POLICY, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx
    from tests.world import Agent

LEARNING = POLICY.replace("reviewers: [reviewers],", "reviewers: [reviewers], keys: [watchdog],")
LEARNING = LEARNING.replace(
    "rules:\n",
    """\
categories:
  faq: {learn: true, risk: low}
rules:
  - {name: trust by score, when: 'kind == "answer"', then: by_confidence}
""",
)


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=LEARNING)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


class Desk:
    """People who answer what they are asked, by what is true of it."""

    def __init__(self, agent: Agent, judge: Agent) -> None:
        self.agent, self.judge = agent, judge
        self.asked = 0

    async def case(self, number: int, score: float, *, right: bool = True, **over: Any) -> str:
        """What became of it: `rule`, or `person` after somebody has answered."""
        body = QUESTION | {"question": f"Question {number}?", "confidence": score, "signals": [],
                           "category": "faq"}  # fmt: skip
        posted = await self.agent.posts(**(body | over))
        assert posted.status == 201, posted.json
        if posted.json["decision"] is not None:
            return "rule"
        self.asked += 1
        verdict = {"type": "approve"} if right else {"type": "reject", "comment": "Wrong."}
        path = f"/v1/escalations/{posted.json['id']}/decision"
        answer = await self.judge.call("POST", path, verdict)
        assert answer.status == 200, answer.json
        return "person"


def alerts(world: World) -> list[str]:
    return [m.text for m in world.slack.channels["C09ADMIN"].messages.values()]


async def test_evidence_opens_a_category_and_replay_agrees(world: World) -> None:
    """A hundred cases draw the rungs, and 41 right ones in the first of them open it."""
    desk = Desk(
        await world.agent("faq-bot"), await world.agent(name="watchdog", scopes=("decide",))
    )
    for number in range(100):
        assert await desk.case(number, 0.5 + number / 250) == "person"
    for number in range(100, 140):
        assert await desk.case(number, 0.95) == "person"
    assert alerts(world) == []

    assert await desk.case(140, 0.95) == "person"
    await world.until(lambda: bool(alerts(world)))
    became = [await desk.case(number, 0.95) for number in range(141, 160)]

    assert "Category faq now delivers" in alerts(world)[0]
    assert set(became) == {"rule"}
    assert await desk.case(160, 0.3) == "person"

    def replayed(tx: Tx) -> bool:
        return fold(learning.events(tx, "faq")) == learning.find(tx, "faq").standing

    assert await world.desk.ledger.read(replayed)
