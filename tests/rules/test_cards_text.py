"""Untrusted text made presentable, and markup that nothing can break out of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import names
from bot.cards.blocks import escaped, kept_safe, plain, said
from bot.cards.text import chunks, clean, clip, disclosed, length, one_line
from tests.rules.judge import TOKEN

ID, DIGEST = "esc_01J", "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("hostile", "seen"),
    [
        ("a\x00b\x1bc", "abc"),
        ("\u202ereversed\u202c", "reversed"),
        ("zero\u200b\u2060width\ufeff", "zerowidth"),
        ("lone\ud800", "lone"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("\U000e0041tag", "tag"),
        ("e" + "\u0301" * 9, "e" + "\u0301" * 4),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_what_nobody_can_see_goes(hostile: str, seen: str) -> None:
    """Controls, bidi marks, zero widths and half characters are not on any card."""
    assert clean(hostile) == seen


def test_a_value_discloses_what_hides_in_it() -> None:
    """An address with a hidden character must not look like the real one."""
    assert disclosed("bob@ex\u200bample.com") == "bob@ex⟨U+200B⟩ample.com"


@pytest.mark.parametrize(
    ("text", "limit", "clipped"),
    [
        ("short", 5, "short"),
        ("longer", 5, "long…"),
        ("ab👍🏽cd", 6, "ab…"),
        ("ae\u0301\u0301z", 4, "a…"),
        ("🇬🇧🇫🇷🇩🇪", 7, "🇬🇧…"),
        ("x🇬🇧🇫🇷", 7, "x🇬🇧…"),
        ("a" + "\u0301" * 50, 45, "a" + "\u0301" * 43 + "…"),
    ],
)
def test_nothing_is_cut_in_half(text: str, limit: int, clipped: str) -> None:
    """Letters keep their accents, flags their second half, thumbs their skin."""
    assert clip(text, limit) == clipped


@given(st.text(), st.integers(40, 100))
def test_a_clipped_text_fits(text: str, limit: int) -> None:
    """Within the limit, whatever it is made of."""
    assert length(clip(text, limit)) <= limit


@given(st.text(alphabet="ab\n👍🏽e\u0301🇬🇧"), st.integers(4, 30))
def test_chunks_are_the_whole_text(text: str, limit: int) -> None:
    """Nothing is lost between two pages."""
    pieces = chunks(text, limit)

    assert "".join(pieces) == text
    assert all(0 < length(piece) <= limit for piece in pieces)


@given(st.text(alphabet=st.characters(categories=None)), st.integers(40, 300))
def test_escaped_text_is_inert_and_fits(text: str, limit: int) -> None:
    """No token, no half entity, no ping, and never longer than asked."""
    safe = escaped(text, limit)

    assert not TOKEN.search(safe)
    assert "@here" not in safe.lower()
    assert len(safe) <= limit
    assert safe.count("&") == sum(safe.count(e) for e in ("&amp;", "&lt;", "&gt;"))


@given(st.text(alphabet="<>!&@chanelr^|{}date1;mpltg "))
def test_a_sentence_of_unknown_making_is_inert(text: str) -> None:
    """Only times and entities survive in it."""
    assert not TOKEN.search(kept_safe(text))


def test_words_in_a_sentence_are_escaped() -> None:
    """Braces and tokens in a word stay words."""
    assert said("{who} left", who="<!here> {0}") == "&lt;!here&gt; {0} left"
    assert one_line(" a \n b ") == "a b"
    assert plain("\u200b")["text"] == "–"


def test_what_a_button_carries_comes_back() -> None:
    """Id, digest and page survive the wire; a form's metadata is read by the same function."""
    assert names.unpack(names.pack(ID, DIGEST)) == (ID, DIGEST)
    assert names.unpack(names.pack(ID, DIGEST, 3)) == (ID, DIGEST)
    assert names.unpack_page(names.pack(ID, DIGEST, 3)) == 3
    assert names.unpack_page(names.pack(ID, DIGEST)) == 0


@pytest.mark.parametrize(
    "value", ["", "x", f"{ID}|sha256:ab", f"{ID}|{DIGEST}|", f"{ID}|{DIGEST}\n", f"|{DIGEST}",
              f"{ID}|{DIGEST}|-1", f"a b|{DIGEST}", None, 3, ["x"]],
)  # fmt: skip
def test_a_payload_that_is_not_ours(value: str) -> None:
    """Anything but our own packing is a ValueError."""
    with pytest.raises(ValueError, match="one of our buttons"):
        names.unpack(value)
