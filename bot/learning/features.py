"""What a case looks like to the learned boundaries: named features, so that a person can read why.

Everything in a case was known before the decision; secrets and persons are left out by the caller.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: A name, and how much of it the case has.
Features = dict[str, float]

#: Features that begin so are words of texts that whoever asks the agent may have chosen.
WORD = "word:"
#: What the names of arguments begin with, lest one be called like a feature of ours.
ARGUMENT = "argument:"
#: These say how sure the agent is, and of what: all that a fixed threshold knows.
_SURE = ("category=", "score[")
_MOST_WORDS = 60
_SCORE_BINS = 8
#: Six steps from one power of ten to the next, so that a range has the same name for ever.
_EDGES = tuple(float(f"{step}e{power}") for power in range(-6, 13) for step in (1, 1.5, 2, 3, 5, 7))
_WORDS = re.compile(r"\w{2,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of a case before anybody decides."""

    category: str
    score: float
    tool: str | None = None
    #: Fields of the arguments that hold a short word, such as a currency.
    facts: Mapping[str, str] = field(default_factory=dict)
    #: Fields that hold a number, such as an amount.
    numbers: Mapping[str, float] = field(default_factory=dict)
    team: str | None = None
    hour: int | None = None
    text: str = ""
    anomaly: str | None = None


def features_of(case: Case) -> Features:
    """Each part of the case by its name; all words of its text weigh as much as four of these."""
    score = f"score[{min(_SCORE_BINS - 1, max(0, int(case.score * _SCORE_BINS)))}]"
    names = [f"category={case.category}", score, f"category={case.category} & {score}"]
    if case.tool is not None:
        names.append(f"tool={case.tool}")
    names += [f"{name}={value}" for name, value in case.facts.items()]
    for name, number in case.numbers.items():
        within = f"{name}[{range_of(number)}]"
        names.append(within)
        if case.tool is not None:
            names.append(f"tool={case.tool} & {within}")
    if case.team is not None:
        names.append(f"team={case.team}")
    if case.hour is not None:
        names.append(f"hours[{case.hour // 6 * 6}–{case.hour // 6 * 6 + 6}]")
    if case.anomaly is not None:
        names.append(f"anomaly={case.anomaly}")
    features = dict.fromkeys(names, 1.0)
    words = sorted(set(_WORDS.findall(case.text.lower())[:_MOST_WORDS]))
    return features | {f"{WORD}{word}": 2 / math.sqrt(len(words)) for word in words}


def range_of(number: float) -> str:
    """The range in which a number lies, such as "500–700"; what is exactly 0 is its own."""
    if not number:
        return "0"
    place = bisect_right(_EDGES, abs(number))
    low = f"{_EDGES[place - 1]:g}" if place else "0"
    high = f"{_EDGES[place]:g}" if place < len(_EDGES) else ""
    return f"{'-' if number < 0 else ''}{low}–{high}"


def sure_part(features: Features) -> Features:
    """Only the category and the score: what a boundary must beat to be of use."""
    return {name: value for name, value in features.items() if name.startswith(_SURE)}


def pattern_of(features: Features) -> frozenset[str]:
    """What makes a case "the same" as another: everything but the words and the score."""
    return frozenset(name for name in features if "score[" not in name and WORD not in name)
