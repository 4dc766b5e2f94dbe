"""Texts longer than an input: cut where a reader would, joined to the letter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.longtext import fits, long_text_inputs, pieces, read_long_text
from bot.cards.states import FormError
from bot.cards.text import length
from tests.rules.filling import filled, untouched

PARAGRAPH = "The claim covers property damage under clause 7.2. " * 12
LETTER = "\n\n".join(f"{n}. {PARAGRAPH}" for n in range(16))
assert 9_000 < len(LETTER) < 12_000

texts = st.lists(
    st.sampled_from(["word", " ", "\n", "\n\n", ". ", "😀", "e\u0301", "x" * 700, PARAGRAPH]),
    max_size=60,
).map("".join)


def form(text: str, label: str = "Draft") -> dict[str, Any]:
    return {"blocks": long_text_inputs("draft", label, text)}


def test_a_letter_is_cut_after_paragraphs() -> None:
    """Each input begins with a paragraph, and has room for more words."""
    cut = pieces(LETTER)

    assert "".join(cut) == LETTER
    assert len(cut) == 4
    assert all(piece.endswith("\n\n") for piece in cut[:-1])
    assert all(2000 < len(piece) < 2800 for piece in cut[:-1])
    labels = [block["label"]["text"] for block in form(LETTER)["blocks"]]
    assert labels == [f"Draft ({n} of 4)" for n in (1, 2, 3, 4)]
    assert [b["optional"] for b in form(LETTER)["blocks"]] == [True] * 4
    assert [b["block_id"] for b in form(LETTER)["blocks"]] == [
        "draft", "draft_2", "draft_3", "draft_4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("line\n" * 700, "\n"),
        ("One sentence. Another! " * 150, (".", "! ", ". ")),
        ("word " * 700, " "),
        ("x" * 3500, "x"),
        ("😀" * 1750, "😀"),
    ],
)
def test_without_paragraphs_the_next_best_place(text: str, ends: str) -> None:
    """Lines, then sentences, then words; a word of 3,000 letters is cut where it must be."""
    first, second = pieces(text)

    assert first + second == text
    assert first.endswith(ends)
    assert abs(length(first) - length(second)) < 60


@given(texts)
@settings(max_examples=300, deadline=None)
def test_pieces_are_the_text(text: str) -> None:
    """Whatever it is made of: nothing lost, each within an input, five at most where it fits."""
    cut = pieces(text)

    assert "".join(cut) == text
    assert all(length(piece) <= 3000 for piece in cut)
    assert len(cut) <= 5 or length(text) > 14_900
    assert read_long_text("draft", text, untouched(form(text))) == text
    assert read_long_text("draft", text, {}) == text


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_one_edited_piece_leaves_the_others_alone(ends: str) -> None:
    """The blank lines between the pieces are kept, and so is the kind of line end."""
    text = LETTER.replace("\n", ends)
    view = form(text)
    third = view["blocks"][2]["element"]["initial_value"]

    values = filled(view, {"Draft (3 of 4)": third.replace("clause 7.2", "clause 9.1", 1)})
    edited = read_long_text("draft", text, values)

    place = text.index(third[:20])
    assert edited[:place] == text[:place]
    assert edited == text[:place] + text[place:].replace("clause 7.2", "clause 9.1", 1)


def test_line_ends_from_elsewhere_are_no_change() -> None:
    """Slack and browsers write them their own way."""
    values = untouched(form(LETTER))
    for block in values.values():
        for state in block.values():
            state["value"] = state["value"].replace("\n", "\r\n") + "\r\n"

    assert read_long_text("draft", LETTER, values) == LETTER


def test_a_piece_taken_out_takes_its_blank_lines_along() -> None:
    """What is left reads on."""
    cut = pieces(LETTER)

    values = filled(form(LETTER), {"Draft (2 of 4)": "  "})

    assert read_long_text("draft", LETTER, values) == cut[0] + cut[2] + cut[3]
    nothing = {f"Draft ({n} of 4)": None for n in (1, 2, 3, 4)}
    assert read_long_text("draft", LETTER, filled(form(LETTER), nothing)) == ""


def test_a_mistake_stands_at_its_piece() -> None:
    """And what was typed into another text's form is not read at all."""
    view = form(LETTER)

    with pytest.raises(FormError) as long:
        read_long_text("draft", LETTER, filled(view, {"Draft (2 of 4)": "x" * 3001}))
    with pytest.raises(FormError) as other:
        read_long_text("draft", LETTER[::-1], untouched(view))

    assert long.value.errors == {"draft_2": "At most 3,000 characters, please."}
    assert set(other.value.errors) == {"draft", "draft_2", "draft_3", "draft_4"}
    assert "out of date" in other.value.errors["draft"]
    other_blocks = {"draft_note": {"input": {}}, "reason": {}}
    assert read_long_text("draft", LETTER, untouched(view) | other_blocks) == LETTER


def test_an_empty_text_is_one_empty_input() -> None:
    """Whoever fills it has filled it."""
    (block,) = form(" \n")["blocks"]

    assert "initial_value" not in block["element"]
    assert read_long_text("draft", " \n", filled(form(" \n"), {"Draft": "new"})) == " \nnew"
    assert read_long_text("draft", "", filled(form(""), {"Draft": "new"})) == "new"


@pytest.mark.parametrize(
    ("text", "does"),
    [
        ("x" * 15_000, True),
        ("x" * 15_001, False),
        ("😀" * 7_500, True),
        ("x" + "😀" * 7_499 + "x", False),
        ("a\u202eb", False),
        ("a\r\nb\n", False),
        ("a\r\nb\r\n", True),
    ],
)
def test_what_a_form_can_hold(text: str, does: bool) -> None:
    """Five inputs, as Slack may count them, and nothing that nobody would see."""
    assert fits(text) is does


def test_hidden_characters_are_not_shown_but_kept_where_nothing_is_edited() -> None:
    """A draft that somebody has to edit although it hides something opens cleaned."""
    text = "Dear\u200b Ada" + "\u202e"
    view = form(text)

    assert view["blocks"][0]["element"]["initial_value"] == "Dear Ada"
    assert read_long_text("draft", text, untouched(view)) == text
    assert read_long_text("draft", text, filled(view, {"Draft": "Dear Eve"})) == "Dear Eve"
