"""The evidence ladder and its detector: golden numbers, and the promise under simulation."""

from __future__ import annotations

import math
from random import Random
from statistics import mean, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.coin import toss
from bot.learning.detector import ALARM, CALM, heard, loudness
from bot.learning.ladder import (
    EVEN,
    RUNGS,
    WARM_UP,
    Tally,
    above,
    bet,
    cuts_of,
    odds,
    stakes,
    wilson,
)
from bot.learning.terms import TERMS

BAR = 20.0


def opens_at(losses: list[float], alpha: float, bar: float = BAR) -> int | None:
    wealth = EVEN
    for label, loss in enumerate(losses, start=1):
        wealth = bet(wealth, stakes(alpha=alpha, loss=loss, pi=1, pi_min=1))
        if odds(wealth) >= bar:
            return label
    return None


@pytest.mark.parametrize(("alpha", "labels"), [(0.10, 41), (0.05, 83), (0.02, 211)])
def test_without_an_error_a_rung_opens_at_this_label(alpha: float, labels: int) -> None:
    """The fewest labels that are enough, by how much may be wrong."""
    assert opens_at([0.0] * 400, alpha) == labels


def test_each_risk_asks_for_so_many_labels_without_an_error() -> None:
    """For a part of the category, and for all of it."""
    terms = [TERMS[risk] for risk in ("low", "medium", "high")]

    parts = [opens_at([0.0] * 300, one.alpha_partial or 0, one.bar) for one in terms]
    wholes = [opens_at([0.0] * 300, one.alpha_full or 0, one.bar) for one in terms[:2]]

    assert parts == [41, 83, 265]
    assert wholes == [83, 140]


@given(st.integers(0, 82))
def test_one_error_makes_it_wait(place: int) -> None:
    """Wherever among the first 83 labels the error is."""
    losses = [0.0] * 400
    losses[place] = 1.0

    opened = opens_at(losses, 0.05)

    assert opened is not None
    assert opened > 83


@given(
    losses=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=60),
    place=st.integers(0, 59),
)
def test_a_worse_label_never_raises_the_evidence(losses: list[float], place: int) -> None:
    """So a timeout, which counts as wrong, never helps."""
    worse = list(losses)
    worse[place % len(losses)] = 1.0

    def evidence(of: list[float]) -> float:
        wealth = EVEN
        for loss in of:
            wealth = bet(wealth, stakes(alpha=0.1, loss=loss, pi=0.3, pi_min=0.3))
        return odds(wealth)

    assert evidence(worse) <= evidence(losses)


@pytest.mark.parametrize("audited", [1.0, 0.3, 0.1])
def test_a_region_at_its_limit_hardly_ever_opens(audited: float) -> None:
    """Looked at after each label, for ever: at most 5 of 100, whatever share is audited.

    Half of its cases are delivered and better than the limit, the other half are asked and worse.
    """
    runs, dice = 250, Random(f"limit {audited}")
    won = {
        (pi, loss): stakes(alpha=0.10, loss=loss, pi=pi, pi_min=audited)
        for pi in (audited, 1.0)
        for loss in (0.0, 1.0)
    }
    opened = 0
    for _ in range(runs):
        wealth = EVEN
        for _ in range(150):
            pi, error = (audited, 0.05) if dice.random() < 0.5 else (1.0, 0.15)
            if dice.random() >= pi:
                continue
            wealth = bet(wealth, won[pi, float(dice.random() < error)])
            if odds(wealth) >= BAR:
                opened += 1
                break

    assert opened / runs <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / runs)


def test_evidence_stays_a_number_however_good_a_category_is() -> None:
    """After 10,000 agreements too."""
    won = stakes(alpha=0.1, loss=0, pi=1, pi_min=1)

    assert math.isfinite(odds(tuple(10_000 * step for step in won)))


def test_rungs_hold_the_shares_they_are_named_for() -> None:
    """30, 40, … 90 % of the warm-up, and everything."""
    scores = tuple(repr(at / 128) for at in range(WARM_UP))

    cuts = cuts_of(scores)

    assert len(cuts) == RUNGS
    assert [above(scores, cut) for cut in cuts] == [30, 40, 50, 60, 70, 80, 90, 100]


def test_cases_that_score_alike_are_on_the_same_side() -> None:
    """Agents like round numbers: 60 of 100 say .95, and 0.1 + 0.2 is not .3."""
    scores = ("0.95",) * 60 + (repr(0.1 + 0.2),) * 40

    cuts = cuts_of(scores)

    assert cuts == ("0.95",) * 4 + (repr(0.1 + 0.2),) * 3 + ("-inf",)
    assert [above(scores, cut) for cut in cuts] == [60] * 4 + [100] * 4


def test_a_measured_rate_makes_up_for_what_was_not_looked_at() -> None:
    """Four wrong among 40 that were all seen, one among 10 of 100: 14 of 140."""
    tally = Tally()
    for loss in [1.0] * 4 + [0.0] * 36:
        tally = tally.add(loss=loss, pi=1, audit=False)
    for loss in [1.0] + [0.0] * 9:
        tally = tally.add(loss=loss, pi=0.1, audit=True)

    found = tally.rate

    assert found is not None
    assert found.rate == pytest.approx(14 / 140)
    assert (found.reviewed, found.audits) == (50, 10)
    assert found.low < 0.05
    assert 0.2 < found.high < 0.4
    assert Tally().rate is None


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [(0.0, 10, 0.0, 0.2775), (0.1, 50, 0.0435, 0.2136), (1.0, 20, 0.8389, 1.0)],
)
def test_wilsons_interval(share: float, n: float, low: float, high: float) -> None:
    """As tables have it."""
    assert wilson(share, n) == pytest.approx((low, high), abs=1e-4)


def rings_after(error: float, alpha: float, dice: Random, most: int) -> int:
    """How many audited labels until the alarm."""
    sums = CALM
    for label in range(1, most):
        sums = heard(sums, alpha=alpha, loss=float(dice.random() < error))
        if loudness(sums) >= ALARM:
            return label
    return most


def test_a_category_at_its_target_is_seldom_closed_by_mistake() -> None:
    """At most once in 200 audited labels on average; in truth far less often."""
    dice = Random("calm")

    runs = [rings_after(0.05, 0.05, dice, most=600) for _ in range(30)]

    assert mean(runs) >= 200


def test_a_category_that_has_gone_bad_is_closed_soon() -> None:
    """At 30 % errors within 40 audited labels, nine times of ten."""
    dice = Random("storm")

    runs = [rings_after(0.30, 0.05, dice, most=200) for _ in range(150)]

    assert quantiles(runs, n=10)[-1] <= 40


def test_the_coin_has_the_share_it_was_given_and_is_never_tossed_again() -> None:
    """For every category and purpose; at 0 it never and at 1 always comes up."""
    for pi in (0.05, 0.3):
        for kind in ("refund", "faq"):
            cases = [f"{kind}-{at}" for at in range(4000)]
            fell = [toss(b"secret", case, pi) for case in cases]
            assert fell == [toss(b"secret", case, pi) for case in cases]
            assert abs(mean(fell) - pi) <= 3 * math.sqrt(pi * (1 - pi) / len(fell))
    assert not any(toss(b"secret", f"{at}", 0) for at in range(200))
    assert all(toss(b"secret", f"{at}", 1) for at in range(200))
    both = [toss(b"s", f"{at}", 0.5) == toss(b"s", f"{at}", 0.5, "control") for at in range(2000)]
    assert 0.4 < mean(both) < 0.6
