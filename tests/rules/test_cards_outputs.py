"""Cards and forms of outputs: what a reviewer is shown, one at a time or in a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.cards import names
from bot.cards.review_card import minimal_review_card, review_card, review_pages
from bot.cards.review_form import Found, review_form
from bot.cards.session_card import session_card
from bot.cards.session_form import Place, read_session, session_form
from bot.cards.states import FormError
from bot.domain.material import Material, material_of_output
from bot.domain.output import Output, OutputItem, content_of, shape_of
from bot.domain.review import LASTS, Review, Session
from tests.rules.judge import judge_message, judge_view, texts
from tests.rules.making import NOW, make_around
from tests.rules.test_cards_review import filled, make_review, make_verdict

AROUND = make_around(names={"U01BOB": "Bobby"})


def made(**over: Any) -> Material:
    """What a reviewer is shown of an output."""
    said = {
        "id": "chat-1",
        "category": "faq",
        "input": "How long does a refund take?",
        "output": "Three days.",
        "confidence": 0.94,
        "tool_calls": [
            {"name": "search", "arguments": {"query": "refund"}, "result": {"pages": 2}}
        ],
    } | over
    item = OutputItem.model_validate(said)
    output = Output(
        id="out_1",
        agent="faq-bot",
        item_id=item.id,
        digest="sha256:0",
        category=item.category,
        agent_version="",
        at=NOW,
        score=item.confidence,
        shape=shape_of(item),
    )
    return material_of_output(output, content_of(item, frozenset({"U04DAVE"})))


def of_output(**over: Any) -> Review:
    return make_review(**{"output_id": "out_1", "escalation_id": None, "purpose": "sample"} | over)


def drawn(review: Review, material: Material) -> str:
    card = review_card(review, material, AROUND)
    judge_message(card.text, card.blocks)
    return "\n".join([card.text, *texts(card.blocks)])


def test_an_output_is_shown_with_its_tools_and_not_with_its_confidence() -> None:
    """What went in, what came out, what was called and what that returned."""
    before = drawn(of_output(), made())
    after = drawn(of_output(verdict=make_verdict()), made())

    for said in ("How long does a refund take?", "Three days.", "search", "refund", '{"pages": 2}'):
        assert said in before
    assert "0.94" not in before
    assert "The agent did it without asking at confidence 0.94." in after
    assert made().owners == {"U04DAVE"}


@pytest.mark.parametrize(
    ("over", "shown"),
    [
        ({"input": {"order": 7}}, '"order": 7'),
        ({"input": "Hello,\nwhere is it?"}, "where is it?"),
        ({"input": "\u200b"}, "What faq-bot made of what it was given"),
        ({"output": ""}, "(empty)"),
        ({"output": [1, 2]}, "[\n  1,\n  2\n]"),
        ({"tool_calls": [{"name": "ping"}]}, "ping"),
        ({"tool_calls": [{"name": "ping", "arguments": [1]}]}, "[1]"),
        ({"confidence": None}, "Three days."),
    ],
)
def test_whatever_an_output_is_made_of_can_be_read(over: dict[str, Any], shown: str) -> None:
    """Text on one line is the headline; all else stands below a sentence of ours."""
    assert shown in drawn(of_output(), made(**over))
    assert "without asking" in drawn(of_output(verdict=make_verdict()), made(**over))
    judge_view(review_form("rev_1", made(**over)))


def test_what_does_not_fit_is_read_in_full() -> None:
    """A long input, a long output, or many tools: the card has a button, and says so."""
    for over in (
        {"input": "Why? " * 900},
        {"output": "Because. " * 900},
        {"tool_calls": [{"name": f"tool {at}"} for at in range(9)]},
    ):
        assert "Read all of it" in drawn(of_output(), made(**over))
        judge_view(review_pages(made(**over)))
    assert "Read all of it" not in drawn(of_output(), made())
    said = "".join(texts(review_pages(made(output="Because. " * 900))["blocks"]))
    assert said.count("Because.") == 900


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=40, phases=[Phase.generate])
@given(
    input_=JSON | st.text(min_size=200),
    output=JSON,
    calls=st.lists(
        st.fixed_dictionaries(
            {"name": st.text(min_size=1, max_size=256), "arguments": JSON, "result": JSON}
        ),
        max_size=30,
    ),
)
def test_whatever_an_agent_reports_slack_takes_it(
    input_: Any, output: Any, calls: list[Any]
) -> None:
    """On the card, in the forms and in the modal."""
    material = made(input=input_, output=output, tool_calls=calls)

    for review in (of_output(), of_output(verdict=make_verdict())):
        for draw in (review_card, minimal_review_card):
            card = draw(review, material, AROUND)
            judge_message(card.text, card.blocks)
    judge_view(review_pages(material))
    judge_view(review_form("rev_1", material))
    judge_view(session_form(Place("ses_1", "rev_1"), of_output(), material, left=3, note="No."))


def a_session(*reviews: Review) -> Session:
    return Session(id="ses_1", category="faq", reviews=reviews)


def shown(session: Session) -> str:
    card = session_card(session, AROUND)
    judge_message(card.text, card.blocks)
    return "\n".join([card.text, *texts(card.blocks)])


def test_a_session_says_how_many_and_who_looked() -> None:
    """And what was found only when nobody can be swayed by it any more."""
    open_ones = [of_output(id=f"rev_{at}") for at in range(3)]
    right = of_output(id="rev_9", verdict=make_verdict())
    wrong = of_output(
        id="rev_8", verdict=make_verdict(correct=False, error_type="tone", severity="minor")
    )
    missed = of_output(id="rev_7").expire(NOW + LASTS)

    before, under_way = shown(a_session(*open_ones)), shown(a_session(*open_ones, right, wrong))
    after = shown(a_session(right, wrong, missed))

    assert "Review session · faq · 3 outputs" in before
    assert "Please review 3 outputs of faq." in before
    assert "looked at" not in before
    assert "2 of 5 looked at · Bobby 2" in under_way
    assert "correct" not in under_way
    assert "✅ 1 correct · ❌ 1 incorrect · ⌛ 1 that nobody looked at in time" in after
    assert "Start" not in after
    assert "· 1 output" in shown(a_session(right))
    assert "Bobby" not in shown(a_session(of_output(), missed))


def test_the_form_of_a_session_is_read_as_it_was_filled_in() -> None:
    """Its names are of one review: what was typed for another one is not taken for it."""
    view = session_form(Place("ses_1", "rev_1", 2), of_output(), made(), left=4)
    judge_view(view)

    def read(verdict: str, **more: str) -> Any:
        return read_session(
            {f"{name}|rev_1": value for name, value in filled(verdict=verdict, **more).items()},
            "rev_1",
        )

    assert "2 answered by you just now · 4 left" in texts(view["blocks"])
    assert names.unpack_session(view["private_metadata"]) == ("ses_1", "rev_1", 2)
    assert read("right") == Found(correct=True)
    assert read("skip") == "skip"
    assert read("wrong", error_type="tone", severity="minor") == Found(
        correct=False, error_type="tone", severity="minor"
    )


@pytest.mark.parametrize(
    ("chosen", "where"),
    [
        ({}, {"verdict"}),
        ({"verdict": "maybe"}, {"verdict"}),
        ({"verdict": "wrong"}, {"error_type", "severity"}),
        ({"verdict": "wrong", "error_type": "tone", "severity": "x"}, {"severity"}),
        ({"verdict": "right", "severity": "minor"}, {"verdict"}),
    ],
)
def test_a_form_that_cannot_be_used_says_where(chosen: dict[str, str], where: set[str]) -> None:
    """In words that say what to do."""
    values = {f"{name}|rev_1": value for name, value in filled(**chosen).items()}

    with pytest.raises(FormError) as wrong:
        read_session(values, "rev_1")

    assert set(wrong.value.errors) == {f"{name}|rev_1" for name in where}
    assert all(wrong.value.errors.values())


def test_a_text_that_cannot_travel_is_refused_in_a_session_too() -> None:
    """With the words that say so."""
    values = filled(verdict="wrong", error_type="tone", severity="minor")
    values[names.CORRECTION] = {names.INPUT: {"value": "\x00"}}

    with pytest.raises(FormError) as wrong:
        read_session({f"{name}|rev_1": value for name, value in values.items()}, "rev_1")

    assert set(wrong.value.errors) == {f"{names.CORRECTION}|rev_1"}


@pytest.mark.parametrize(
    "odd", ["", "ses_1|rev_1", "ses_1|rev_1|x", "ses 1|rev_1|2", "a|b|1234567"]
)
def test_where_somebody_is_comes_from_us_alone(odd: str) -> None:
    """Anything else in a modal's metadata is refused."""
    with pytest.raises(ValueError, match="did not come from"):
        names.unpack_session(odd)


def test_a_session_ends_with_the_last_of_its_reviews() -> None:
    """They wait for different people, not for different times."""
    late = of_output(id="rev_2", expires_at=NOW + LASTS + timedelta(hours=1))

    assert a_session(of_output(), late).ends == late.expires_at
