"""Each preset is played: its policy, and the questions that an agent of its kind asks."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from bot.policy.load import load
from bot.policy.presets import PRESETS
from docs.pages import ROOT
from examples.play_preset import play, questions
from examples.refund_agent import Pullcord
from tests.world import CHANNELS, World

if TYPE_CHECKING:
    from pathlib import Path

_FOLDER = ROOT / "bot/policy/presets"


async def test_each_preset_does_what_its_example_says(tmp_path: Path) -> None:
    """What is delivered or refused by rule, what stands on a card of its own, and what waits."""
    world = World(f"sqlite:///{tmp_path}/pullcord.db", tmp_path)
    await world.open()
    try:
        for preset in PRESETS:
            await _plays(world, preset)
    finally:
        await world.close()


async def _plays(world: World, preset: str) -> None:
    book = load((_FOLDER / f"{preset}.yml").read_bytes(), f"{preset}.yml")
    world.desk.book = book
    # Its own NAME in the policy, where that bounds it.
    agent = await world.agent(next(iter(book.agents), f"{preset}-agent"))

    asked = await asyncio.to_thread(play, Pullcord(world.url, agent.key), preset)

    became = [one["becomes"] for one in questions(preset)]
    assert {"delivered", "asked", "batched"} <= {*became}, preset
    for wanted, seen in zip(became, asked, strict=True):
        what = (preset, seen.get("action") or seen.get("question"))
        decision = seen["decision"]
        if wanted in {"delivered", "refused"}:
            assert decision is not None, what
            assert (decision["provenance"], decision["effective"] is not None) == (
                "rule",
                wanted == "delivered",
            ), what
        else:
            assert decision is None, what
        if wanted == "asked":
            await world.until(lambda id_=seen["id"]: _shown(world, id_))
    waits = [seen for wanted, seen in zip(became, asked, strict=True) if wanted == "batched"]
    assert not any(_shown(world, seen["id"]) for seen in waits)
    where = {"user": "U02BOB", "channel": "C01REV", "command": "/pullcord"}
    await world.control("command", **where, text=f"digest {next(iter(book.digests))} now")
    await world.until(lambda: all(_shown(world, seen["id"]) for seen in waits))


def _shown(world: World, escalation_id: str) -> bool:
    return any(
        escalation_id in json.dumps(card.message.blocks)
        for channel in CHANNELS
        for card in world.cards(channel)
    )
