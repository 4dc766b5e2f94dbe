"""A month of three agents that work by themselves, and of four people who look at some of it."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.usecases.export_reviews import evals_since
from bot.usecases.make_report import make_due_report
from bot.usecases.plan_sampling import plan_the_day
from sandbox.clocks import Stamps
from tests.scenarios.test_reports import images, looked, reports_in
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from tests.world import Agent, Shown, Way

MONTH = """\
version: 1
timezone: Europe/London
groups:
  quality: {users: [U01ALICE, U02BOB, U03CAROL, U04DAVE]}
  leads: {users: [U02BOB]}
admins: [leads]
routes:
  default: {channel: C01REV, reviewers: [quality]}
categories:
  faq: {sample: 0.25, review: {reviewers: [quality]}}
  mail: {sample: 0.3, review: {reviewers: [quality]}}
  orders: {sample: 0.2, review: {reviewers: [quality]}}
report: {cron: "0 9 * * 1", timezone: Etc/UTC, channel: C03MONEY}
"""
REVIEWERS = ("alice", "bob", "carol", "dave")
#: What each reports on a working day.
A_DAY = 11
_DAYS = 5
_RIGHT = {
    "faq": "A refund takes three to five business days after we have booked it.",
    "mail": "Dear {name}, thank you for waiting. Your parcel {n} left our house this morning, and "
    "should be with you by Thursday. If it is not, write to us and we will look for it at once.",
    "orders": "Order {n} now goes to the new address; nothing else of it was changed.",
}
_CURT = (
    "Parcel {n} was sent this morning. It takes until Thursday, as our page says. Read the page "
    "before you write to us the next time, because we have enough to do as it is, {name}."
)
_FALSE = "Refunds are not possible, whatever the reason is and whenever it was bought."


def chance(what: str) -> float:
    """The same in every run."""
    return int(hashlib.sha256(what.encode()).hexdigest()[:8], 16) / 2**32


@dataclass
class Month:
    """What was reported, and what people said of it."""

    world: World
    agents: dict[str, Agent]
    reported: int = 0
    reviewed: int = 0
    mondays: int = 0
    #: What was reported of each day, by the agent's own ids, that is really wrong.
    wrong: set[str] = field(default_factory=set)
    _judged: set[str] = field(default_factory=set)

    async def week(self, number: int, *, curt: float = 0.0) -> Shown:
        """Five days, and the report of the Monday after; `curt`: the share of mails that say the
        right thing in the wrong tone.
        """
        for day in range(_DAYS):
            await plan_the_day(self.world.desk)
            for category, agent in self.agents.items():
                await self._reports(agent, category, f"{number}.{day}", curt)
            await self.review()
            self.world.clock.forward(days=1)
        return await self._monday()

    async def _monday(self) -> Shown:
        """The weekend passes; at nine two replicas look whether a report is due."""
        now = self.world.clock.now
        nine = (now + timedelta(days=7 - now.weekday())).replace(hour=9, minute=0)
        self.world.clock.now = nine
        await self.world.house._census.take()
        await asyncio.gather(make_due_report(self.world.desk), make_due_report(self.world.desk))
        self.mondays += 1
        await self.world.until(lambda: len(reports_in(self.world, "C03MONEY")) == self.mondays)
        report = reports_in(self.world, "C03MONEY")[-1]
        await looked(self.world, lambda: bool(images(report)))
        self.world.clock.now = nine.replace(hour=10)
        await self.world.house._census.take()
        return report

    async def _reports(self, agent: Agent, category: str, day: str, curt: float) -> None:
        items = [self._item(category, f"{category}-{day}-{n}", n, curt) for n in range(A_DAY)]
        answer = await agent.call("POST", "/v1/outputs", {"items": items})
        assert answer.status == 202, answer.json
        self.reported += len(items)

    def _item(self, category: str, item_id: str, n: int, curt: float) -> dict[str, Any]:
        output = _RIGHT[category]
        if category == "mail" and chance(f"curt {item_id}") < curt:
            output = _CURT
        elif category == "faq" and chance(f"false {item_id}") < 0.04:
            output = _FALSE
        if output in {_CURT, _FALSE}:
            self.wrong.add(item_id)
        return {
            "id": item_id,
            "category": category,
            "input": f"Message {n} of {item_id}",
            "output": output.format(n=n, name=f"Ms. {n}"),
            "confidence": round(0.6 + 0.39 * chance(f"sure {item_id}"), 3),
            "agent_version": "v1",
            "tool_calls": [{"name": "look_up"}, {"name": "answer"}],
        }

    async def tries_again(self, since: datetime) -> int:
        """The mail agent does its errors anew, as they stand in the export; how many there were."""
        errors = [
            one
            async for one in evals_since(self.world.desk.ledger, since)
            if one["verdict"] == "incorrect" and one["category"] == "mail"
        ]
        items = [
            self._item("mail", f"{one['id']}@v2", at, 0.0) | {"re_evaluates": one["id"]}
            for at, one in enumerate(errors)
        ]
        answer = await self.agents["mail"].call("POST", "/v1/outputs", {"items": items})
        assert answer.status == 202, answer.json
        await self.review()
        return len(items)

    async def review(self) -> None:
        """Whoever is next takes the oldest card, and sees at once what is wrong with it."""
        # Whom Slack has not confirmed for an hour may answer nothing.
        await self.world.house._census.take()
        await self.world.until_all_is_shown()
        for card in self.open_reviews():
            self._judged.add(card.ts)
            who = REVIEWERS[self.reviewed % len(REVIEWERS)]
            self.world.clock.forward(seconds=20)
            await self._judge(card, who)

    async def _judge(self, card: Shown, who: str) -> None:
        kinds = {"Read the page": "tone", "not possible": "accuracy"}
        found = [kinds[one] for one in kinds if one in card.text]
        if found:
            await card.click("Incorrect…", by=who)
            await self.world.submit(
                who, error_type=found[0], severity="major", cause="prompt",
                correction="The same, in a friendly tone." if found == ["tone"] else "",
            )  # fmt: skip
        else:
            await card.click("Correct", by=who)
        await card.until(lambda shown: "Correct" not in shown.buttons)
        self.reviewed += 1

    def open_reviews(self) -> list[Shown]:
        return [
            one
            for one in self.world.cards()
            if "Correct" in one.buttons and one.ts not in self._judged
        ]


@asynccontextmanager
async def a_month(database_url: str, way: Way, folder: Path) -> AsyncIterator[Month]:
    """It is Monday at ten."""
    world = World(database_url, folder, policy=MONTH, way=way)
    world.slack.stamps = Stamps(lambda: world.clock.now.timestamp())
    ten = world.clock.now.replace(hour=10, minute=0, second=0, microsecond=0)
    world.clock.now = ten + timedelta(days=7 - ten.weekday())
    await world.open()
    try:
        names = {"faq": "faq-bot", "mail": "mail-bot", "orders": "order-bot"}
        made = Month(world, {key: await world.agent(name) for key, name in names.items()})
        await make_due_report(world.desk)
        yield made
    finally:
        await world.close()
