"""The weekly report says what its numbers allow, to eyes, to screen readers and to terminals."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import date

import pytest

from bot.cards import wording_charts, wording_report
from bot.cards.charts import draw
from bot.cards.report_card import report_card, report_in_text
from bot.domain import review_finding
from bot.domain.report import (
    CategoryInReport,
    Change,
    FindingInReport,
    Report,
    Reviewed,
    Share,
    Turn,
    TypeOfError,
    WeekOfAnswers,
    WeekOfErrors,
    changed,
)
from tests.rules.judge import judge_message
from tests.rules.reporting import MONDAY, SUNDAY, full_report

HOSTILE = "<!channel> & $\\frac{1}{0}$ *b*\u202e" + "w" * 80
EMPTY = Report(first=date(2026, 11, 23), last=SUNDAY)


def summary(report: Report) -> str:
    return wording_report.plainly(wording_report.summary(report))


def test_three_sentences_come_first() -> None:
    """How much, how wrong, and what else there is to know first."""
    assert summary(full_report()) == (
        "Reviewed 212 of 4,310 outputs. Error rate 3.1 % [1.4–5.9], down from 8.8 % in the four "
        "weeks before. refund closed itself on Tue 24 Nov: reviews found too much that was wrong."
    )


@pytest.mark.parametrize(
    ("week", "before", "said"),
    [
        (None, None, "Error rate: n too small (212 reviewed, 15 are needed)."),
        ((0.031, 0.014, 0.059), None, "; too few were reviewed in the four weeks before"),
        ((0.031, 0.014, 0.059), (0.04, 0.02, 0.07), "no evidence yet that it is another than"),
        ((0.131, 0.1, 0.17), (0.04, 0.02, 0.06), ", up from 4 %"),
    ],
)  # fmt: skip
def test_a_rate_is_said_only_where_there_is_one(
    week: tuple[float, ...] | None, before: tuple[float, ...] | None, said: str
) -> None:
    """And a change only where its interval leaves out 0."""

    def share(three: tuple[float, ...] | None) -> Share | None:
        return None if three is None else Share(rate=three[0], low=three[1], high=three[2])

    report = replace(
        full_report(),
        week=Reviewed(outputs=1, reviewed=212, errors=share(week)),
        before=Reviewed(outputs=1, reviewed=200, errors=share(before)),
    )

    assert said in summary(report)
    assert "of 1 output." in summary(report)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ([], "No category has a target for what people see."),
        ([0.1], "People saw as much of each category as its target says."),
        ([0.5], "People saw too many: 50 %, target 5–15 % of c0."),
        ([0.5, 0.01], "of c0, and 1 more are off their targets."),
    ],
)
def test_without_news_it_says_what_people_saw(rates: list[float], said: str) -> None:
    rows = tuple(
        CategoryInReport(
            name=f"c{at}", cases=1, escalation_rate=rate, band=(0.05, 0.15), state="person"
        )
        for at, rate in enumerate(rates)
    )

    assert said in summary(replace(EMPTY, categories=rows))


def test_every_number_stands_in_words() -> None:
    """In the message and on a terminal: types, categories, answers, findings and whose they are."""
    names = {"U01ALICE": "Alice <!here>"}
    card = report_card(full_report(), pictures="owed", names=names)
    text = report_in_text(replace(full_report(), category="faq"), names)

    judge_message(card.text, card.blocks)
    for words in (str(card.blocks), text):
        assert "Weekly report · 23 Nov – 29 Nov" in words
        assert "Accuracy: 4 found, 1.9 % [0.5–3.9]" in words
        assert "In the four weeks before: 8.8 % [7.1–10.7] on 800 reviewed" in words
        assert (
            "refund: 2,100 cases, people saw 12 %, target 5–15 %. By itself: 0.83 and more, until "
            "29 Jan, evidence 24:1" in words
        )
        assert "seen once: 1 case, people saw 100 %, no target. By itself: not in the pol" in words
        assert "2 more categories had fewer cases" in words
        assert "This week 87 answers: half within 7 min, nine of ten within 31 min" in words
        assert "The week before 86 answers" in words
        assert "open: Accuracy · faq · the prompt · 4 errors · Alice <!here> · due 3 Dec" in words
        assert (
            "nobody owns it · 11 of 12 tried again are right now · 8 % [5–12] → 2 % [1–4]," in words
        )
    ids = [block["block_id"] for block in card.blocks if block["type"] == "actions"]
    assert ids == ["fin_1|open", "fin_2|fixed"]
    assert "faq began to go out by itself on Thu 26 Nov." in text
    assert "Only of category faq" in text
    by_hand = Turn(category="faq", at=MONDAY, closed_by="complaint")
    assert wording_report.turn(by_hand) == "faq closed on Mon 30 Nov: a person has closed it."
    assert "<!here>" not in card.text
    assert "The charts follow." in str(card.blocks)


def test_an_empty_week_is_told_too() -> None:
    """Nothing was reviewed, nobody answered, nothing is open; and it may come late."""
    card = report_card(EMPTY, pictures="owed", names={}, made_late=True)

    judge_message(card.text, card.blocks)
    assert "Nothing was reviewed." in str(card.blocks)
    assert "No finding is open." in str(card.blocks)
    assert "It comes late" in str(card.blocks)
    assert EMPTY.charts == ()
    assert EMPTY.change is None


def test_pictures_stand_in_it_with_the_same_in_words() -> None:
    """Once Slack has them; without them it says so."""
    files = [f"F{at}AAAAAAAA" for at in range(5)]
    shown = report_card(full_report(), pictures="shared", files=files, names={})
    failed = report_card(full_report(), pictures="failed", files=files, names={})

    judge_message(shown.text, shown.blocks)
    images = [block for block in shown.blocks if block["type"] == "image"]
    assert [image["slack_file"]["id"] for image in images] == files
    assert "23 Nov 3.1 % [1.4–5.6] of 200" in images[0]["alt_text"]
    assert "16 Nov n too small (9)" in images[0]["alt_text"]
    assert "accuracy: 4 found, 1.9 % [0.5–3.9]" in images[1]["alt_text"]
    assert "faq: too many: 31 %, target 5–15 %" in images[2]["alt_text"]
    assert "refund: 0.83 and more, until 29 Jan; faq: gathering" in images[3]["alt_text"]
    assert "23 Nov half within 7 min, nine of ten within 31 min" in images[4]["alt_text"]
    assert not [block for block in failed.blocks if block["type"] == "image"]
    assert "could not be made this time" in str(failed.blocks)


def test_names_and_titles_are_only_words() -> None:
    """Whatever agents call a category, it pings nobody and bursts nothing."""
    row = CategoryInReport(
        name=HOSTILE, cases=3, escalation_rate=None, band=None, state="fixed", threshold=0.0
    )
    report = replace(
        full_report(),
        category=HOSTILE,
        categories=(row,) * 8,
        more_categories=0,
        turns=(Turn(category=HOSTILE, at=MONDAY, closed_by="<!here>"),) * 5,
        findings=(FindingInReport(id="f", title=HOSTILE * 9, state="verified", owner="U1"),) * 20,
    )
    card = report_card(report, pictures="shared", files=["F1AAAAAAAA"] * 5, names={"U1": HOSTILE})

    judge_message(card.text, card.blocks)
    assert "<!" not in card.text
    assert "12 more" in str(card.blocks)
    assert "By itself: all of it, set in the policy" in str(card.blocks)
    assert all(len(wording_charts.alt_text(chart, report)) <= 1000 for chart in report.charts)


@pytest.mark.parametrize(
    ("change", "how"),
    [("fell", "it fell"), ("rose", "it rose"), ("unclear", "no evidence yet"),
     (None, "no evidence yet that it helped")],
)  # fmt: skip
def test_a_fix_helped_where_that_can_be_told(change: Change | None, how: str) -> None:
    rate = None if change is None else Share(rate=0.05, low=0.02, high=0.1)
    fixed = FindingInReport(
        id="f", title="t", state="fixed", before=rate, after=rate, change=change
    )

    assert wording_report.finding(fixed, "t", None).endswith(how)


@pytest.mark.parametrize(
    ("low", "high", "how"), [(-0.1, -0.01, "fell"), (0.01, 0.1, "rose"), (-0.1, 0.1, "unclear")]
)
def test_an_interval_that_leaves_out_0_is_evidence(low: float, high: float, how: str) -> None:
    rate = review_finding.Share(rate=0.1, low=0.05, high=0.2, reviewed=99)
    change = (low + high) / 2

    found = review_finding.Change(before=rate, after=rate, change=change, low=low, high=high)

    assert found.how == how


def test_a_rate_of_nothing_is_no_proof() -> None:
    """0 of 40 after 1 of 40 is no evidence that anything fell: Wilson's intervals say so."""
    none, one = Share(rate=0, low=0, high=0.088), Share(rate=0.025, low=0.004, high=0.129)

    assert changed(one, none) == "unclear"
    assert wording_charts.few(0).strip() == "none reviewed"


