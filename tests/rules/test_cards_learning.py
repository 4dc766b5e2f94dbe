"""What is said of categories that learn: never more than the evidence allows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import names, wording_learning
from bot.cards.category_form import category_form, read_category_form
from bot.cards.quarter_card import quarter_card
from bot.cards.states import FormError
from bot.cards.stats_answer import Line, stats_answer
from bot.domain.category import Closing, Learned, Measured
from bot.usecases.quarterly_review import quarter_of
from tests.rules.judge import judge_message, judge_view, texts

ENDS = datetime(2026, 9, 30, tzinfo=UTC)
RATE = Measured(rate=0.018, low=0.006, high=0.041, reviewed=212, audits=38)


def make_learned(**over: Any) -> Learned:
    fields: dict[str, Any] = {
        "name": "refund_small",
        "phase": "open",
        "epoch": 2,
        "cut": 0.83,
        "share": 70,
        "alpha": 0.10,
        "evidence": 24.6,
        "measured": RATE,
        "audit_rate": 0.1,
        "ends": ENDS,
        "missing": 0.0,
        "warming": 1.0,
    }
    return Learned(**(fields | over))


def test_an_open_category_says_what_its_evidence_says() -> None:
    """The form of the specification: what goes out, the odds, the measure, and when it ends."""
    assert wording_learning.in_words(make_learned()) == [
        "Delivering what is sure enough: what scores 0.83 or more (70 % of its first cases).",
        "Evidence 24:1 that at most 10 % would be overridden.",
        "Measured 1.8 % [0.6–4.1 %] on 212 reviewed, 38 of them by chance.",
        "Afterwards 10 % of what goes out is reviewed by chance.",
        "Ends 30 Sep 2026 or at the drift alarm.",
    ]


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"phase": "warming", "cut": None, "ends": None, "measured": None, "warming": 0.4},
         "40 of the first 100 cases are in."),
        ({"phase": "gathering", "cut": None}, "Gathering evidence; people see all of it."),
        ({"cut": float("-inf"), "share": 100}, "Delivering what is sure enough: all of its cases."),
        ({"evidence": 1e12}, "Evidence more than 1000:1 that at most 10 % would be overridden."),
        ({"missing": 0.25},
         "Not enough answers: nobody judged 25 % of what was asked, so it stays."),
        ({"measured": Measured(rate=0, low=0, high=0.3, reviewed=10, audits=0)},
         "Measured 0 % [0–30 %] on 10 reviewed."),
        ({"phase": "suspicious"},
         "Delivering, and every delivery is reviewed: reviews found more wrong than usual: what "
         "scores 0.83 or more (70 % of its first cases)."),
        ({"phase": "closed", "cut": None},
         "Closed; people see all of it, and evidence is gathered anew."),
        ({"phase": "frozen"},
         "Frozen by an admin; people see all of it: what scores 0.83 or more (70 % of its first "
         "cases)."),
    ],
)  # fmt: skip
def test_each_state_has_its_words(over: dict[str, Any], words: str) -> None:
    """And none of them is a promise about a single case."""
    assert words in wording_learning.in_words(make_learned(**over))


def test_a_risk_that_never_opens_has_no_evidence() -> None:
    """There is nothing that the odds could be about."""
    assert wording_learning.evidence(make_learned(alpha=None)) is None


@given(
    st.sampled_from(["warming", "gathering", "open", "suspicious", "closed", "frozen",
                     "always_ask"]),
    st.floats(0, 1), st.floats(0, 1), st.floats(1, 1e300), st.none() | st.floats(0, 1),
)  # fmt: skip
def test_nothing_says_how_often_it_is_right(
    phase: Any, alpha: float, missing: float, evidence: float, cut: float | None
) -> None:
    """No "accurate", no "correct", no "guaranteed", whatever the numbers are."""
    seen = make_learned(phase=phase, alpha=alpha, missing=missing, evidence=evidence, cut=cut)
    words = " ".join(wording_learning.in_words(seen)).lower()

    assert not [bad for bad in ("accura", "correct", "guarant", "safe", "certain") if bad in words]


def test_operators_hear_what_has_opened_and_closed() -> None:
    """With the last cases that were wrong, where there are some; in the complaint's own words."""
    closing = Closing(reason="alarm", at=ENDS, epoch=2, cases=("esc_1", "esc_2"), said="")
    opened = wording_learning.opened(make_learned(audit_rate=0.3))

    assert "now delivers what scores 0.83 or more (70 % of its first cases) by itself" in opened
    assert "Afterwards 30 % of what goes out is reviewed by chance" in opened
    assert wording_learning.opened(make_learned(measured=None, ends=None))
    assert "reviews found too much that was wrong" in wording_learning.closed("faq", closing)
    assert "The last that were wrong: esc_1, esc_2." in wording_learning.closed("faq", closing)
    complaint = Closing(reason="complaint", at=ENDS, epoch=2, cases=(), said="It insulted someone")
    assert "any more: It insulted someone." in wording_learning.closed("faq", complaint)
    assert "every delivery is reviewed" in wording_learning.doubted("faq")
    assert wording_learning.of_version("faq-bot", "") == "faq-bot"


