"""What reviews found wrong: one finding a kind, from its first error until it is mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import names
from bot.cards import wording_review_findings as wording
from bot.cards.finding_answer import finding_answer, findings_answer
from bot.cards.finding_forms import (
    Judged,
    Ownership,
    fix_form,
    own_form,
    read_fix,
    read_own,
    read_person,
    read_verify,
    verify_form,
)
from bot.cards.finding_rows import finding_rows
from bot.cards.states import FormError
from bot.domain.people import Named
from bot.domain.review_finding import (
    Change,
    FindingStateError,
    Kind,
    Objection,
    ReviewFinding,
    Share,
    Step,
    begin,
)
from bot.learning.sampling import Review as Rated
from bot.learning.sampling import post_stratified
from bot.store.review_findings import Error
from bot.usecases.finding_evidence import of_what_will_come, what_changed
from tests.rules.judge import judge_rows, judge_view, texts
from tests.rules.making import NOW, human
from tests.rules.test_cards_review import make_verdict

KIND = Kind(category="refund", error_type="accuracy", root_cause="prompt")
CAROL = Named(type="human", id="U03CAROL", display_name="Carol")
HOUR = timedelta(hours=1)


def error(**over: Any) -> Objection:
    fields: dict[str, Any] = {"kind": KIND, "severity": "major", "went_out_at": NOW, "at": NOW}
    return Objection(**(fields | over))


def make_finding(**over: Any) -> ReviewFinding:
    fields: dict[str, Any] = {
        "id": "fin_1",
        "kind": KIND,
        "route": "default",
        "severity": "major",
        "state": "open",
        "begun_at": NOW,
        "seen_at": NOW,
    }
    return ReviewFinding(**(fields | over))


def step(hours: float = 1, comment: str | None = "The prompt names the terms.") -> Step:
    return Step(actor=human("Carol"), at=NOW + HOUR * hours, comment=comment)


def said(one: ReviewFinding) -> str:
    return "\n".join(texts(finding_rows(one, NOW)))


def test_errors_of_a_kind_are_one_finding() -> None:
    """It counts them, keeps the worst, and knows the latest."""
    found = begin("fin_1", "default", error(severity="minor"))
    found = found.join(error(severity="critical", at=NOW + HOUR)).join(error(severity="minor"))

    assert (found.errors, found.severity, found.seen_at) == (3, "critical", NOW + HOUR)
    assert (found.state, found.owner, found.reopened) == ("open", None, 0)


def test_an_error_made_after_the_fix_opens_it_again() -> None:
    """One that had gone out before the fix says nothing of it, whenever somebody finds it."""
    fixed = make_finding().fix(step())
    older = fixed.join(error(went_out_at=NOW, at=NOW + 3 * HOUR))
    newer = older.join(error(went_out_at=NOW + 2 * HOUR, at=NOW + 3 * HOUR))
    verified = fixed.verify(step(2)).join(error(went_out_at=NOW + 2 * HOUR))

    assert (older.state, older.errors) == ("fixed", 2)
    assert (newer.state, newer.errors, newer.reopened) == ("open", 3, 1)
    assert (verified.state, verified.verified) == ("open", None)
    assert verified.join(error(went_out_at=NOW + 3 * HOUR)).reopened == 1


def test_it_is_mended_before_it_is_verified() -> None:
    """Each step once, in this order; and a person may open it again."""
    fixed = make_finding().fix(step())
    verified = fixed.verify(step(2))

    for wrong in (
        lambda: make_finding().verify(step()), lambda: make_finding().reopen(),
        lambda: fixed.fix(step()), lambda: verified.fix(step()), lambda: verified.verify(step()),
    ):  # fmt: skip
        with pytest.raises(FindingStateError):
            wrong()
    assert (verified.state, fixed.reopen().state, verified.reopen().reopened) == (
        "verified", "open", 1,
    )  # fmt: skip


def test_a_row_says_how_it_stands() -> None:
    """What kind, how often, how bad, whose it is, and what was done."""
    begun = said(make_finding())
    owned = said(make_finding(errors=14, reopened=2).own(CAROL, date(2026, 3, 1)))
    fixed = make_finding(kind=Kind(category="", error_type="tone", root_cause=None)).fix(step())
    verified = fixed.verify(step(2, None))

    assert "*Accuracy* · refund · the prompt" in begun
    assert "🔴 open · 1 error, major, " in begun
    assert "Nobody owns it yet." in begun
    assert "14 errors" in owned
    assert "came again twice" in owned
    assert "👤 Carol, due 1 Mar (late)" in owned
    assert "came again 3 times" in said(make_finding(reopened=3))
    assert "(late)" not in said(make_finding().own(CAROL, date(2026, 3, 2)))
    assert "due 9 Jan 2027" in said(make_finding().own(CAROL, date(2027, 1, 9)))
    assert "*Tone* · no category · cause not known" in said(fixed)
    assert "🔧 Fixed, says Carol, " in said(fixed)
    assert "“The prompt names the terms.”" in said(fixed)
    assert "✅ Verified by Carol" in said(verified)
    assert [len(finding_rows(one, NOW)) for one in (fixed, verified)] == [2, 1]


def test_the_answer_has_what_a_screen_holds() -> None:
    """The first few of many, and one with what second reviewers and corrections say."""
    many = [make_finding(id=f"fin_{at}") for at in range(12)]
    alice = human("Alice")
    wrong = make_verdict(correct=False, error_type="accuracy", severity="major")
    errors = [
        Error(review_id="rev_1", verdict=wrong, second=(alice, True)),
        Error(review_id="rev_2", verdict=wrong, second=(human("Bob"), False)),
        Error(
            review_id="rev_3",
            verdict=make_verdict(correct=False, correction="For a year only."),
            second=None,
        ),
    ]
    one = finding_answer(make_finding(), errors, [], NOW)
    listed = findings_answer(many, NOW)

    judge_rows(one)
    judge_rows(listed)
    words = "\n".join(texts(one.blocks))
    assert "Confirmed by Alice; a second reviewer did not agree with 1 error" in words
    assert "For a year only." in words
    assert "*12 findings*, the first 8" in texts(listed.blocks)
    assert "*1 finding*" in texts(findings_answer(many[:1], NOW).blocks)
    assert wording.confirmed([], 2) == "a second reviewer did not agree with 2 errors"
    judge_rows(finding_answer(make_finding(), [], [], NOW))


@given(hostile=st.text(max_size=400), due=st.none() | st.dates())
def test_whatever_people_and_agents_wrote_slack_takes_it(hostile: str, due: date | None) -> None:
    """In rows, in the answer, in the forms and in what the owner is told."""
    who = Named(type="human", id="U01X", display_name=hostile)
    kind = Kind(category=hostile[:64], error_type="safety", root_cause="tool")
    one = make_finding(kind=kind).own(who, due).fix(step(1, hostile)).verify(step(2, hostile))
    errors = [
        Error(
            review_id="rev_1",
            verdict=make_verdict(correct=False, correction=hostile),
            second=(human(display_name=hostile), True),
        )
    ] * 6

    judge_rows(findings_answer([one], NOW))
    judge_rows(finding_answer(one, errors, [], NOW))
    for form in (own_form(one, "U01X"), fix_form(one), verify_form(one, [], NOW)):
        judge_view(form)
    for word in (
        wording.yours(hostile, kind, one.id), wording.came_again(kind, one.id),
        wording.none_of(hostile, hostile),
    ):  # fmt: skip
        assert "<" not in word.replace("<!date^", "")


def filled(**states: Any) -> dict[str, Any]:
    return {block_id: {names.INPUT: state} for block_id, state in states.items()}


def test_forms_are_read_as_they_were_filled_in() -> None:
    """Who and by when; what was changed; whether it helped."""
    due = own_form(make_finding().own(CAROL, date(2026, 3, 9)), "U01ALICE")
    mine = own_form(make_finding(), "U01ALICE")

    assert [block["element"].get("initial_user") for block in (due["blocks"][1], mine["blocks"][1])
            ] == ["U03CAROL", "U01ALICE"]  # fmt: skip
    assert due["blocks"][2]["element"]["initial_date"] == "2026-03-09"
    assert read_own(filled(owner={"selected_user": "U03CAROL"})) == Ownership(
        owner="U03CAROL", due=None
    )
    day = {"selected_date": "2026-03-09"}
    assert read_own(filled(owner={"selected_user": "U03CAROL"}, due=day)).due == date(2026, 3, 9)
    assert read_fix(filled(note={"value": "  New prompt. "})) == "New prompt."
    radio = {"selected_option": {"value": "verified"}}
    assert read_verify(filled(outcome=radio)) == Judged(outcome="verified", comment=None)
    radio = {"selected_option": {"value": "open"}}
    assert read_verify(filled(outcome=radio, note={"value": "No."})) == Judged(
        outcome="open", comment="No."
    )


@pytest.mark.parametrize(
    ("read", "values", "at"),
    [
        (read_own, {}, "owner"),
        (read_own, {"owner": {"selected_user": "<@U1>"}}, "owner"),
        (read_own, {"owner": {"selected_user": "U1"}, "due": {"selected_date": "soon"}}, "due"),
        (read_fix, {}, "note"),
        (read_fix, {"note": {"value": " \u200b "}}, "note"),
        (read_fix, {"note": {"value": "\x00"}}, "note"),
        (read_verify, {"outcome": {"selected_option": {"value": "fixed"}}}, "outcome"),
    ],
)
def test_a_form_that_cannot_be_used_says_where(read: Any, values: Any, at: str) -> None:
    """At the input that is wrong."""
    with pytest.raises(FormError) as wrong:
        read(filled(**values))

    assert set(wrong.value.errors) == {at}
    assert read_person({}, names.OWNER) is None


def test_who_comes_too_late_or_too_early_is_told() -> None:
    """By whom it was said before, or what has to come first."""
    fixed = make_finding().fix(step())

    assert wording.overtaken(make_finding()).startswith("This finding is open")
    assert wording.overtaken(fixed) == (
        "Carol has said before that it is fixed. Nothing changed by your click."
    )
    assert "Carol has said before that it is verified" in wording.overtaken(fixed.verify(step()))
    assert "Only Carol" in wording.not_yours("Carol")


def share(rate: float, reviewed: int = 212) -> Share:
    return Share(rate=rate, low=rate - 0.02, high=rate + 0.02, reviewed=reviewed)


def test_evidence_is_told_with_its_interval_or_not_at_all() -> None:
    """The rate before and since, whether it changed, and what became of the cases themselves."""
    fell = Change(before=share(0.058), after=share(0.021), change=-0.037, low=-0.062, high=-0.012)
    rose = replace(fell, change=0.037, low=0.012, high=0.062)
    same = replace(fell, change=-0.01, low=-0.03, high=0.01)

    assert wording.before_and_after(fell) == (
        "📊 Such errors were 5.8 % [3.8–7.8] of all (212 reviewed) in the four weeks before the "
        "fix, and 2.1 % [0.1–4.1] of all (212 reviewed) since: the rate fell by 3.7 points "
        "[1.2–6.2]."
    )
    assert "rose by 3.7 points [1.2–6.2]" in wording.before_and_after(rose)
    assert "no evidence yet that the rate has changed" in wording.before_and_after(same)
    assert wording.too_few(1, 0, 15) == (
        "📊 No evidence yet: of those that the coin chose, 1 of the four weeks before the fix is "
        "reviewed, and none since; it takes 15 of each."
    )
    assert "20 of the four weeks before the fix are reviewed, and 3 since" in wording.too_few(
        20, 3, 15
    )
    assert wording.tried_again(14, 12, 11) == "🔁 Re-evaluated 12 of 14: 11 right now"


def test_having_seen_everything_proves_no_fix() -> None:
    """One error in 21 before and none in 20 since is chance, also where all were reviewed."""
    one = [Rated(stratum=0, pi=1.0, loss=float(at == 0)) for at in range(21)]
    none = [Rated(stratum=0, pi=1.0, loss=0.0)] * 20
    found = what_changed(of_what_will_come(one, {0: 21}), of_what_will_come(none, {0: 20}))
    many = what_changed(
        of_what_will_come([*one, *one[:1] * 9], {0: 30}), of_what_will_come(none, {0: 20})
    )

    assert found is not None
    assert not found.shows
    assert found.change == pytest.approx(-1 / 21)
    assert many is not None
    assert many.shows


def test_a_change_is_not_spoken_of_below_fifteen_reviews() -> None:
    """Before and after; a difference of real estimates keeps its interval."""
    many = post_stratified([Rated(stratum=0, pi=0.1, loss=0.5)] * 100, {0: 1000})
    none = post_stratified([Rated(stratum=0, pi=0.1, loss=0.0)] * 100, {0: 1000})
    few = post_stratified([Rated(stratum=0, pi=0.1, loss=0.0)] * 14, {0: 1000})
    changed = what_changed(many, none)

    assert what_changed(many, few) is what_changed(few, many) is what_changed(None, many) is None
    assert what_changed(many, None) is None
    assert changed is not None
    assert changed.change == -0.5
    assert changed.shows