def test_a_week_without_answers_is_told() -> None:
    first = WeekOfAnswers(began=SUNDAY, count=1, half_seconds=60, most_seconds=90)
    gap = WeekOfAnswers(began=SUNDAY)

    assert wording_report.answers([gap, first, gap]) == [
        "This week nobody answered",
        "The week before 1 answer: half within 1 min, nine of ten within 1 min",
    ]


def test_the_operators_hear_why() -> None:
    """Where it cannot be posted, and where its pictures are missing; in words that ping nobody."""
    nowhere = wording_report.not_posted("#<!here>", "not_in_channel")
    bare = wording_report.no_pictures(wording_report.not_sent("file_uploads_disabled"))

    assert "#&lt;!here&gt; (not_in_channel). Invite the bot there" in nowhere
    assert "Slack did not take them (file_uploads_disabled). Its numbers are all there." in bare


def _size(png: bytes) -> tuple[int, ...]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return struct.unpack(">II", png[16:24])


def test_the_charts_can_be_drawn() -> None:
    """As wide as a phone can show sharply, the same bytes each time, whatever names are called."""
    report = full_report()
    hostile = replace(
        report,
        categories=(
            replace(report.categories[0], name=HOSTILE, escalation_rate=None),
            *report.categories[4:],
        ),
        types=(TypeOfError(type="tone", count=1),),
        weeks=(WeekOfErrors(began=SUNDAY, seen=Reviewed()),),
        answers=(WeekOfAnswers(began=SUNDAY), *report.answers[:1]),
    )  # fmt: skip

    drawn = {chart: draw(chart, report) for chart in report.charts}
    again = draw("answers", report)

    assert {_size(png)[0] for png in drawn.values()} == {1000}
    assert all(_size(png)[1] <= 800 for png in drawn.values())
    assert again == drawn["answers"]
    assert all(len(png) < 150_000 for png in drawn.values())
    for chart in report.charts:
        assert _size(draw(chart, hostile))[0] == 1000


def test_only_what_there_is_to_show_is_drawn() -> None:
    """A category that people see all of has nothing that goes out by itself, and so on."""
    report = full_report()
    seen_by_people = replace(report, categories=report.categories[3:], types=report.types[3:])

    assert report.charts == ("errors", "types", "seen", "by_itself", "answers")
    assert seen_by_people.charts == ("errors", "seen", "answers")
