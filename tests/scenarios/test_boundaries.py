"""What looks like a case that people overrode goes to a person, with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.boundary import Judged
from bot.domain.people import Clicker
from bot.domain.request import Request
from bot.domain.scored_case import ScoredCase
from bot.learning.coin import toss
from bot.policy.plan import plan
from bot.store import boundaries, escalations, learning, scored_cases
from bot.usecases.authority import SlackVoter
from bot.usecases.boundary_memory import BoundaryMemory
from bot.usecases.judge_case import judge_case
from bot.usecases.not_similar import not_similar
from tests.rules.learning import Played
from tests.rules.making import make_escalation
from tests.scenarios.test_breaker import writes
from tests.world import POLICY, REFUND, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.store.tx import Tx

LEARNING = POLICY.replace(
    "rules:\n",
    """\
categories:
  refund: {learn: true, risk: low}
  payout: {learn: true, risk: low}
rules:
  - {name: trust by score, when: 'tool.name == "issue_refund"', then: by_confidence}
""",
)
ARGUMENTS: dict[str, Any] = {"express": True, "lines": [1], "to": "shop 7"}
#: Small ones in dollars are right, large ones in euros are not; the agent is as sure of both.
GOOD = ARGUMENTS | {"amount": 40, "currency": "USD"}
BAD = ARGUMENTS | {"amount": 640, "currency": "EUR"}


@pytest.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    made = World(database_url, tmp_path, policy=LEARNING)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


_orders = count(1)


def refund(arguments: dict[str, Any], category: str) -> dict[str, Any]:
    """Of another order each time: what was refused is asked for a day anyway."""
    arguments = arguments | {"order": f"no{next(_orders)}"}
    tool = REFUND["tool"] | {"arguments": arguments, "sensitive": ["/order"]}
    return REFUND | {"tool": tool, "category": category, "confidence": 0.95}


@dataclass
class Taught:
    """What the boundary of a category has learned before the story begins."""

    world: World
    category: str
    #: How likely an override of the bad and of the good ones was thought to be.
    thought: tuple[float, float] = (0.3, 0.05)

    async def opens(self) -> None:
        """Its evidence has opened it: through the ledger, since it takes some 150 cases."""
        played = Played("low")
        played.opens()
        until = self.world.clock.now + timedelta(days=80)
        standing = replace(played.standing, certificate_ends=until)

        def open_it(tx: Tx) -> None:
            learning.append(tx, learning.find(tx, self.category), played.events[-1], standing)
            learning.is_new(tx, self.category, "refund-bot", "v1")

        await self.world.desk.ledger.run(open_it)

    async def learns(self, approved: int, overridden: int) -> None:
        """What people said of so many cases; through the ledger too."""
        features = [await self._features(arguments) for arguments in (BAD, GOOD)]
        said = [True] * overridden + [False] * approved

        def teach(tx: Tx) -> None:
            for at, bad in enumerate(said):
                case = f"esc_{self.category}{at}"
                request = Request.model_validate(refund(BAD if bad else GOOD, self.category))
                escalations.insert(
                    tx, make_escalation(request, id=case, status="cancelled", settled_at=tx.now(),
                                        action_digest=case),
                )  # fmt: skip
                judged = Judged(
                    features=features[0 if bad else 1],
                    p=self.thought[0 if bad else 1],
                    by_score=0.1,
                    held=None,
                )
                scored_cases.record(
                    tx, case,
                    ScoredCase(category=self.category, score=0.9, scorer="v1", threshold=None,
                               held=None, judged=judged),
                )  # fmt: skip
                boundaries.append(tx, self.category, case, "overridden" if bad else "approved")
            # Of an older release, or of a case that is not kept any more.
            boundaries.append(tx, self.category, "esc_gone", "overridden")

        await self.world.desk.ledger.run(teach)
        # As a process that starts only now.
        self.world.desk.boundaries = BoundaryMemory()

    async def names(self) -> set[str]:
        """The overrides that a bad case is like."""
        desk = self.world.desk
        features = await self._features(BAD)
        boundary, now = await desk.boundaries.of(desk.ledger, self.category)
        found = boundary.judge(self.category, features, now)
        return {one.case for one in found.similar}

    async def _features(self, arguments: dict[str, Any]) -> dict[str, float]:
        # A number that is no amount of anything teaches nothing.
        request = Request.model_validate(refund(arguments | {"huge": 10**16}, self.category))
        planned = plan(self.world.desk.book, request, "refund-bot")
        judged = await judge_case(self.world.desk, "refund-bot", request, planned)
        assert judged is not None
        return dict(judged.features)


class CoinsIds:
    """Ids like any others, of which the coin says what the story needs."""

    def __init__(self, world: World, *, control: bool = False) -> None:
        self.secret, self.ids, self.control = world.desk.coin_secret, world.desk.ledger.ids, control

    def new(self, prefix: str) -> str:
        while True:
            found = self.ids.new(prefix)
            if prefix != "esc" or toss(self.secret, found, 0.1, "control") == self.control:
                return found


async def test_a_case_like_those_that_people_overrode_is_held(world: World) -> None:
    """By one override while little is known, then by all that was learned; and people can say
    that it is not like them.
    """
    world.desk.ledger.ids = CoinsIds(world)
    agent, taught = await world.agent(), Taught(world, "refund")
    await taught.learns(39, 10)
    await taught.opens()
    early = await writes(world, "alice", "stats refund")

    first = await agent.wants(refund(BAD, "refund"))
    card = await world.card_of(first)
    by_rule = card.text
    await card.click("Reject…", by="bob")
    await world.submit("bob", reason="VAT missing")
    await first.answer()
    second = await agent.wants(refund(BAD, "refund"))
    card = await world.card_of(second)
    by_model = card.text
    good = await agent.posts(**refund(GOOD, "refund"))

    assert "too little is known" in early
    assert "people overrode a case like it not long ago" in by_rule
    assert "the same tool with the same kind of arguments" in by_rule
    assert "Held by learned boundary: an estimated" in by_model
    assert "Because: " in by_model
    assert re.search(r"override \(Bob, \d+ \w+: “VAT missing”\) \n and \nanother one", by_model)
    assert good.json["status"] == "decided"

    await card.click("Not similar", by="bob")
    await world.until(lambda: "no reason any more" in card.text)
    assert "Not similar" not in card.buttons
    assert (await second.see())["status"] == "open"
    await card.click("Not similar", by="bob", stale=True)
    await second.do("cancel")
    # Its agent took it back: nobody has said anything of it.
    stats = await writes(world, "alice", "stats refund")
    assert "Of 1 that it held and people answered, they overrode 1." in stats
    learned_at_once = await taught.names()
    world.clock.forward(days=1)
    assert first.id not in learned_at_once
    # Learned anew since then.
    assert await taught.names() == learned_at_once


async def test_a_boundary_only_adds_and_is_measured(world: World) -> None:
    """Where it is no better than the score it is silent; its controls are not told of it."""
    world.desk.ledger.ids = CoinsIds(world, control=True)
    agent = await world.agent()
    off, on = Taught(world, "payout", thought=(0.05, 0.3)), Taught(world, "refund")
    for one in (off, on):
        await one.learns(50, 20)
        await one.opens()

    delivered = await agent.posts(**refund(BAD, "payout"))
    stats = await writes(world, "alice", "stats payout")
    control = await agent.wants(refund(BAD, "refund"))
    card = await world.card_of(control)

    alice = SlackVoter(Clicker(id="U01ALICE", name="alice", team_id=None), "button")
    nothing_to_say = await not_similar(world.desk, control.id, alice)

    assert delivered.json["status"] == "decided"
    assert "switched off" in stats
    assert nothing_to_say.status == "open"
    assert "Held by learned boundary" not in card.text
    assert "asked to check what was learned of category refund" in card.text.casefold()
    assert "Not similar" not in card.buttons
