"""Learned boundaries: what people overrode is asked, with the reason; nothing is released."""

from __future__ import annotations

import math
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning import neighbours
from bot.learning.boundaries import NEIGHBOURS, Boundaries, Example, Judgement
from bot.learning.features import WORD, Case, features_of, pattern_of, range_of, sure_part
from bot.learning.neighbours import Neighbours, rate_of
from bot.learning.regression import PRIOR, Regression, logit
from tests.rules.learning import START

REFUND = Case(
    category="refund",
    score=0.9,
    tool="issue_refund",
    facts={"currency": "EUR"},
    numbers={"amount": 640},
    team="shop",
    hour=14,
    text="VAT is missing, VAT!",
    anomaly="longer than usual",
)


def case(*, bad: bool, dice: Random | None = None, text: str = "") -> Case:
    """Large amounts are bad; the score does not know it."""
    amount = 640 if bad else 40
    score = dice.random() if dice else 0.9
    return Case(category="refund", score=score, tool="pay", numbers={"amount": amount}, text=text)


def example(at: int, of: Case, *, overridden: bool) -> Example:
    return Example(
        case=f"esc_{at}",
        category=of.category,
        features=features_of(of),
        overridden=overridden,
        at=START + timedelta(hours=at),
    )


def decide(boundaries: Boundaries, at: int, of: Case, *, overridden: bool) -> Judgement:
    one = example(at, of, overridden=overridden)
    judgement = boundaries.judge(one.category, one.features, one.at)
    boundaries.saw(judgement)
    boundaries.learn(one, judgement)
    return judgement


def taught(cases: int = 300, *, knows: bool = True) -> Boundaries:
    """One in twelve is bad, and people override it; or they override at random."""
    boundaries, dice = Boundaries(), Random("taught")
    for at in range(cases):
        bad = at % 12 == 5
        wrong = bad if knows else dice.random() < 0.25
        decide(boundaries, at, case(bad=bad, dice=dice), overridden=wrong)
    return boundaries


TAUGHT = taught()


def judged(boundaries: Boundaries, of: Case, *, days: float = 20) -> Judgement:
    return boundaries.judge(of.category, features_of(of), START + timedelta(days=days))


def test_a_case_has_its_features_by_name() -> None:
    """So that each reason can be read."""
    features = features_of(REFUND)

    assert list(features.items()) == [
        ("category=refund", 1),
        ("score[7]", 1),
        ("category=refund & score[7]", 1),
        ("tool=issue_refund", 1),
        ("currency=EUR", 1),
        ("amount[500–700]", 1),
        ("tool=issue_refund & amount[500–700]", 1),
        ("team=shop", 1),
        ("hours[12–18]", 1),
        ("anomaly=longer than usual", 1),
        ("word:is", 2 / math.sqrt(3)),
        ("word:missing", 2 / math.sqrt(3)),
        ("word:vat", 2 / math.sqrt(3)),
    ]
    assert list(features_of(Case(category="faq", score=0.5, numbers={"age": 30}))) == [
        "category=faq", "score[4]", "category=faq & score[4]", "age[30–50]",
    ]  # fmt: skip
    assert sure_part(features) == dict(list(features.items())[:3])
    assert "amount[500–700]" in pattern_of(features)
    assert not {"score[7]", "word:vat"} & pattern_of(features)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0, "0"), (1, "1–1.5"), (640, "500–700"), (500, "500–700"), (700, "700–1000"),
        (-3, "-3–5"), (0.25, "0.2–0.3"), (1e-9, "0–1e-06"), (8e12, "7e+12–"),
    ],
)  # fmt: skip
def test_a_number_has_its_range(number: float, name: str) -> None:
    """The same for ever, whatever other numbers come."""
    assert range_of(number) == name


def test_what_people_overrode_is_asked() -> None:
    """With the reasons and with the overrides that it is like."""
    bad, good = judged(TAUGHT, case(bad=True)), judged(TAUGHT, case(bad=False))

    assert bad.forces
    assert bad.p > 0.4 > bad.usual > good.p
    assert bad.rule is None
    assert not good.forces
    assert any("amount[500–700]" in name for name, _ in bad.contributions[:3])
    assert bad.similar
    assert all(one.similarity >= 0.5 and one.overridden for one in bad.similar)


