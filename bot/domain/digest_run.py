"""One time at which what could wait was brought together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

#: How many questions one message stands for: a page of rows in the channel, the others behind it.
ITEMS = 50
#: Rows of one page.
ROWS = 10
#: What is due so soon is not left among others.
SOON = timedelta(hours=1)
# Later than this after the promised slot, people are told that it is late.
_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRun:
    """A slot of a digest, and what became of it."""

    digest: str
    slot: datetime
    made_at: datetime
    #: How many of its time stand on cards of their own.
    alone: int = 0
    #: The earliest slot that one of its questions was promised; None where somebody asked for it.
    due: datetime | None = None

    @property
    def late(self) -> bool:
        return self.due is not None and self.made_at - self.due > _LATE