def test_the_quarter_has_a_row_for_each() -> None:
    """What is proposed depends on whether it is open, stands with the others, and is answered."""
    rows = [
        (make_learned(name="keeps"), True),
        (make_learned(name="alone"), False),
        (make_learned(name="asks", cut=None, phase="gathering"), False),
        (make_learned(name="silent", missing=0.3), False),
        *((make_learned(name=f"more {at}"), True) for at in range(10)),
    ]
    card = quarter_card("2026 Q4", rows)
    words = "\n".join(texts(card.blocks))

    judge_message(card.text, card.blocks)
    assert "2026 Q4: 14 categories that learn" in words
    for said in ("stands up together", "start anew", "Proposed: nothing", "see that its cards"):
        assert said in words
    assert "2 more" in words
    assert "1 category that learns" in quarter_card("2026 Q4", rows[:1]).text


def test_a_quarter_begins_at_nine_where_the_policy_is() -> None:
    """In whatever zone; the moment before belongs to the one before."""
    berlin = ZoneInfo("Europe/Berlin")

    assert quarter_of(datetime(2026, 11, 29, 20, 0, tzinfo=berlin)) == datetime(
        2026, 10, 1, 9, 0, tzinfo=berlin
    )
    assert quarter_of(datetime(2026, 1, 1, 0, 0, tzinfo=UTC)) == datetime(2026, 1, 1, 9, tzinfo=UTC)


def test_stats_of_one_category_show_how_it_stands() -> None:
    """Its reason where an admin has ordered something; the button for admins only."""
    line = Line(category="refund_small", asked=4, by_rule=1, agreed=3, refused=0, expired=0,
                open=0, median=timedelta(minutes=3))  # fmt: skip
    frozen = make_learned(phase="frozen", order="Until the audit is over.")
    admin = stats_answer([line], whole=True, most=9, learned=frozen, may_order=True)
    other = stats_answer([], whole=True, most=9, learned=make_learned())

    for card in (admin, other):
        judge_message(card.text, card.blocks)
    assert "Until the audit is over." in texts(admin.blocks)
    assert "Change…" in texts(admin.blocks)
    assert "Change…" not in texts(other.blocks)


def filled(order: str, reason: str) -> dict[str, Any]:
    return {
        names.ORDER: {names.INPUT: {"selected_option": {"value": order}}},
        names.REASON: {names.INPUT: {"value": reason}},
    }


def test_the_form_offers_what_makes_sense_now() -> None:
    """And takes nothing without a reason."""
    for phase, orders in (
        ("open", ("freeze", "always_ask", "reset")),
        ("frozen", ("unfreeze", "reset")),
        ("always_ask", ("as_learned", "reset")),
    ):
        seen = make_learned(phase=phase)
        judge_view(category_form(seen))
        assert seen.orders == orders
    assert read_category_form(filled("freeze", " Because. ")) == ("freeze", "Because.")
    for order, reason, wrong in (
        ("melt", "x", {"order"}),
        ("freeze", "\u200b", {"reason"}),
        ("x", "\x00", {"order", "reason"}),
    ):
        with pytest.raises(FormError) as refused:
            read_category_form(filled(order, reason))
        assert set(refused.value.errors) == wrong
