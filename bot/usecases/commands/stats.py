"""`stats [CATEGORY]`: what became of the questions of the last seven days."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from bot.cards import wording_boundaries, wording_stats
from bot.cards.command_answers import nearest, sentence
from bot.cards.stats_answer import Line, stats_answer
from bot.policy.targets import target_band
from bot.store import boundaries, recent
from bot.usecases.attention import attention
from bot.usecases.order_category import see_category

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Card
    from bot.policy.book import Category
    from bot.store.recent import Recent
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_SINCE = timedelta(days=7)
#: All of history would take seconds; the latest of these say the same.
_MOST = 5000


async def stats(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    asker.check_reviews()
    found = await desk.ledger.read(_latest)
    by_category: dict[str, list[Recent]] = defaultdict(list)
    for one in found:
        by_category[one.category or ""].append(one)
    wanted = " ".join(words)
    listed = desk.book.category(wanted)
    learned, boundary = None, []
    if listed is not None and listed.learn:
        learned = await desk.ledger.read(see_category, wanted)
        boundary = await _boundary(desk, wanted)
    how = await desk.ledger.read(attention, wanted or None) if asker.admin else []
    if wanted and wanted not in by_category and learned is None and not how:
        known = [one for one in by_category if one]
        return sentence(wording_stats.nothing_of(wanted, nearest(wanted, known)))
    chosen = by_category
    if wanted:
        chosen = {wanted: by_category[wanted]} if wanted in by_category else {}
    lines = [
        _line(desk.book.category(category), category, some) for category, some in chosen.items()
    ]
    lines.sort(key=lambda one: (-one.asked, one.category))
    answered = stats_answer(
        lines,
        whole=len(found) < _MOST,
        most=_MOST,
        learned=learned,
        boundary=boundary,
        may_order=asker.admin,
        one_category=bool(wanted),
    )
    return replace(answered, blocks=[*answered.blocks, *how])


async def _boundary(desk: Desk, category: str) -> list[str]:
    """Whether it speaks, and how often it was right where it did."""
    boundary, _ = await desk.boundaries.of(desk.ledger, category)
    known = boundary.standing(category)
    how = wording_boundaries.standing(
        known.labels, known.overrides, cold=known.cold, beats_score=known.beats_score
    )
    told, control = await desk.ledger.read(boundaries.precision, category)
    right = wording_boundaries.measured(told, control)
    return [how, right] if right else [how]


def _latest(tx: Tx) -> list[Recent]:
    return recent.latest(tx, tx.now() - _SINCE, _MOST)


def _line(listed: Category | None, category: str, some: Sequence[Recent]) -> Line:
    """By rule is counted apart: no person was asked."""
    asked = [one for one in some if not one.by_rule]
    waits = [
        (one.settled_at - one.created_at).total_seconds()
        for one in asked
        if one.settled_at is not None and one.type is not None
    ]
    return Line(
        category=category,
        asked=len(some),
        by_rule=len(some) - len(asked),
        agreed=sum(one.type in {"approve", "modify", "respond"} for one in asked),
        refused=sum(one.type in {"reject", "revise"} for one in asked),
        expired=sum(one.status == "expired" for one in asked),
        open=sum(one.status == "open" for one in asked),
        median=timedelta(seconds=median(waits)) if waits else None,
        band=None if listed is None else target_band(listed),
    )
