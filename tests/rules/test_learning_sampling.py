"""Which outputs are reviewed, and what the reviews say of all; and the quarterly review."""

from __future__ import annotations

import math
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.learning.review import e_bh, review
from bot.learning.sampling import (
    Review,
    Stratum,
    difference,
    hajek,
    post_stratified,
    rates,
    third_of,
    thirds,
)
from tests.rules.learning import Played

#: A category of 900 cases: the lower a third's scores, the more is wrong.
VOLUMES = dict.fromkeys(range(3), 300)
PIS = (0.3, 0.15, 0.08)
STRATA = [
    Stratum(category="faq", third=0, volume=300, reviewed=60, wrong=18),
    Stratum(category="faq", third=1, volume=300, reviewed=60, wrong=6),
    Stratum(category="faq", third=2, volume=300, reviewed=60, wrong=0),
]


@pytest.mark.parametrize("overall", [0.02, 0.06, 0.20])
def test_the_estimate_is_true_on_average_and_its_interval_covers(overall: float) -> None:
    """Though the worst third is looked at most; by either way of weighting."""
    dice = Random(f"estimate {overall}")
    errors = [overall * share for share in (2.1, 0.7, 0.2)]
    off: dict[str, list[float]] = {"strata": [], "hajek": []}
    covered, draws = 0, 300
    for _ in range(draws):
        losses = [[float(dice.random() < error) for _ in range(300)] for error in errors]
        truth = mean(map(mean, losses))
        reviews = [
            Review(stratum=third, pi=pi, loss=loss)
            for third, pi in enumerate(PIS)
            for loss in losses[third]
            if dice.random() < pi
        ]
        by_strata, weighted = post_stratified(reviews, VOLUMES), hajek(reviews)
        assert by_strata is not None
        assert weighted is not None
        off["strata"].append(by_strata.rate - truth)
        off["hajek"].append(weighted.rate - truth)
        covered += by_strata.low <= truth <= by_strata.high

    for errors in off.values():
        assert abs(mean(errors)) < 3 * stdev(errors) / math.sqrt(draws)
    assert covered / draws >= 0.93


def test_more_is_reviewed_where_a_review_tells_more() -> None:
    """Within the budget, and everywhere at least a little."""
    pis = rates(STRATA, budget=0.10)

    assert pis[0] > pis[1] > pis[2] >= 0.03
    assert sum(pi * one.volume for pi, one in zip(pis, STRATA, strict=True)) == pytest.approx(90)


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 500), st.integers(0, 50), st.floats(0, 1)),
        max_size=6,
    ),
    st.floats(0.01, 1),
)
@settings(max_examples=40)
def test_the_budget_is_kept_whatever_was_seen(
    seen: list[tuple[str, int, int, float]], budget: float
) -> None:
    """Each rate is a chance, and none lies under the floor."""
    strata = [
        Stratum(category=of, third=0, volume=volume, reviewed=n, wrong=share * n)
        for of, volume, n, share in seen
    ]

    pis = rates(strata, budget=budget)

    assert all(0.3 * budget <= pi <= 1 for pi in pis)
    spent = sum(pi * one.volume for pi, one in zip(pis, strata, strict=True))
    assert spent <= budget * sum(one.volume for one in strata) * (1 + 1e-9) + 1e-9


def test_scores_are_cut_into_thirds() -> None:
    """A score on a cut belongs above it."""
    cuts = thirds([0.9, 0.1, 0.5, 0.3, 0.7, 0.8])

    assert cuts == (0.5, 0.8)
    assert [third_of(score, cuts) for score in (0.49, 0.5, 0.79, 0.8)] == [0, 1, 1, 2]
    assert thirds([]) == ()
    assert third_of(0.5, ()) == 0


def test_a_stratum_without_reviews_counts_as_the_others_do() -> None:
    """What was not looked at is no better than what was; and an empty one counts nothing."""
    reviews = [Review(stratum=0, pi=0.1, loss=loss) for loss in [1.0] + [0.0] * 9]

    found = post_stratified(reviews, {0: 100, 1: 100, 2: 0})

    assert found is not None
    assert found.rate == pytest.approx(0.1)
    assert not found.enough
    assert found.shown().audits == 10


