"""What people do with an open question without answering it: facts beside its state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.people import Actor, Named

#: Longer than it takes to read a case and to ask a colleague; who forgot it holds nobody up.
TAKEN_FOR = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Somebody is looking at it. Others may decide all the same."""

    by: Actor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """One of the people who are asked was named; the others may still decide."""

    to: Named
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed:
    """Nobody is reminded of it before then."""

    by: Actor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """Who has it in hand."""

    taken: Taken | None = None
    assigned: Assigned | None = None
    snoozed: Snoozed | None = None

    def holds(self, person_id: str) -> bool:
        """Whether this person has taken it, or was named."""
        taken = self.taken is not None and self.taken.by.id == person_id
        return taken or (self.assigned is not None and self.assigned.to.id == person_id)


NOBODY = Hands()
