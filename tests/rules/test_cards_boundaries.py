"""Why a learned boundary holds a case, as people read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import wording_boundaries as wording
from bot.cards import wording_confidence
from bot.cards.around import Around
from bot.cards.boundary_lines import boundary_lines
from bot.cards.escalation_card import card
from bot.domain.boundary import Held, Judged, OnCard, Override
from bot.domain.review import Verdict
from bot.domain.scored_case import ScoredCase
from bot.learning.boundaries import NEIGHBOURS, Judgement
from bot.learning.neighbours import Similar
from bot.usecases.boundary_on_card import override_of
from bot.usecases.judge_case import as_control, held_in
from tests.rules.judge import OUR_CARDS, judge_message
from tests.rules.making import NOW, human, make_decision, make_escalation
from tests.world import words_in

CARD = OUR_CARDS + "C01/p1"
HELD = Held(
    p=0.41,
    usual=0.06,
    because=(
        ("argument:amount[500–700]", 1.12),
        ("tool=issue_refund & argument:amount[500–700]", 0.8),
    ),
    similar=("esc_1", "esc_2"),
)
ANA = Override(
    id="esc_1",
    permalink=CARD,
    who=human("Ana"),
    at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC),
    why="VAT missing",
)


def links(piece: Any) -> list[tuple[str, str]]:
    if isinstance(piece, list):
        return [one for item in piece for one in links(item)]
    if not isinstance(piece, dict):
        return []
    mine = [(piece["url"], piece["text"])] if piece.get("type") == "link" else []
    return mine + [one for item in piece.values() for one in links(item)]


def test_a_card_says_it_in_three_lines() -> None:
    """How likely, why, and which overrides it is like; with links, and what people said then."""
    seen = OnCard(held=HELD, overrides=(ANA, Override(id="esc_2", permalink=None)))
    around = Around(now=NOW, boundary=seen, timezone="Europe/Berlin")
    question = make_escalation()

    shown = card(question, around)
    judge_message(shown.text, shown.blocks)
    told, row = boundary_lines(question, around)

    assert words_in(told) == [
        "Held by learned boundary: an estimated 41\xa0% chance of override (usual 6\xa0%).",
        "\nBecause: amount 500–700 +1.1, tool issue_refund with amount 500–700 +0.8",
        "\nSimilar to ",
        "an override (Ana, 4 Mar: “VAT missing”) ",
        " and ",
        "another one esc_2",
    ]
    assert links(told) == [(CARD, "Open it")]
    assert words_in(row) == ["Not similar"]


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (OnCard(held=replace(HELD, because=())), ["an estimated 41\xa0%"]),
        (OnCard(held=replace(HELD, by_rule=True, because=())), ["not long ago", "the same tool"]),
        (OnCard(held=HELD, overrides=(replace(ANA, why=None),)), ["(Ana, 3 Mar)"]),
        (OnCard(held=HELD, overrides=(ANA,), unlike=True), ["that is no reason any more"]),
    ],
)
def test_it_says_what_is_known(seen: OnCard, said: list[str]) -> None:
    """One override, no reason worth a figure, no word of whoever overrode, and a person's no."""
    shown = "".join(words_in(boundary_lines(make_escalation(), Around(now=NOW, boundary=seen))))

    assert all(one in shown for one in said)
    assert ("Not similar" in shown) == bool(seen.overrides and not seen.unlike)


def test_nothing_is_said_of_what_no_boundary_holds() -> None:
    """The card is as it was."""
    assert boundary_lines(make_escalation(), Around(now=NOW)) == []


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("category=refund & score[7]", "category refund with a score of 0.88–1.00"),
        ("hours[6–12]", "asked at 6–12 o'clock"),
        ("team=shop", "agent shop"),
        ("argument:currency=EUR", "currency EUR"),
        ("word:vat", "the word “vat”"),
        (NEIGHBOURS, "similar cases"),
        ("tool=x & score[y]", "tool x with score y"),
    ],
)
def test_a_feature_in_words(feature: str, said: str) -> None:
    """As people would say it."""
    assert wording.feature(feature) == said


@given(st.text())
def test_any_feature_can_be_said(name: str) -> None:
    """Tools and arguments are named by agents."""
    assert isinstance(wording.feature(name), str)


def test_an_override_is_told_by_who_said_so() -> None:
    """Before it went out or afterwards; by nobody where their word is gone."""
    decided = make_escalation(status="decided", decision=make_decision(type="reject", comment="No"))
    by_rule = make_escalation(
        status="decided",
        decision=make_decision(decided_by=human(type="rule", id="trust")),
        permalink=CARD,
    )
    verdict = Verdict(correct=False, actor=human("Bob"), at=NOW, correction="It is 24 months.")

    assert override_of(decided, None).why == "No"
    assert override_of(by_rule, verdict).why == "It is 24 months."
    assert override_of(by_rule, None).who is None
    assert override_of(make_escalation(), None).at is None


def test_reasons_are_what_speaks_for_an_override() -> None:
    """The largest first; an approval's reasons are none."""
    found = Judgement(
        category="refund", p=0.5, by_score=0.1, usual=0.1,
        contributions=(("a=x", -2.0), ("b=y", 1.0), (NEIGHBOURS, 0.5)), bias=-2.2,
        similar=tuple(Similar(f"esc_{at}", overridden=True, similarity=0.9) for at in range(3)),
        forces=True, rule=None,
    )  # fmt: skip

    assert held_in(found).because == (("b=y", 1.0), (NEIGHBOURS, 0.5))
    assert held_in(found).similar == ("esc_0", "esc_1")


def test_one_in_ten_is_a_control() -> None:
    """Of those that are held; its card says something that is true and tells nothing."""
    judged = Judged(features={}, p=0.5, by_score=0.1, held=HELD)
    tossed = [as_control(judged, b"secret", f"esc_{at}").held for at in range(500)]
    case = ScoredCase(
        category="refund", score=0.9, scorer="v1", threshold=0.8, held="boundary",
        judged=replace(judged, held=replace(HELD, control=True)),
    )  # fmt: skip

    assert 30 < sum(one is not None and one.control for one in tossed) < 70
    assert as_control(replace(judged, held=None), b"secret", "esc_1").held is None
    assert (
        wording_confidence.held(case, "low") == "asked to check what was learned of category refund"
    )
    told = replace(case, judged=judged)
    assert "held by the learned boundary" in wording_confidence.held(told, "low")


def test_stats_say_whether_it_speaks() -> None:
    """Silent, switched off or on; and how often it was right."""
    cold = wording.standing(12, 1, cold=True, beats_score=True)
    off = wording.standing(90, 9, cold=False, beats_score=False)
    on = wording.standing(90, 9, cold=False, beats_score=True)

    assert "12 of 50 answers, 1 of 5 overrides" in cold
    assert "switched off" in off
    assert ": on." in on
    assert wording.measured((0, 0), (0, 0)) == ""
    assert wording.measured((9, 4), (0, 0)) == (
        "Of 9 that it held and people answered, they overrode 4."
    )
    assert wording.measured((9, 4), (2, 1)) == (
        "Of 11 that it held and people answered, they overrode 5; of the 2 whose card said nothing "
        "of it, 1."
    )
