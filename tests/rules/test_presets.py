"""The presets of the article's table: whole policies, and what a category takes from them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.policy.book import Category
from bot.policy.load import load
from bot.policy.presets import PRESETS, filled
from docs.pages import ROOT, text_of

_FOLDER = ROOT / "bot/policy/presets"
_FIELDS = ("risk", "target_escalation_rate", "threshold", "learn", "sample")


def test_each_line_of_the_table_has_a_preset_a_policy_and_an_example() -> None:
    """The article's table names eight situations."""
    assert PRESETS.keys() == {
        "agent-sends-emails",
        "customer-support-bot",
        "data-pipeline",
        "content-moderation",
        "financial-transactions",
        "research-assistant",
        "code-generation",
        "faq-chatbot",
    }
    for folder in (_FOLDER, ROOT / "examples/presets"):
        assert {one.stem for one in folder.glob("*.*") if one.suffix != ".py"} == PRESETS.keys()


@pytest.mark.parametrize("preset", PRESETS)
def test_its_policy_is_whole(preset: str) -> None:
    """It loads, all of it is acted on, and it has a category of its own preset."""
    book = load((_FOLDER / f"{preset}.yml").read_bytes(), f"{preset}.yml")

    assert book.idle == ()
    assert preset in {one.preset for one in book.categories.values()}
    assert not any(rule.even_high_risk for rule in book.rules)
    assert all(rule.limit for rule in book.rules if rule.then in {"approve", "by_confidence"})


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_fills_only_what_is_left_out(preset: str) -> None:
    """Own words come first, also where they are `false` or zero."""
    whole = PRESETS[preset]
    own = Category(
        name="mine", preset=preset, risk="critical", target_escalation_rate=0, threshold=0,
        learn=False, sample=0, handoff="Ours.",
    )  # fmt: skip

    assert filled(own) == own
    assert filled(Category(name="mine")) == Category(name="mine")
    bare = filled(Category(name="mine", preset=preset))
    assert bare == whole.model_copy(update={"name": "mine", "preset": preset})
    assert filled(Category(name="mine", preset=preset, threshold=0.7)).threshold == 0.7


def test_the_page_has_their_values() -> None:
    """Row by row, as the code has them."""
    rows = {
        cells[0].strip("` "): [cell.strip() for cell in cells[2:]]
        for line in text_of(Path("docs/howto/confidence.md")).splitlines()
        if re.match(r"\| `[a-z-]+` \|", line)
        for cells in [line.strip("|").split("|")]
    }

    assert rows == {
        name: [_shown(one, field) for field in _FIELDS] for name, one in PRESETS.items()
    }


def _shown(preset: Category, field: str) -> str:
    value = getattr(preset, field)
    if value is None:
        return "–"
    return "yes" if value is True else f"{value:g}" if isinstance(value, float) else str(value)
