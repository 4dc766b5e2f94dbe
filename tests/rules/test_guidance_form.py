"""The form of a paused workflow, read back: options, words, values, and how long they hold."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards import names
from bot.cards.draft_form import draft_form, read_draft
from bot.cards.guidance_form import guidance_errors, guidance_form, read_guidance
from bot.cards.states import FormError
from bot.domain.errors import Fault
from bot.domain.escalation import Escalation
from tests.rules.filling import filled, untouched
from tests.rules.judge import judge_view
from tests.rules.making import (
    make_answer,
    make_around,
    make_escalation,
    make_guidance,
    make_proposal,
)

AROUND = make_around()
SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["clause"],
    "properties": {"clause": {"enum": ["7.2", "9.1"]}, "share": {"type": "number"}},
}


def form(**over: Any) -> tuple[Escalation, dict[str, Any]]:
    escalation = make_escalation(make_guidance(**over))
    view = guidance_form(escalation, AROUND)
    judge_view(view)
    return escalation, view


def test_words_alone() -> None:
    """Without options the text box is all there is, and what it holds may hold on."""
    escalation, view = form(options=[])

    said = filled(view, {"Your answer": " Property first. "})
    kept = filled(
        view,
        {"Your answer": "Property.", "How long it holds": ["Keep this for the rest of the run"]},
    )

    assert read_guidance(escalation, said).response == "Property first."
    assert read_guidance(escalation, said).guidance is None
    assert read_guidance(escalation, kept).guidance == "Property."


def test_an_option_alone_holds_by_its_label() -> None:
    """Kept for the rest of the run, an option is kept in the words that people saw."""
    escalation, view = form()

    answer = read_guidance(
        escalation,
        filled(
            view,
            {
                "You can choose": "Clause 9.1",
                "How long it holds": ["Keep this for the rest of the run"],
            },
        ),
    )

    assert (answer.option_ids, answer.response, answer.guidance) == (("9.1",), None, "Clause 9.1")


@pytest.mark.parametrize(
    ("over", "block_id"),
    [
        ({}, names.CHOSEN),
        ({"options": []}, names.RESPONSE),
        ({"options": [], "response_schema": SCHEMA}, names.NOTE),
    ],
)
def test_an_empty_form_is_no_answer(over: dict[str, Any], block_id: str) -> None:
    """The error stands where the answer is missed."""
    escalation, view = form(**over)

    with pytest.raises(FormError) as wrong:
        read_guidance(escalation, untouched(view))

    assert list(wrong.value.errors) == [block_id]


@pytest.mark.parametrize("raw", ["3", "-1", "00009", "٣", "x" * 5000, ""])
def test_a_forged_choice_is_refused(raw: str) -> None:
    """Only what the form offered can come back from it."""
    escalation, view = form()
    values = untouched(view)
    values[names.CHOSEN][names.INPUT]["selected_option"] = {"value": raw}

    with pytest.raises(FormError) as wrong:
        read_guidance(escalation, values)

    assert list(wrong.value.errors) == [names.CHOSEN]


def test_values_of_the_agents_own_schema() -> None:
    """Typed fields, optional beside options; without a note the values themselves are kept."""
    escalation, view = form(response_schema=SCHEMA)
    keep = {"How long it holds": ["Keep this for the rest of the run"]}

    answer = read_guidance(escalation, filled(view, {"Clause": "9.1", "Share": "0.5"} | keep))
    noted = read_guidance(
        escalation, filled(view, {"Clause": "9.1", "Note to the agent": "As ever"} | keep)
    )
    scalar, box = form(options=[], response_schema={"type": "string"})
    words = read_guidance(scalar, filled(box, {"Answer": "Both"} | keep))

    assert answer.response == {"clause": "9.1", "share": 0.5}
    assert answer.guidance == '{"clause": "9.1", "share": 0.5}'
    assert (noted.comment, noted.guidance) == ("As ever", "As ever")
    assert (words.response, words.guidance) == ("Both", "Both")


def test_many_options_are_a_menu() -> None:
    """More than ten radio buttons are more than Slack takes."""
    options = [{"id": str(n), "label": f"Way {n}"} for n in range(20)]
    escalation, view = form(options=options)

    answer = read_guidance(escalation, filled(view, {"You can choose": "Way 17"}))

    assert answer.option_ids == ("17",)


def test_an_option_says_in_the_form_what_it_says_on_the_card() -> None:
    """What is recommended, and what a label does not say; a label without room keeps its words."""
    long = "x" * 75
    options = [
        {"id": "a", "label": "Both", "recommended": True, "description": "Splits the payment"},
        {"id": "b", "label": long, "recommended": True},
        {"id": "c", "label": "Neither"},
    ]
    _, view = form(options=options)

    shown = next(b for b in view["blocks"] if b.get("block_id") == names.CHOSEN)["element"]

    labels = [one["text"]["text"] for one in shown["options"]]
    assert labels == ["Both (recommended)", long, "Neither"]
    assert shown["options"][0]["description"]["text"] == "Splits the payment"
    assert [sorted(one) for one in shown["options"][1:]] == [["text", "value"]] * 2


def test_words_that_cannot_be_sent() -> None:
    """A stray NUL is said at its input."""
    escalation, view = form()

    with pytest.raises(FormError) as wrong:
        read_guidance(escalation, filled(view, {"Your answer": "a\0"}))

    assert list(wrong.value.errors) == [names.RESPONSE]


def test_faults_of_an_answer_find_their_inputs() -> None:
    """By the schema's pointer, or at the one text box there is."""
    fault = Fault("/share", "must be ≤ 1")
    with_schema, _ = form(response_schema=SCHEMA)
    without, _ = form()

    assert guidance_errors(with_schema, [fault]) == {"field_1": "must be ≤ 1"}
    assert guidance_errors(without, [Fault("", "is too long")]) == {names.RESPONSE: "is too long"}


