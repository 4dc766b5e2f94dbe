"""More than Slack takes: a thousand questions in one channel, and refusals all the way.

Time is scaled: the clock that the bot and the stand-in for Slack share goes forward in steps, as
fast as the machine manages.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.domain.pacing import SLACKS_PACE
from tests.chaos.result import Result
from tests.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from tests.databases import Postgres
    from tests.world import Asked, Shown

_MANY, _URGENT, _AT_ONCE = 1000, 20, 25
_CHANNELS = {"#reviews": "C01REV", "#money": "C03MONEY"}
#: Seconds that go by in a step, and for which the bot is then left to do what is due.
_STEP, _BREATH = 0.5, 0.03
_STEPS = 20_000
#: A refusal is ordered each so many steps, and asks for so many seconds at most.
_EACH, _LONGEST_WISH = 40, 25


async def storm(database: str, server: Postgres, _: int) -> AsyncIterator[Result]:
    """A thousand in one channel share cards; what is urgent and came last stands first, alone."""
    result = Result("1,000 escalations in one channel", database)
    async with _world(database, server) as world:
        world.keep_pace()
        agent = await world.agent()
        await world.card_of(await agent.asks())
        asked = await _ask(agent.asks, _MANY - _URGENT - 1)
        before = len(world.cards())
        urgent = [await agent.asks(urgency="critical") for _ in range(_URGENT)]
        watch = Watch(world)
        await watch.until(lambda: _standing(world) >= _MANY)
        shown = _cards(world)
        _judge(result, shown, [*asked, *urgent])
        _judge_urgent(result, shown["#reviews"], urgent, before)
        result.problems += watch.problems
        for one in random.sample(asked, 30):
            card = await world.card_of(one)
            if card.row(one)[:1] != ["Approve"]:
                result.missed(f"{one.id} cannot be decided where it stands")
                continue
            await card.click("Approve", by="alice", of=one)
            if (await one.see())["status"] != "decided":
                result.missed(f"{one.id} was approved, and is not decided")
        messages = len(shown["#reviews"])
        result.note = f"{messages} messages in {watch.seconds:.0f} s, 30 of their rows decided"
        if messages > _MANY / 10 + _URGENT + 30:
            result.missed("too many messages")
    yield result


async def refusals(database: str, server: Postgres, _: int) -> AsyncIterator[Result]:
    """A thousand single cards in two channels, while Slack refuses again and again."""
    result = Result("429 storm over 1,000 cards", database)
    async with _world(database, server) as world:
        world.keep_pace()
        world.desk.pace = replace(SLACKS_PACE, patience=timedelta(hours=2))
        agent = await world.agent()
        half = (_MANY - 2 * _URGENT) // 2
        asked = await _ask(agent.asks, half)
        asked += await _ask(lambda: agent.asks_refund(2000), half)
        watch = Watch(world, refusing=random.Random(429))
        await watch.until(lambda: _standing(world) >= 50)
        before = {name: len(world.cards(name)) for name in _CHANNELS}
        urgent = {
            "#reviews": [await agent.asks(urgency="critical") for _ in range(_URGENT)],
            "#money": [await agent.asks_refund(2000, urgency="critical") for _ in range(_URGENT)],
        }
        await watch.until(lambda: _standing(world) >= _MANY)
        shown = _cards(world)
        _judge(result, shown, [*asked, *urgent["#reviews"], *urgent["#money"]])
        for name, cards in shown.items():
            _judge_urgent(result, cards, urgent[name], before[name])
        result.problems += watch.problems
        result.note = f"{watch.refused} times refused, all in view after {watch.seconds:.0f} s"
        if watch.refused < 20:
            result.missed(f"Slack refused only {watch.refused} times")
    yield result


@dataclass
class Watch:
    """Lets time go by, and looks at every call: none too fast, none before its Retry-After."""

    world: World
    refusing: random.Random | None = None
    problems: list[str] = field(default_factory=list)
    refused: int = 0
    seconds: float = 0
    _seen: int = 0
    _ordered: tuple[str, int] | None = None
    _held: dict[str, datetime] = field(default_factory=dict)

    async def until(self, condition: Callable[[], bool]) -> None:
        for step in range(_STEPS):
            await asyncio.sleep(_BREATH)
            self._look()
            if condition():
                return
            if self.refusing is not None and step % _EACH == 0 and self._ordered is None:
                await self._order(self.refusing)
            self.world.clock.forward(seconds=_STEP)
            self.seconds += _STEP
            self.world.waker.committed(dict.fromkeys(["messages", "outbox"]))
        self.problems.append("not all was in view in time")

    async def _order(self, chance: random.Random) -> None:
        channel, wish = chance.choice(list(_CHANNELS.values())), chance.randint(2, _LONGEST_WISH)
        self._ordered = (channel, wish)
        await self.world.control(
            "faults", method="chat.postMessage", match=channel, status=429, retry_after=wish
        )

    def _look(self) -> None:
        now = self.world.clock.now
        for call in self.world.slack.log.last(200):
            if call["n"] <= self._seen:
                continue
            self._seen = call["n"]
            if call["what"] != "chat.postMessage":
                continue
            channel = call["summary"].split(" ")[0]
            if call["status"] != 429:
                if now < self._held.get(channel, now):
                    self.problems.append(f"a call for {channel} before its Retry-After")
            elif self._ordered is not None and "ordered" in call["summary"]:
                channel, wish = self._ordered
                if now < self._held.get(channel, now):
                    self.problems.append(f"a call for {channel} before its Retry-After")
                self._held[channel] = now + timedelta(seconds=wish)
                self._ordered = None
                self.refused += 1
            else:
                self.problems.append(f"faster than the pace: {call['summary']}")


@asynccontextmanager
async def _world(database: str, server: Postgres) -> AsyncIterator[World]:
    # A thousand lines about cards are not what this table is read for.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/pullcord.db"
        if database == "postgres":
            url = await asyncio.to_thread(server.new_database)
        world = World(url, Path(folder))
        await world.open()
        try:
            yield world
        finally:
            await world.close()


async def _ask(ask: Callable[[], object], count: int) -> list[Asked]:
    asked: list[Asked] = []
    while len(asked) < count:
        some = min(_AT_ONCE, count - len(asked))
        asked += await asyncio.gather(*(ask() for _ in range(some)))  # type: ignore[arg-type]
    return asked


def _cards(world: World) -> dict[str, list[tuple[Shown, str]]]:
    """What stands in each channel, the oldest first, with all its text."""
    return {
        name: [(card, json.dumps(card.message.blocks)) for card in world.cards(name)]
        for name in _CHANNELS
    }


def _standing(world: World) -> int:
    """How many escalations are in view."""
    return sum(
        max(1, sum(block["type"] == "actions" for block in card.message.blocks))
        for name in _CHANNELS
        for card in world.cards(name)
    )


def _judge(result: Result, shown: dict[str, list[tuple[Shown, str]]], asked: list[Asked]) -> None:
    """Each stands once, and can be decided there."""
    everything = [(card, text) for cards in shown.values() for card, text in cards]
    result.trials += len(asked)
    for one in asked:
        cards = [card for card, text in everything if one.id in text]
        result.lost += not cards
        result.doubled += len(cards) > 1
        if len(cards) != 1:
            result.missed(f"{one.id} stands on {len(cards)} cards")
        elif not cards[0].row(one):
            result.missed(f"{one.id} has no buttons")


def _judge_urgent(
    result: Result, cards: list[tuple[Shown, str]], urgent: list[Asked], before: int
) -> None:
    """They stand alone, and next after what stood there; one call may have been under way."""
    ids = [one.id for one in urgent]
    places = [at for at, (_, text) in enumerate(cards) if any(one in text for one in ids)]
    if len(places) != len(ids):
        result.missed("urgent ones share a card")
    if places and max(places) > before + len(ids):
        result.missed(f"the last urgent one stands at {max(places)}, {before} stood there before")
