"""How unusual an output is beside the last of its kind, and what is most unusual about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Part = Literal["length", "step", "order", "calls"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """The part that is furthest from what is usual, and by how much; 0 is the median."""

    score: float
    part: Part
    #: Length and calls: its own number, and the usual one.
    own: float = 0.0
    usual: float = 0.0
    #: A step: which tool came after which; None at either end. `seen`: how often it did before.
    before: str | None = None
    after: str | None = None
    seen: int = 0
    #: Whether it is among the most unusual of the last.
    flagged: bool = False
