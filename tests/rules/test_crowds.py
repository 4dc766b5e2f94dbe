"""How many questions an agent has open, as far as it need not be counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.usecases.limits import Crowds

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_nothing_is_known_of_whoever_was_not_counted() -> None:
    """The first question of an agent is counted in the database."""
    crowds = Crowds()

    assert not crowds.surely_below("refund-bot", 5000, NOW)


def test_what_was_counted_lasts_a_second() -> None:
    """Then it is counted again; a clock that was put back makes no difference."""
    crowds = Crowds()
    crowds.counted("refund-bot", 10, NOW)

    assert crowds.surely_below("refund-bot", 5000, NOW + timedelta(seconds=1))
    assert not crowds.surely_below("refund-bot", 5000, NOW + timedelta(seconds=1.1))
    assert not crowds.surely_below("refund-bot", 5000, NOW - timedelta(seconds=1.1))
    assert not crowds.surely_below("other-bot", 5000, NOW)


@given(st.integers(0, 50), st.integers(1, 50), st.integers(0, 100))
def test_nobody_passes_the_bound_uncounted(counted: int, bound: int, asked: int) -> None:
    """However many ask within the second, those beyond the bound are counted."""
    crowds = Crowds()
    crowds.counted("refund-bot", counted, NOW)

    passed = sum(crowds.surely_below("refund-bot", bound, NOW) for _ in range(asked))

    assert passed == min(asked, max(0, bound - counted))
