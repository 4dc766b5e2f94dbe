"""Rules that came from what people decided, laid over the policy's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.people import Actor
from bot.domain.request import RiskLevel

#: So many in a row, none of them edited or refused, before anything is proposed.
IN_A_ROW = 40

State = Literal["proposed", "accepted", "declined", "revoked"]
Scalar = str | bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What all of the approved cases had in common; a case outside of it goes to people."""

    agent: str
    category: str | None
    tool: str
    server: str | None
    #: Numbers lay between these, both included.
    ranges: Mapping[str, tuple[float, float]]
    #: Texts and switches had one of these few values.
    among: Mapping[str, tuple[Scalar, ...]]
    #: Texts that were different each time, or are not to be shown: anything.
    free: tuple[str, ...]
    #: The highest risk among them, and every reversibility.
    risk: RiskLevel
    reversibility: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """Tried just before the rule that put its cases to people, while that rule is as it was."""

    id: str
    rule: str
    #: Of the rule as it was then; a changed rule makes the overlay void.
    fingerprint: str
    pattern: Pattern
    #: How many of how many were approved, by how many people.
    approved: int
    people: int
    state: State
    at: datetime
    #: Who accepted, declined or revoked it last.
    by: Actor | None = None

    @property
    def name(self) -> str:
        """What decisions by it name as their rule."""
        return f"learned {self.id}"
