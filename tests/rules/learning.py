"""A category that is played through: cases come in, are admitted, and are judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.learning.admit import Admission, admit
from bot.learning.epochs import after
from bot.learning.events import Began, Labelled, Scored
from bot.learning.ladder import WARM_UP
from bot.learning.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.learning.events import Event, Source
    from bot.learning.terms import Risk

START = datetime(2026, 9, 1, 9, tzinfo=UTC)
SECRET = b"only the bot knows it"


class Played:
    """The standing of one category, and the events that led to it; a minute an event."""

    def __init__(self, risk: Risk = "low", *, warm: bool = True) -> None:
        self.standing = Standing()
        self.events: list[Event] = []
        self._ids: Iterator[int] = iter(range(10**9))
        self.has(Began(at=self.now, risk=risk))
        if warm:
            self.warms_up()

    @property
    def now(self) -> datetime:
        return START + timedelta(minutes=len(self.events))

    def has(self, event: Event) -> Standing:
        self.events.append(event)
        self.standing = after(self.standing, event)
        return self.standing

    def warms_up(self) -> None:
        for at in range(WARM_UP):
            self.comes((at + 1) / WARM_UP)

    def comes(
        self, score: float, *, held: bool = False, at_least: float | None = None
    ) -> tuple[str, Admission]:
        case = f"esc_{next(self._ids)}"
        way = admit(
            self.standing, case=case, score=score, secret=SECRET, held=held, at_least=at_least
        )
        self.has(
            Scored(
                at=self.now,
                case=case,
                score=score,
                pi=way.pi,
                pi_min=way.pi_min,
                way=way.way,
                coin=way.coin,
                held=held,
            )
        )
        return case, way

    def judged(self, case: str, loss: float, source: Source = "person") -> Standing:
        return self.has(Labelled(at=self.now, case=case, loss=loss, source=source))

    def case(self, loss: float = 0, score: float = 1.0, source: Source = "person") -> Standing:
        """One that comes and, if it is looked at, is judged so."""
        case, way = self.comes(score)
        return self.judged(case, loss, source) if way.counts else self.standing

    def opens(self) -> Standing:
        """Agreement on cases of every band until all rungs but the last one open."""
        for tenths in range(7):
            self.case(score=tenths / 10 + 0.05)
        while not self.standing.open_rungs:
            self.case()
        return self.standing
