"""Reads `categories`: which kinds of cases there are, and what is asked of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.request import RISK_LEVELS
from bot.policy.book import Category, ReviewWay
from bot.policy.kinds import FLAG, LABEL, NAME, SHARE, choice, text
from bot.policy.names import read_group_names, unknown
from bot.policy.presets import PRESETS, filled

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.policy.section import Section

_PRESET = choice(tuple(PRESETS))
_RISK = choice(RISK_LEVELS)
_HANDOFF = text("a sentence for the agent's end user", 500)


def read_categories(
    root: Section, groups: Collection[str], digests: Collection[str]
) -> dict[str, Category]:
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
            review=_review(section, groups, digests),
            handoff=section.one("handoff", _HANDOFF, None),
        )
        categories[name] = filled(own)
        section.close()
    return categories


def _review(
    category: Section, groups: Collection[str], digests: Collection[str]
) -> ReviewWay | None:
    section = category.part("review")
    if section is None:
        return None
    digest = section.one("digest", NAME, None)
    if digest is not None and digest not in digests:
        section.note("digest", unknown("digest", digest, digests))
    found = ReviewWay(
        digest=digest,
        reviewers=read_group_names(section, "reviewers", groups),
        second_look=section.one("second_look", FLAG, False),
    )
    section.close()
    return found
