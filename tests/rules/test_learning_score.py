"""The score of a case: confidence and signals as one number."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.learning.score import SCORES
from bot.learning.terms import TERMS

V1 = SCORES["v1"]
NAMES = ("self_consistency", "source_coverage", "out_of_distribution", "ood", "mood")
share = st.floats(0, 1)


@pytest.mark.parametrize(
    ("confidence", "signals", "score"),
    [
        (0.72, {}, 0.72),
        (0.9, {"self_consistency": 0.6}, 0.72),
        (1.0, {"source_coverage": 0.5, "self_consistency": 1.0}, 0.75),
        (0.8, {"out_of_distribution": 0.5, "ood": 0.1}, 0.6),
        (0.8, {"mood": 0.0}, 0.8),
        (1.7, {"source_coverage": 7.0}, 1.0),
        (math.nan, {}, 0.0),
        (1.0, {"ood": math.nan, "source_coverage": math.nan}, 0.25),
    ],
)
def test_the_first_score_is_frozen(
    confidence: float, signals: dict[str, float], score: float
) -> None:
    """These numbers may never change; a better score is `v2`."""
    assert V1(confidence, signals) == pytest.approx(score, abs=1e-15)


@given(share, share, st.dictionaries(st.sampled_from(NAMES), share), st.sampled_from(NAMES), share)
def test_better_signs_never_lower_a_score(
    confidence: float, other: float, signals: dict[str, float], name: str, sign: float
) -> None:
    """And none raises it above the stated confidence."""
    score = V1(confidence, signals)

    assert 0 <= score <= confidence
    assert V1(min(confidence, other), signals) <= V1(max(confidence, other), signals)
    before, later = (V1(confidence, {**signals, name: at}) for at in sorted((sign, other)))
    assert before >= later if name.startswith("o") else before <= later


def test_more_risk_never_asks_for_less_evidence() -> None:
    """Nothing is delivered of what is critical, and a category of high risk never wholly."""
    low, medium, high, critical = TERMS.values()

    assert low.alpha_partial > medium.alpha_partial > high.alpha_partial  # type: ignore[operator]
    assert low.alpha_full > medium.alpha_full  # type: ignore[operator]
    assert high.alpha_full is critical.alpha_partial is critical.alpha_full is None
    assert low.bar == medium.bar == 20
    assert high.bar == 50
    assert all(terms.audit_mature >= 0.05 for terms in TERMS.values())
