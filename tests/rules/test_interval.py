"""How far a counted share can be from the true one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.interval import wilson


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_the_interval_is_the_published_one(hits: int, count: int, low: float, high: float) -> None:
    """To the four digits that the paper prints."""
    found = wilson(hits, count)

    assert found == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_the_share_lies_within(count: int, share: float) -> None:
    """Always, and the bounds never leave what a share can be."""
    low, high = wilson(share * count, count)

    assert 0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1


@given(st.integers(1, 1000), st.floats(0, 1))
def test_more_cases_make_it_narrower(count: int, share: float) -> None:
    """Four times as many, about half as wide."""
    few, many = wilson(share * count, count), wilson(share * 4 * count, 4 * count)

    assert many[1] - many[0] < few[1] - few[0]
