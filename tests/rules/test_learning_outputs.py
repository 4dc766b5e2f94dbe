"""A day's plan, the coin that follows it, and rates over days whose plans differ."""

from __future__ import annotations

import math
from random import Random
from statistics import mean, stdev

import pytest

from bot.learning.coin import toss
from bot.learning.day_plan import MATURE, MATURE_FROM, NEW, DayPlan, Past, day_plans, first_plan
from bot.learning.sampling import Review, post_stratified
from bot.usecases.take_output import PURPOSE

SECRET = b"a secret for tests only"
SCORES = [at / 300 for at in range(300)]


def past(wrong: tuple[int, int, int], *, reviewed: int = 60, volume: int = 1000) -> Past:
    """A category of equal thirds with so many wrong in each."""
    lost, seen = wrong, reviewed // 3
    losses = [[1.0] * bad + [0.0] * (seen - bad) for bad in lost]
    volumes = (volume // 3, volume // 3, volume // 3)
    return Past(scores=SCORES, volumes=volumes, losses=(losses[0], losses[1], losses[2]))


def test_the_first_day_has_the_same_chance_for_all() -> None:
    """A tenth, or what the policy says; a third without cuts is the lowest."""
    plan = first_plan(None)

    assert plan.chances == (NEW, NEW, NEW)
    assert first_plan(0.3).chances == (0.3, 0.3, 0.3)
    assert first_plan(0.0).chances == (0.0, 0.0, 0.0)
    assert plan.stratum(0.9) == plan.stratum(None) == 0


def test_more_is_seen_where_more_was_wrong() -> None:
    """Within the category's own share, with three tenths of it everywhere."""
    plan = day_plans({"faq": past((10, 3, 0))}, {"faq": 0.2})["faq"]

    assert plan.cuts == (SCORES[100], SCORES[200])
    assert [plan.stratum(score) for score in (None, 0.1, 0.5, 0.9)] == [0, 0, 1, 2]
    assert plan.chances[0] > plan.chances[1] > plan.chances[2] >= 0.3 * 0.2
    assert mean(plan.chances) == pytest.approx(0.2)


def test_categories_without_a_share_of_their_own_have_one_together() -> None:
    """The new ones a tenth, and those that are known a twentieth: more of the worse one."""
    known = {"good": past((0, 0, 0)), "bad": past((12, 12, 12))}
    plans = day_plans({**known, "new": Past(volumes=(9, 0, 0))}, {"good": None})

    assert mean(plans["new"].chances[:1]) == pytest.approx(NEW)
    both = [*plans["good"].chances, *plans["bad"].chances]
    assert mean(both) == pytest.approx(MATURE)
    assert plans["bad"].chances[0] > plans["good"].chances[0] >= 0.3 * MATURE
    assert past((0, 0, 0)).reviewed == MATURE_FROM
    assert day_plans({"off": past((1, 1, 1))}, {"off": 0.0})["off"].chances == (0, 0, 0)


def test_the_coin_has_its_chance_whatever_the_text_says() -> None:
    """Within three standard deviations in each category and third, and alike for what is unusual;
    the same id falls the same for ever.
    """
    plan, dice = DayPlan(cuts=(0.4, 0.7), chances=(0.3, 0.1, 0.05)), Random("coin")
    tossed: dict[tuple[str, int, bool], list[bool]] = {}
    for number in range(30_000):
        category, odd = dice.choice("ab"), dice.random() < 0.3
        third = plan.stratum(dice.random())
        case = f"{category}-bot chat-{number}/turn-{'unusual' if odd else 1}"
        fell = toss(SECRET, case, plan.chances[third], PURPOSE)
        assert fell == toss(SECRET, case, plan.chances[third], PURPOSE)
        tossed.setdefault((category, third, odd), []).append(fell)

    assert len(tossed) == 12
    for (_, third, _), fell in tossed.items():
        chance = plan.chances[third]
        sd = math.sqrt(chance * (1 - chance) / len(fell))
        assert abs(mean(fell) - chance) < 3.5 * sd


@pytest.mark.parametrize("overall", [0.02, 0.06, 0.20])
def test_a_period_of_several_plans_is_estimated_without_bias(overall: float) -> None:
    """On one day much is wrong and much is looked at, on the next neither: each counts 1/pi."""
    dice, draws = Random(f"days {overall}"), 250
    off, covered = [], 0
    days = [(0.30, overall * 1.6), (0.06, overall * 0.4)]
    for _ in range(draws):
        outputs = [
            (third, pi, float(dice.random() < rate * (1.5, 1.0, 0.5)[third]))
            for pi, rate in days
            for third in range(3)
            for _ in range(400)
        ]
        truth = mean(loss for *_, loss in outputs)
        seen = [
            Review(stratum=third, pi=pi, loss=loss)
            for third, pi, loss in outputs
            if dice.random() < pi
        ]
        found = post_stratified(seen, dict.fromkeys(range(3), 800))
        assert found is not None
        off.append(found.rate - truth)
        covered += found.low <= truth <= found.high

    assert abs(mean(off)) < 3 * stdev(off) / math.sqrt(draws)
    assert covered / draws >= 0.93
