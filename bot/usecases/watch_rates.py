"""Do people see as much of each category as the policy wants? Measured, and told once a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards import wording_rates
from bot.domain.outgoing import Alert
from bot.policy.targets import target_band
from bot.store import categories, outbox
from bot.store.categories import Volume

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_WINDOW = timedelta(days=7)
#: Fewer say nothing.
_ENOUGH = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A category of the policy over the last seven days."""

    category: str
    volume: Volume
    band: tuple[float, float]

    @property
    def outside(self) -> float | None:
        """The rate, where there were enough cases and it is not what it should be."""
        rate = self.volume.escalation_rate
        if rate is None or self.volume.cases < _ENOUGH:
            return None
        low, high = self.band
        return None if low <= rate <= high else rate


async def watch_rates(desk: Desk) -> Sequence[Rate]:
    """All rates, for the metrics; the operators are told of those outside of their band."""
    rates = await desk.ledger.read(_measure, desk.book)
    if any(one.outside is not None for one in rates):
        await desk.ledger.run_behind(_tell, rates)
    return rates


def _measure(tx: Tx, book: Book) -> list[Rate]:
    found = categories.volumes(tx, tx.now() - _WINDOW)
    return [
        Rate(category=name, volume=found.get(name, Volume()), band=target_band(listed))
        for name, listed in book.categories.items()
    ]


def _tell(tx: Tx, rates: Sequence[Rate]) -> None:
    for one in rates:
        rate = one.outside
        if rate is not None:
            words = wording_rates.outside(one.category, one.volume.cases, rate, one.band)
            outbox.owe_once(tx, f"rate_{tx.now():%Y%m%d}_{one.category}", Alert(text=words))
