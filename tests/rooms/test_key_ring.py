"""The ring of recognised keys by itself: what it believes, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.domain.people import Caller
from bot.usecases.key_ring import KeyRing

AT = datetime(2026, 3, 1, tzinfo=UTC)


class Hand:
    """A stopwatch that only we move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def caller(name: str) -> Caller:
    return Caller(key_id=name, agent=name, scopes=frozenset())


def test_a_key_is_believed_for_less_than_a_second() -> None:
    """Counted from before the database was asked, however long that took."""
    hand = Hand()
    ring = KeyRing(hand)

    hand.seconds = 10.4
    ring.keep("pc_a", caller("a"), asked=10.0, at=AT)
    hand.seconds = 10.99

    assert ring.find("pc_a") == caller("a")
    assert ring.find("pc_b") is None
    assert ring.find("pc_a\udcff") is None
    hand.seconds = 11.0
    assert ring.find("pc_a") is None


def test_it_stays_small() -> None:
    """What is no longer believed is let go when there is a crowd."""
    hand = Hand()
    ring = KeyRing(hand)

    for number in range(2500):
        hand.seconds = number / 100
        ring.keep(f"pc_{number}", caller("a"), asked=hand.seconds, at=AT)

    assert len(ring._recognised) <= 1000
    assert ring.find("pc_2499") == caller("a")


def test_a_use_meanwhile_is_not_forgotten() -> None:
    """Only what was written is let go; what was used again since then is written next time."""
    ring = KeyRing(Hand())
    for name in "abc":
        ring.keep(f"pc_{name}", caller(name), asked=0, at=AT)

    uses = ring.uses()
    later = AT.replace(minute=1)
    ring.keep("pc_b", caller("b"), asked=0, at=later)
    ring.written(uses, {"c"})

    assert ring.uses() == {"b": later, "c": AT}
