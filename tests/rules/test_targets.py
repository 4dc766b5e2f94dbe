"""How much of a category people should see, and what the operators are told."""

from __future__ import annotations

import pytest

from bot.cards import wording_rates
from bot.policy.book import Category
from bot.policy.targets import target_band
from bot.store.categories import Volume
from bot.usecases.watch_rates import Rate


def test_the_band_ends_at_the_target() -> None:
    """5 to 15 % where the policy says nothing; with a target of 1 people may see all of it."""
    usual = target_band(Category(name="faq"))
    wide = target_band(Category(name="faq", target_escalation_rate=1))

    assert usual == pytest.approx((0.05, 0.15))
    assert wide == pytest.approx((1 / 3, 1))


@pytest.mark.parametrize(
    ("cases", "asked", "outside"),
    [(0, 0, None), (49, 49, None), (50, 50, 1.0), (100, 15, None), (100, 5, None),
     (100, 16, 0.16), (100, 4, 0.04)],
)  # fmt: skip
def test_fifty_cases_are_enough_to_say_so(cases: int, asked: int, outside: float | None) -> None:
    """Both ends of the band belong to it."""
    rate = Rate(category="faq", volume=Volume(cases=cases, asked=asked), band=(0.05, 0.15))

    assert rate.outside == outside


def test_the_operators_hear_what_it_means_and_what_to_do() -> None:
    """Too much, and too little; the name of a category is the agents' word, and is escaped."""
    much = wording_rates.outside("<!here>", 1200, 0.625, (0.05, 0.15))
    little = wording_rates.outside("faq", 60, 0.0, (0.05, 0.15))

    assert much.startswith(
        "In the category &lt;!here&gt; people were asked about 62.5 % of the 1,200 cases of the "
        "last seven days; its target is 5 to 15 %. That is more than people should need to see."
    )
    assert "lower its `threshold` or set `learn: true`" in much
    assert "wrong answers may go out unseen" in little
