"""What a learned boundary thinks of a case, before its intake: it can ask for a person, never
release anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.boundary import Held, Judged
from bot.learning.coin import toss
from bot.learning.features import ARGUMENT, Case, features_of
from bot.usecases.scoring import score_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from bot.domain.request import Request
    from bot.learning.boundaries import Judgement
    from bot.policy.plan import Plan
    from bot.usecases.desk import Desk

#: So many of those that it forces measure how often it is right.
_CONTROL = 0.1
#: So many reasons and overrides stand on a card.
_REASONS, _NAMED = 3, 2
#: Beyond this a number is no amount of anything, but an id of something.
_LARGE = 1e15
#: A value of another form is a number of something, a name or a text: each comes but once.
_WORD = re.compile(r"[^\W\d]{1,30}")


async def judge_case(desk: Desk, agent: str, request: Request, planned: Plan) -> Judged | None:
    """None where its category does not learn, or it has no score."""
    category = desk.book.category(request.category)
    score = score_of(request)
    if planned.then != "by_confidence" or category is None or not category.learn or score is None:
        return None
    boundary, now = await desk.boundaries.of(desk.ledger, category.name)
    features = features_of(_case(desk, agent, request, category.name, score, now))
    found = boundary.judge(category.name, features, now)
    boundary.saw(found)
    return Judged(
        features=features,
        p=found.p,
        by_score=found.by_score,
        held=held_in(found) if found.forces else None,
    )


def as_control(judged: Judged, secret: bytes, escalation_id: str) -> Judged:
    """The coin says whether it is one of those that measure."""
    if judged.held is None:
        return judged
    control = toss(secret, escalation_id, _CONTROL, "control")
    return replace(judged, held=replace(judged.held, control=control))


def held_in(found: Judgement) -> Held:
    """What its card says: what speaks most for an override, and the nearest ones."""
    if found.rule is not None:
        return Held(p=found.p, usual=found.usual, similar=(found.rule,), by_rule=True)
    speaking = [(name, part) for name, part in found.contributions if part > 0]
    return Held(
        p=found.p,
        usual=found.usual,
        because=tuple(speaking[:_REASONS]),
        similar=tuple(one.case for one in found.similar[:_NAMED]),
    )


def _case(
    desk: Desk, agent: str, request: Request, category: str, score: float, now: datetime
) -> Case:
    """Values that are hidden on cards are left out, and so is whoever started the run."""
    facts: dict[str, str] = {}
    numbers: dict[str, float] = {}
    for name, value in _values(request):
        if isinstance(value, str) and _WORD.fullmatch(value):
            facts[name] = value
        elif isinstance(value, bool):
            facts[name] = "yes" if value else "no"
        elif isinstance(value, int | float) and abs(value) < _LARGE:
            numbers[name] = float(value)
    return Case(
        category=category,
        score=score,
        tool=None if request.tool is None else request.tool.name,
        facts=facts,
        numbers=numbers,
        team=agent,
        hour=now.astimezone(ZoneInfo(desk.book.timezone)).hour,
        text=" ".join(filter(None, (request.headline, request.reason, request.answer))),
    )


def _values(request: Request) -> Iterator[tuple[str, object]]:
    """The arguments that stand at the top; what is deeper differs too much from case to case."""
    if request.tool is None:
        return
    hidden = {pointer.split("/")[1] for pointer in request.tool.sensitive}
    for name, value in request.tool.arguments.items():
        if name.replace("~", "~0").replace("/", "~1") not in hidden:
            yield ARGUMENT + name, value
