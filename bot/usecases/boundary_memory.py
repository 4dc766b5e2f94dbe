"""What this process knows of the learned boundaries: rows are the truth, and this follows them.

A boundary is asked before the transaction of an intake, and what it said is recorded with the case.
So replicas that are some labels apart need not agree: what was said then is what counts.

It learns from the first label on, and forces with what it knows now, not with what it knew when the
epoch began. That is sound because a case that it forces stays in its region for the ladder, as one
that was sure to be labelled (chance 1): the evidence is about the same cases with a boundary and
without one, whatever it learns meanwhile. Were such cases taken out, what is left would look better
than it is whenever the boundary changes, and parts would open sooner: then it would no longer only
add questions. A model that is frozen with each epoch would be sound too, but it would be silent for
the whole first one.

Nothing is snapshotted: a process that starts learns a category from its last 3000 labels, in two
seconds and beside the event loop; once a day it does so again, so that it forgets what was erased.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.learning.boundaries import LAST, Boundaries, Example, Judgement
from bot.learning.neighbours import MOST
from bot.store import boundaries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.store.boundaries import Lesson
    from bot.store.ledger import Ledger
    from bot.store.tx import Tx

_ANEW = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class _Known:
    """One category's boundary, up to a label."""

    model: Boundaries
    seq: int
    made_at: datetime


@dataclass(slots=True)
class BoundaryMemory:
    _known: dict[str, _Known] = field(default_factory=dict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def of(self, ledger: Ledger, category: str) -> tuple[Boundaries, datetime]:
        """The category's boundary after all labels that there are, and what time it is then."""
        async with self._turn:
            return await self._caught_up(ledger, category)

    async def _caught_up(self, ledger: Ledger, category: str) -> tuple[Boundaries, datetime]:
        known = self._known.get(category)
        if known is not None:
            lessons, now = await ledger.read(boundaries.lessons, category, known.seq, MOST)
            if now - known.made_at < _ANEW and len(lessons) < MOST:
                for lesson in lessons:
                    _learn(known.model, category, lesson)
                    known.seq = lesson.seq
                return known.model, now
        lessons, last, now = await ledger.read(_all, category)
        known = _Known(
            model=await asyncio.to_thread(_made, category, lessons, last),
            seq=lessons[-1].seq if lessons else 0,
            made_at=now,
        )
        self._known[category] = known
        return known.model, now


def _all(tx: Tx, category: str) -> tuple[list[Lesson], list[float], datetime]:
    lessons, now = boundaries.lessons(tx, category, 0, MOST)
    return lessons, boundaries.last_judged(tx, category, LAST), now


def _made(category: str, lessons: Sequence[Lesson], last: Sequence[float]) -> Boundaries:
    model = Boundaries()
    for lesson in lessons:
        _learn(model, category, lesson)
    model.saw_before(category, last)
    return model.replayed(one for lesson in lessons if (one := _example(category, lesson)))


def _learn(model: Boundaries, category: str, lesson: Lesson) -> None:
    if lesson.said == "not_similar":
        model.not_similar(lesson.case)
        return
    example = _example(category, lesson)
    if example is not None:
        model.learn(example, _thought(category, lesson))


def _example(category: str, lesson: Lesson) -> Example | None:
    """None where the case is gone, or was asked by a release that knew no boundaries."""
    if lesson.features is None or lesson.said == "not_similar":
        return None
    return Example(
        case=lesson.case,
        category=category,
        features=dict(lesson.features),
        overridden=lesson.said == "overridden",
        at=lesson.at,
    )


def _thought(category: str, lesson: Lesson) -> Judgement:
    """What was recorded when the case came, as far as learning asks for it."""
    return Judgement(
        category=category,
        p=lesson.p,
        by_score=lesson.by_score,
        usual=0.0,
        contributions=(),
        bias=0.0,
        similar=(),
        forces=False,
        rule=None,
    )