@given(st.booleans(), st.text(st.sampled_from("vat is no "), max_size=30), st.floats(0, 1))
def test_the_reasons_sum_to_the_probability(bad: bool, text: str, score: float) -> None:
    """The card shows exactly what was computed."""
    of = Case(category="refund", score=score, numbers={"amount": 640 if bad else 7}, text=text)

    found = judged(TAUGHT, of)

    sums = found.bias + sum(part for _, part in found.contributions)
    assert sums == pytest.approx(logit(found.p), abs=1e-9)


def test_words_alone_force_nothing() -> None:
    """Whoever asks the agent may have chosen them: they weigh at most as much as all else."""
    boundaries = Boundaries()
    for at in range(200):
        wrong = at % 4 == 1
        decide(boundaries, at, case(bad=False, text="urgent" if wrong else ""), overridden=wrong)

    found = judged(boundaries, case(bad=False, text="urgent"))

    words = sum(part for name, part in found.contributions if name.startswith(WORD))
    others = sum(part for name, part in found.contributions if not name.startswith(WORD))
    assert words > 0
    assert abs(words) <= abs(others) + 1e-12


def test_at_most_a_tenth_of_a_category_is_forced() -> None:
    """The likeliest ones; where all look alike, none."""
    boundaries = taught()
    for _ in range(100):
        boundaries.saw(judged(boundaries, case(bad=True)))

    assert judged(boundaries, case(bad=True)).p > 0.4
    assert not judged(boundaries, case(bad=True)).forces


def test_a_boundary_that_is_no_better_than_the_score_is_off() -> None:
    """By what both had said of cases before they were decided."""
    useless = taught(400, knows=False)

    assert not useless.standing("refund").beats_score
    assert not any(judged(useless, case(bad=bad)).forces for bad in (True, False))
    assert TAUGHT.standing("refund").beats_score


def test_what_was_labelled_without_a_judgement_is_no_comparison() -> None:
    """It is learned from, though."""
    boundaries = Boundaries()
    for at in range(100):
        boundaries.learn(example(at, case(bad=at % 10 == 0), overridden=at % 10 == 0))

    record = boundaries.standing("refund")

    assert (record.labels, record.overrides, record.cold) == (100, 10, False)
    assert not record.beats_score
    assert judged(boundaries, case(bad=True)).p > 0.4
    assert not judged(boundaries, case(bad=True)).forces


def test_one_override_is_a_rule_while_little_is_known() -> None:
    """The same tool and the same kind of arguments are asked; anything else is not."""
    boundaries = Boundaries()
    decide(boundaries, 0, case(bad=True), overridden=True)

    same, other = judged(boundaries, case(bad=True)), judged(boundaries, case(bad=False))

    assert (same.forces, same.rule) == (True, "esc_0")
    assert (other.forces, other.rule) == (False, None)
    assert other.usual == pytest.approx(1.8 / 9)


def test_a_rule_of_one_override_ends() -> None:
    """After 30 days, ten approvals without another override, or when people say it is unlike."""

    def ruled() -> Boundaries:
        boundaries = Boundaries()
        decide(boundaries, 0, case(bad=True), overridden=True)
        return boundaries

    assert judged(ruled(), case(bad=True), days=29.9).forces
    assert not judged(ruled(), case(bad=True), days=30).forces
    approved = ruled()
    for at in range(1, 10):
        decide(approved, at, case(bad=True), overridden=False)
    assert judged(approved, case(bad=True)).forces
    decide(approved, 10, case(bad=True), overridden=False)
    assert not judged(approved, case(bad=True)).forces
    renewed = ruled()
    for at in range(1, 25):
        decide(renewed, at, case(bad=True), overridden=at == 9)
    assert not judged(renewed, case(bad=True)).forces
    unlike = ruled()
    unlike.not_similar("esc_7")
    assert judged(unlike, case(bad=True)).forces
    unlike.not_similar("esc_0")
    assert not judged(unlike, case(bad=True)).forces
    later = ruled()
    decide(later, 24 * 31, case(bad=False), overridden=False)
    assert "esc_0" not in later.to_json()


