"""Each case is judged before its label is learned, which comes 20 cases later."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from statistics import mean
from typing import TYPE_CHECKING

from bot.learning.boundaries import Boundaries, Example
from bot.learning.features import features_of
from bot.learning.neighbours import Neighbours, rate_of
from bot.learning.regression import Regression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.learning.people import Labelled
    from bot.learning.boundaries import Judgement

_LATE = 20
_START = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Measured:
    """Of the last two thirds of the cases."""

    who: str
    auc: float
    #: Of the tenth that is most suspicious, how much was overridden.
    precision: float
    log_loss: float


@dataclass(frozen=True)
class Forced:
    """What the rule did that sends cases to people."""

    share: float
    precision: float
    recall: float
    base: float


def prequential(labelled: Sequence[Labelled], runs: int) -> tuple[list[Measured], Forced]:
    """In `runs` orders of the cases, averaged."""
    found: dict[str, list[Measured]] = defaultdict(list)
    forced = []
    for run in range(runs):
        cases = list(labelled)
        Random(run).shuffle(cases)
        says, truth, forces = _judged(cases)
        late = slice(len(cases) // 3, None)
        for who, said in says.items():
            found[who].append(_measured(who, said[late], truth[late]))
        forced.append(_forced(forces[late], truth[late]))
    return (
        [
            Measured(
                who,
                mean(one.auc for one in some),
                mean(one.precision for one in some),
                mean(one.log_loss for one in some),
            )
            for who, some in found.items()
        ],
        Forced(*(mean(part) for part in zip(*forced, strict=True))),
    )


def _judged(
    cases: list[Labelled],
) -> tuple[dict[str, list[float]], list[bool], list[bool]]:
    boundaries, regression, neighbours = Boundaries(), Regression(), Neighbours()
    says: dict[str, list[float]] = defaultdict(list)
    waiting: list[tuple[Example, Judgement]] = []
    forces = []
    for at, one in enumerate(cases):
        features = features_of(one.case)
        when = _START + timedelta(minutes=at)
        judgement = boundaries.judge(one.case.category, features, when)
        boundaries.saw(judgement)
        forces.append(judgement.forces)
        says["category rate"].append(judgement.usual)
        says["category + score"].append(judgement.by_score)
        says["neighbours alone"].append(rate_of(neighbours.nearest(features)))
        says["regression alone"].append(regression.p(features))
        says["the bot's boundaries"].append(judgement.p)
        example = Example(
            case=str(at),
            category=one.case.category,
            features=features,
            overridden=one.overridden,
            at=when,
        )
        waiting.append((example, judgement))
        if len(waiting) > _LATE:
            label, said = waiting.pop(0)
            boundaries.learn(label, said)
            regression.learn(label.features, overridden=label.overridden)
            neighbours.remember(label.case, label.features, overridden=label.overridden)
    return says, [one.overridden for one in cases], forces


def _measured(who: str, said: list[float], truth: list[bool]) -> Measured:
    ranked = sorted(zip(said, truth, strict=True), key=lambda pair: -pair[0])
    tenth = ranked[: max(1, len(ranked) // 10)]
    losses = (-math.log(p if wrong else 1 - p) for p, wrong in zip(said, truth, strict=True))
    return Measured(who, _auc(said, truth), mean(wrong for _, wrong in tenth), mean(losses))


def _auc(said: list[float], truth: list[bool]) -> float:
    """How often an overridden case was thought likelier to be one than another; ties are half."""
    places: dict[float, list[bool]] = defaultdict(list)
    for p, wrong in zip(said, truth, strict=True):
        places[p].append(wrong)
    below, won = 0, 0.0
    for p in sorted(places):
        bad = sum(places[p])
        right = len(places[p]) - bad
        won += bad * (below + right / 2)
        below += right
    return won / max(1, below * sum(truth))


def _forced(forces: list[bool], truth: list[bool]) -> tuple[float, float, float, float]:
    both = sum(one and wrong for one, wrong in zip(forces, truth, strict=True))
    return (
        mean(forces),
        both / max(1, sum(forces)),
        both / max(1, sum(truth)),
        mean(truth),
    )
