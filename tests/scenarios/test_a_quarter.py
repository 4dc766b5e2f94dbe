"""A quarter on a still clock: six categories, three thousand cases, and a version that goes bad."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from bot.learning.epochs import fold
from bot.store import learning
from bot.usecases.quarterly_review import review_quarter
from tests.world import CHANNELS, POLICY, World, words_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx
    from tests.world import Agent

#: What share of each would be overridden: five that are good enough sooner or later, and one
#: that never is.
WRONG = {"faq": 0.0, "hours": 0.0, "returns": 0.01, "warranty": 0.02, "prices": 0.01, "legal": 0.3}
QUARTERLY = POLICY.replace("reviewers: [reviewers],", "reviewers: [reviewers], keys: [watchdog],")
QUARTERLY = QUARTERLY.replace(
    "rules:\n",
    "admins: [reviewers]\ncategories:\n"
    + "".join(f"  {name}: {{learn: true, risk: low}}\n" for name in WRONG)
    + "rules:\n  - {name: trust by score, when: 'kind == \"answer\"', then: by_confidence}\n",
)
_AT_ONCE = 60


def chance(number: int, of: str) -> float:
    """The same in every run."""
    return int(hashlib.sha256(f"{of}{number}".encode()).hexdigest()[:8], 16) / 2**32


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=QUARTERLY)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@dataclass
class Quarter:
    """One agent, people who know what is true, and everything that became of its cases."""

    world: World
    agent: Agent
    judge: Agent
    wrong: set[int] = field(default_factory=set)
    delivered: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in WRONG})
    asked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(WRONG, 0))
    reviewed: int = 0
    _looked_at: int = 0

    async def cases(self, numbers: range, *, version: str, worse: str | None = None) -> None:
        """Each of the six in turn; `worse` gives wrong answers and is as sure as before."""
        for at in range(numbers.start, numbers.stop, _AT_ONCE):
            some = range(at, min(at + _AT_ONCE, numbers.stop))
            await asyncio.gather(*(self._case(one, version, worse) for one in some))
            await self.world.until_all_is_shown()
            # Whom Slack has not confirmed for an hour may answer nothing.
            await self.world.house._census.take()
            await self._review()
            self.world.clock.forward(hours=90 * 24 * len(some) / 3000)

    async def _case(self, number: int, version: str, worse: str | None) -> None:
        name = list(WRONG)[number % len(WRONG)]
        share = 0.6 if name == worse else WRONG[name]
        if chance(number, "wrong") < share:
            self.wrong.add(number)
        posted = await self.agent.posts(
            kind="answer",
            question=f"Question {number}?",
            answer=f"Answer {number}.",
            category=name,
            confidence=round(0.5 + chance(number, "score") / 2, 4),
            source={"agent_version": version},
        )
        assert posted.status == 201, posted.json
        if posted.json["decision"] is not None:
            self.delivered[name].append(number)
            return
        self.asked[name] += 1
        verdict: dict[str, Any] = {"type": "approve"}
        if number in self.wrong:
            verdict = {"type": "reject", "comment": "That is not so."}
        path = f"/v1/escalations/{posted.json['id']}/decision"
        assert (await self.judge.call("POST", path, verdict)).status == 200

    async def _review(self) -> None:
        """Alice answers every review card that has come."""
        cards = list(self.world.slack.channels[CHANNELS["#reviews"]].messages.items())
        for ts, message in cards[self._looked_at :]:
            if not any("review_right" in str(block) for block in message.blocks):
                continue
            found = re.search(r"Question (\d+)\?", "".join(words_in(message.blocks)))
            assert found is not None
            right = int(found[1]) not in self.wrong
            self.reviewed += 1
            await self.world.control(
                "click", user="U01ALICE", channel=CHANNELS["#reviews"], ts=ts,
                action_id="review_right" if right else "review_wrong",
            )  # fmt: skip
            if not right:
                await self.world.submit("alice", error_type="accuracy", severity="major")
        self._looked_at = len(cards)

    async def state(self, name: str) -> dict[str, Any]:
        reader = await self.world.agent(name="reader", scopes=("escalate:read", "decide"))
        found: dict[str, Any] = (await reader.call("GET", f"/v1/categories/{name}")).json
        return found


def alerts(world: World) -> list[str]:
    return [m.text for m in world.slack.channels["C09ADMIN"].messages.values()]


@pytest.mark.no_cover
@pytest.mark.timeout(600)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_quarter(world: World) -> None:
    """Thresholds open on evidence; what goes bad closes; what is bad never opened at all."""
    watchdog = await world.agent(name="watchdog", scopes=("decide",))
    quarter = Quarter(world, await world.agent("support-bot"), watchdog)

    await quarter.cases(range(2400), version="1")
    opened = {name: (await quarter.state(name))["state"] for name in WRONG}
    await quarter.cases(range(2400, 3000), version="1", worse="faq")

    assert opened["faq"] == opened["hours"] == "open"
    assert opened["legal"] == "gathering"
    assert quarter.delivered["legal"] == []
    assert any("Category faq delivers nothing by itself any more" in one for one in alerts(world))
    assert (await quarter.state("faq"))["state"] in {"closed", "gathering"}
    assert (await quarter.state("hours"))["state"] == "open"

    def replayed(tx: Tx) -> bool:
        return all(
            fold(learning.events(tx, name)) == standing
            for name, standing in learning.every(tx).items()
        )

    assert await world.desk.ledger.read(replayed)
    await review_quarter(world.desk)
