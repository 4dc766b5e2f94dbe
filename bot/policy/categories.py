"""Reads `categories`: which kinds of cases there are, and what is asked of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.request import RISK_LEVELS
from bot.policy.book import Category
from bot.policy.kinds import FLAG, LABEL, SHARE, choice, text
from bot.policy.presets import PRESETS, filled

if TYPE_CHECKING:
    from bot.policy.section import Section

_PRESET = choice(tuple(PRESETS))
_RISK = choice(RISK_LEVELS)
_HANDOFF = text("a sentence for the agent's end user", 500)
#: What happens in place of what a key asks for.
_INSTEAD = {
    "sample": "no output is reviewed afterwards",
}


def read_categories(root: Section) -> dict[str, Category]:
    categories = {}
    for name, section in root.named("categories", LABEL):
        own = Category(
            name=name,
            preset=section.one("preset", _PRESET, None),
            risk=section.one("risk", _RISK, None),
            target_escalation_rate=section.one("target_escalation_rate", SHARE, None),
            threshold=section.one("threshold", SHARE, None),
            learn=section.one("learn", FLAG, None),
            sample=section.one("sample", SHARE, None),
            handoff=section.one("handoff", _HANDOFF, None),
        )
        categories[name] = filled(own)
        for key, instead in _INSTEAD.items():
            section.not_yet(key, instead)
        section.close()
    return categories