def test_without_reviews_there_is_no_rate() -> None:
    """Nor without a volume."""
    assert hajek([]) is None
    assert post_stratified([], {0: 100}) is None
    assert post_stratified([Review(stratum=0, pi=1, loss=0)], {}) is None


def test_where_everything_was_reviewed_nothing_is_uncertain_but_chance() -> None:
    """The interval is that of so many plain reviews."""
    everything = [Review(stratum=0, pi=1, loss=float(at < 10)) for at in range(100)]

    found = post_stratified(everything, {0: 100})

    assert found is not None
    assert found.enough
    assert found.variance == 0
    assert (found.low, found.high) == pytest.approx((0.0552, 0.1744), abs=1e-3)


def test_reviews_without_an_error_are_worth_what_their_weights_say() -> None:
    """A few heavy ones among many light ones leave more open than as many alike."""
    even = hajek([Review(stratum=0, pi=0.1, loss=0)] * 50)
    uneven = hajek(
        [Review(stratum=0, pi=1, loss=0)] * 45 + [Review(stratum=0, pi=0.05, loss=0)] * 5
    )

    assert even is not None
    assert uneven is not None
    assert (even.rate, uneven.rate) == (0, 0)
    assert even.high == pytest.approx(0.0713, abs=1e-3)
    assert uneven.high > 0.2


def test_a_difference_shows_when_its_interval_leaves_zero_out() -> None:
    """From a fifth to a tenth with 50 reviews each says nothing; with 800 it does."""

    def week(rate: float, n: int) -> list[Review]:
        return [Review(stratum=0, pi=0.1, loss=float(at < rate * n)) for at in range(n)]

    few = difference(*filter(None, (hajek(week(rate, 50)) for rate in (0.2, 0.1))))
    many = difference(*filter(None, (hajek(week(rate, 800)) for rate in (0.2, 0.1))))
    worse = difference(*filter(None, (hajek(week(rate, 800)) for rate in (0.1, 0.2))))

    assert few.change == pytest.approx(-0.1)
    assert not few.shows
    assert many.shows
    assert many.high < 0 < worse.low


def test_one_statement_over_all_categories_asks_for_more() -> None:
    """The m best need K / (m delta): of four, 80, 40, 26.7 and 20."""
    assert e_bh({"a": 80, "b": 1, "c": 1, "d": 1}, delta=0.05) == {"a"}
    assert e_bh({"a": 79, "b": 1, "c": 1, "d": 1}, delta=0.05) == frozenset()
    assert e_bh({"a": 41, "b": 40, "c": 1, "d": 1}, delta=0.05) == {"a", "b"}
    assert e_bh(dict.fromkeys("abcd", 20.0), delta=0.05) == set("abcd")
    assert e_bh({}, delta=0.05) == frozenset()


def test_the_quarterly_review_has_a_row_for_each_category() -> None:
    """By name; what is not open stands for nothing."""
    new, old = Played(), Played()
    old.opens()
    for _ in range(40):
        old.case()

    rows = review({"refund": old.standing, "faq": new.standing})

    assert [(row.category, row.phase, row.stands) for row in rows] == [
        ("faq", "gathering", False),
        ("refund", "open", True),
    ]
    assert rows[1].measured is not None
    assert rows[1].evidence > 40
    assert rows[1].certificate_ends == old.standing.certificate_ends


def test_no_error_in_many_strata_is_no_certainty() -> None:
    """Nothing wrong among 2,100 of very many leaves up to 1 in 550 possible, however they are cut:
    the strata together are no surer than all of their reviews.
    """
    reviews = [Review(stratum=at % 9, pi=0.01, loss=0.0) for at in range(2100)]

    found = post_stratified(reviews, dict.fromkeys(range(9), 77_777))

    assert found is not None
    assert found.low == 0
    assert found.high == pytest.approx(3.84 / 2100, rel=0.05)