def test_a_workflow_without_a_reason_still_has_a_form() -> None:
    """Nothing is said of why, and a question of its own stands above."""
    _, view = form(checkpoint={"workflow_id": "w"}, question="Go on?", action="Resume w")

    assert "Go on?" in str(view)
    assert "Why it stopped" not in str(view)


def test_a_draft_comes_back_to_the_letter() -> None:
    """Untouched it is what the agent wrote; emptied or overtaken it is refused at the text."""
    text = "Line one.\n\n" + "Many words. " * 700
    escalation = make_escalation(make_answer(answer=text))
    view = draft_form(escalation, AROUND)
    judge_view(view)

    assert read_draft(escalation, untouched(view), escalation.shown_digest).answer == text
    short = make_escalation(make_answer())
    empty = filled(draft_form(short, AROUND), {"The answer": " "})
    for values, digest in ((empty, short.shown_digest), (empty, "sha256:other")):
        with pytest.raises(FormError) as wrong:
            read_draft(short, values, digest)
        assert list(wrong.value.errors) == [names.DRAFT]
    overtaken = make_escalation(make_answer(), proposal=make_proposal(arguments=None, answer="No."))
    with pytest.raises(FormError, match="Alice"):
        read_draft(overtaken, empty, short.shown_digest)


def test_a_draft_with_a_note() -> None:
    """The note goes to the agent; one that cannot be sent is said at its input."""
    escalation = make_escalation(make_answer())
    view = draft_form(escalation, AROUND)

    answer = read_draft(
        escalation,
        filled(view, {"The answer": "No.", "Note to the agent": "Clause 4"}),
        escalation.shown_digest,
    )

    assert (answer.answer, answer.note) == ("No.", "Clause 4")
    with pytest.raises(FormError) as wrong:
        read_draft(escalation, filled(view, {"Note to the agent": "\0"}), escalation.shown_digest)
    assert list(wrong.value.errors) == [names.NOTE]
