"""The steps at which the fault tests kill the bot are where they say."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest

from tests.chaos.steps import STEPS, Step
from tests.chaos.victim import wrap


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_every_step_is_a_function_of_the_bot(step: Step) -> None:
    """Renamed, it would never be reached, and the fault test would say so minutes later."""
    found: Any = importlib.import_module(step.module)
    for part in step.attribute.split("."):
        found = getattr(found, part)

    assert inspect.isfunction(found)


def test_each_step_has_a_name_of_its_own() -> None:
    """It is what the victim is told."""
    assert len({step.name for step in STEPS}) == len(STEPS)


@pytest.mark.parametrize(("when", "struck_first"), [("before", True), ("after", False)])
async def test_the_blow_falls_where_it_should(
    when: Any, struck_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the work or after it, for verbs and for what awaits alike."""
    order: list[str] = []
    this = importlib.import_module(__name__)

    def verb() -> None:
        order.append("work")

    async def sender() -> None:
        order.append("work")

    monkeypatch.setattr(this, "verb", verb, raising=False)
    monkeypatch.setattr(this, "sender", sender, raising=False)
    for name in ("verb", "sender"):
        wrap(Step(name, __name__, name, when), lambda: order.append("blow"))

    this.verb()
    await this.sender()

    assert order == (["blow", "work"] if struck_first else ["work", "blow"]) * 2
