"""A day in the life of a desk: its policy, its two agents, and how the hours go by."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from bot.store.tables import message, message_item
from bot.usecases.advance import advance_what_is_due
from bot.usecases.audit_house import audit_house
from bot.usecases.make_digest import make_due_digests
from bot.usecases.seal import seal_what_is_new, verify
from tests.world import REFUND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx
    from tests.world import Agent, Asked, Shown, Way

DAY = """\
version: 1
timezone: Europe/London
groups:
  desk: {users: [U01ALICE, U02BOB]}
  leads: {users: [U02BOB, U03CAROL]}
admins: [leads]
routes:
  default:
    channel: C01REV
    reviewers: [desk]
    grace: 1m
    remind_after: [30m]
    tiers: [{after: 1h, channel: C03MONEY, reviewers: [leads], urgency: high}]
  money: {channel: C03MONEY, reviewers: [leads], approvals: 2, deadline: 8h}
  accounts: {channel: C01REV, reviewers: [desk], deadline: 2h, on_timeout: reject}
digests:
  desk: {cron: "0 9,15 * * *", timezone: Etc/UTC, channel: C01REV}
rules:
  - {name: can wait, when: 'urgency == "low"', then: batch, digest: desk}
  - {name: payouts, when: 'category == "payout"', then: escalate, route: money, urgency: high}
  - {name: accounts, when: 'category == "account"', then: escalate, route: accounts}
  - {name: the rest, when: 'true', then: escalate}
"""
LOW: dict[str, Any] = {"urgency": "low", "risk": {"level": "low", "reversibility": "reversible"}}


@dataclass
class Day:
    """What was asked, and how the hours go by."""

    world: World
    refunds: Agent
    mails: Agent
    all: list[Asked] = field(default_factory=list)
    #: What nobody has answered when nine comes.
    left: tuple[Asked, ...] = ()

    async def goes_to(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """The bot asks Slack who is who, as every ten minutes, and does what is due."""
        at = self.world.clock.now.replace(hour=hour, minute=minute, second=second)
        self.world.clock.now = at
        await self.world.house._census.take()
        await advance_what_is_due(self.world.desk)
        await make_due_digests(self.world.desk)

    async def refund(self, amount: float, **over: Any) -> Asked:
        action = f"Send refund of ${amount:.2f} to customer{len(self.all)}@email.com"
        return self._kept(await self.refunds.asks_refund(amount, **({"action": action} | over)))

    async def mail(self, action: str, category: str = "mail", **over: Any) -> Asked:
        bare = {key: value for key, value in REFUND.items() if key != "tool"}
        return self._kept(
            await self.mails.wants(bare | {"action": action, "category": category} | over)
        )

    def _kept(self, asked: Asked) -> Asked:
        self.all.append(asked)
        return asked

    async def verdict(self) -> list[str]:
        """What `audit verify` and the auditor find."""
        await seal_what_is_new(self.world.desk, all_of_them=True)
        now = self.world.clock
        house = await audit_house(self.world.desk, "bot", lambda: now.now, deaf=False, tables=True)
        return [*(await verify(self.world.desk.ledger)).breaks, *house.found]

    async def together(self, card: Shown) -> None:
        """Alice approves the ten identical ones in the channel, which count in a minute."""
        pressed = {"user": "U01ALICE", "channel": card.channel, "ts": card.ts}
        await self.world.control("click", action_id="together", **pressed)
        assert (await self.world.modal_of("alice"))["submit"]["text"] == "Approve 10"
        await self.world.submit("alice")

    async def digests(self) -> Counter[str]:
        """In how many digests each question stood."""
        return await self.world.desk.ledger.read(_digests)


def _digests(tx: Tx) -> Counter[str]:
    shown = select(message_item.c.escalation_id).join(message)
    return Counter(tx.execute(shown.where(message.c.kind == "digest")).scalars())


@asynccontextmanager
async def a_day(database_url: str, way: Way, folder: Path) -> AsyncIterator[Day]:
    """It is eight in the morning."""
    world = World(database_url, folder, policy=DAY, way=way)
    world.clock.now = world.clock.now.replace(hour=8, minute=0, second=0, microsecond=0)
    world.clock.forward(days=1)
    await world.open()
    try:
        refunds = await world.agent(callback_secret=True)
        made = Day(world, refunds, await world.agent("mail-bot"))
        await make_due_digests(world.desk)
        yield made
    finally:
        await world.close()
