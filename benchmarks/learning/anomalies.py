"""Outputs as agents make them, with a few that are not: which way of looking finds those."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from bot.learning.anomaly import ENOUGH, SHARE, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

_OUTPUTS, _PLANTED = 4000, 0.02
#: The ways that agents usually take, and how often.
_WAYS: list[tuple[str, ...]] = [
    ("search", "read", "answer"),
    ("search", "answer"),
    ("search", "read", "search", "read", "answer"),
    ("lookup", "answer"),
]
_OFTEN = (50, 25, 15, 10)
_Shape = tuple[int, tuple[str, ...]]


@dataclass(frozen=True)
class Finding:
    """Of what was planted, how much was found; and how much was flagged at all."""

    name: str
    recall: float
    flagged: float


def findings(runs: int) -> list[Finding]:
    made = {"random": _random, "length alone": _length, "**length and tools**": _ours}
    return [_measured(name, make, runs) for name, make in made.items()]


def _measured(name: str, make: Callable[[Random], Callable[[_Shape], bool]], runs: int) -> Finding:
    planted = found = flagged = 0
    for run in range(runs):
        dice, flags = Random(f"anomalies {run}"), make(Random(f"flags {run}"))
        for _ in range(_OUTPUTS):
            odd = dice.random() < _PLANTED
            flag = flags(_odd(dice) if odd else _usual(dice))
            planted += odd
            flagged += flag
            found += odd and flag
    return Finding(name, found / planted, flagged / (runs * _OUTPUTS))


def _usual(dice: Random) -> _Shape:
    calls = dice.choices(_WAYS, _OFTEN)[0]
    return int(dice.lognormvariate(5.5, 0.5)), calls


def _odd(dice: Random) -> _Shape:
    """One of four: very long, very short, tools in another order, or the same tool many times."""
    length, calls = _usual(dice)
    match dice.randrange(4):
        case 0:
            return length * 6, calls
        case 1:
            return length // 8, calls
        case 2:
            return length, (calls[-1], *calls[:-1])
        case _:
            return length, (*calls[:-1], *["search"] * 8, calls[-1])


def _ours(_: Random) -> Callable[[_Shape], bool]:
    watch = Watch()

    def flags(shape: _Shape) -> bool:
        found = watch.judge(*shape)
        watch.saw(*shape, found.score)
        return found.flagged

    return flags


def _length(dice: Random) -> Callable[[_Shape], bool]:
    ours = _ours(dice)
    return lambda shape: ours((shape[0], ()))


def _random(dice: Random) -> Callable[[_Shape], bool]:
    seen = 0

    def flags(_: _Shape) -> bool:
        nonlocal seen
        seen += 1
        return seen > ENOUGH and dice.random() < SHARE

    return flags