def test_an_override_that_is_unlike_is_named_no_more() -> None:
    """Nor does it speak as a neighbour; what was learned from it stays."""
    boundaries = Boundaries()
    for at in range(80):
        decide(boundaries, at, case(bad=at % 12 == 5), overridden=at % 12 == 5)
    before = judged(boundaries, case(bad=True))
    assert before.similar
    for one in before.similar:
        boundaries.not_similar(one.case)
    after = judged(boundaries, case(bad=True))

    assert after.similar == ()
    assert after.p < before.p
    assert dict(after.contributions)["amount[500–700]"] == pytest.approx(
        dict(before.contributions)["amount[500–700]"]
    )


def test_without_a_tool_one_override_is_no_rule() -> None:
    """Nothing but words would tell one case from another, and all of them would be asked."""
    boundaries = Boundaries()
    answer = Case(category="faq", score=0.9, text="Is it waterproof?")
    decide(boundaries, 0, answer, overridden=True)

    assert not judged(boundaries, answer).forces


def test_what_another_process_saw_counts() -> None:
    """Among the last cases, of which a tenth is forced at most."""
    boundaries = Boundaries()
    boundaries.saw_before("faq", [0.9] * 20)

    assert list(boundaries.standing("faq").last) == [0.9] * 20


def test_boundaries_survive_as_text() -> None:
    """With the reviewed cases, which are kept elsewhere, to the last bit."""
    boundaries = Boundaries()
    seen = []
    for at in range(80):
        one = example(at, case(bad=at % 12 == 5), overridden=at % 12 == 5)
        boundaries.learn(one, boundaries.judge("refund", one.features, one.at))
        seen.append(one)
    decide(boundaries, 80, Case(category="faq", score=0.3, tool="send"), overridden=True)
    boundaries.not_similar("esc_5")
    seen.append(example(80, Case(category="faq", score=0.3, tool="send"), overridden=True))

    again = Boundaries.from_json(boundaries.to_json(), seen)

    assert again.to_json() == boundaries.to_json()
    for of in (case(bad=True), case(bad=False), Case(category="faq", score=0.3, tool="send")):
        assert judged(again, of, days=4) == judged(boundaries, of, days=4)


def test_a_replay_forgets_what_is_left_out() -> None:
    """And learns the rest anew, with the same records."""
    examples = [
        example(at, case(bad=at % 10 == 0, text=f"order{at}"), overridden=at % 10 == 0)
        for at in range(100)
    ]

    kept = TAUGHT.replayed(examples)
    without = TAUGHT.replayed(one for one in examples if not one.overridden)

    assert judged(kept, case(bad=True)).p > 0.4
    assert judged(without, case(bad=True)).p < PRIOR
    assert judged(without, case(bad=True)).similar == ()
    assert "order7" not in kept.to_json()
    assert kept.standing("refund") == TAUGHT.standing("refund")


def test_only_the_last_reviewed_cases_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is rare about a case counts more than what all have."""
    monkeypatch.setattr(neighbours, "MOST", 3)
    found = Neighbours()
    for at, name in enumerate(("gold", "silver", "silver", "tin")):
        found.remember(f"esc_{at}", ["metal", name], overridden=at == 3)

    assert [one.case for one in found.nearest(["metal", "tin"])] == ["esc_3", "esc_2", "esc_1"]
    assert found.nearest(["gold"]) == ()
    assert found.nearest(["metal", "tin"])[0].similarity == pytest.approx(1)
    assert rate_of(found.nearest(["tin"])) > rate_of(()) == PRIOR


def test_a_regression_learns_what_it_is_told() -> None:
    """A feature without any meaning stays at nothing."""
    model = Regression()
    for at in range(200):
        wrong = at % 2 == 0
        model.learn({"a": float(wrong), "b": float(not wrong)}, overridden=wrong)

    assert model.p({"a": 1}) > 0.5
    assert model.p({"b": 1}) < PRIOR
    assert model.contributions({"c": 1}) == {}
    assert NEIGHBOURS not in model.state
