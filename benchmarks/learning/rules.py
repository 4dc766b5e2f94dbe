"""Rules that say what is delivered: the article's, read literally, and the bot's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.learning.admit import admit
from bot.learning.epochs import after
from bot.learning.events import Began, Labelled, Scored
from bot.learning.standing import Standing

if TYPE_CHECKING:
    from bot.learning.terms import Risk

_START = datetime(2026, 9, 1, tzinfo=UTC)
_SECRET = b"of the benchmark"


class Rule(Protocol):
    """One category: cases are admitted, and those that people see are labelled."""

    def admits(self, case: str, score: float, /) -> tuple[bool, bool]:
        """Whether it is delivered, and whether a person sees it."""

    def hears(self, case: str, loss: float, /) -> None: ...

    def cut(self) -> float | None:
        """Where the delivered region begins; None: nothing is delivered."""

    def limit(self) -> float:
        """The error rate that is allowed there."""


class Naive:
    """90 % approved: lower the threshold; above 95 %: deliver all. Nothing is audited."""

    def __init__(self, least: int, every: int = 1, target: float = 0.05) -> None:
        self._least, self._every, self._target = least, every, target
        self._cut = 1.0
        self._labels = self._approved = 0

    def admits(self, _case: str, score: float) -> tuple[bool, bool]:
        delivered = score >= self._cut
        return delivered, not delivered

    def hears(self, _case: str, loss: float) -> None:
        self._labels += 1
        self._approved += loss == 0
        if self._labels < self._least or self._labels % self._every:
            return
        share = self._approved / self._labels
        if share >= 0.90:
            self._cut = 0.0 if share > 0.95 else max(0.0, self._cut - 0.1)
            self._labels = self._approved = 0

    def cut(self) -> float | None:
        return self._cut if self._cut < 1 else None

    def limit(self) -> float:
        return self._target


class Ladder:
    """The bot's own code, event by event; a minute a case."""

    def __init__(self, risk: Risk = "medium") -> None:
        self._at = _START
        self.standing = after(Standing(), Began(at=_START, risk=risk))

    def admits(self, case: str, score: float) -> tuple[bool, bool]:
        self._at += timedelta(minutes=1)
        way = admit(self.standing, case=case, score=score, secret=_SECRET)
        scored = Scored(
            at=self._at,
            case=case,
            score=score,
            pi=way.pi,
            pi_min=way.pi_min,
            way=way.way,
            coin=way.coin,
            held=False,
        )
        self.standing = after(self.standing, scored)
        return way.way != "person", way.counts

    def hears(self, case: str, loss: float) -> None:
        label = Labelled(at=self._at, case=case, loss=loss, source="person")
        self.standing = after(self.standing, label)

    def cut(self) -> float | None:
        return self.standing.threshold

    def limit(self) -> float:
        return self.standing.alpha or 0.0
