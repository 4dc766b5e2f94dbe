"""What `/pullcord` answers to whatever somebody writes behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.command_answers import answer
from bot.cards.text import length
from bot.cards.wording_command import HELP
from tests.rules.judge import TOKEN


@pytest.mark.parametrize("written", ["", "  ", "help", "HELP me", "\u200bhelp"])
def test_help_is_what_an_empty_command_means(written: str) -> None:
    """Alone, or with the word for it."""
    answered = answer(written)

    assert answered == HELP


@pytest.mark.parametrize(
    ("written", "first_line"),
    [
        ("hlep", "There is no command “hlep”. Did you mean `/pullcord help`?"),
        ("quue mine", "There is no command “quue”. Did you mean `/pullcord queue`?"),
        ("xyz", "There is no command “xyz”."),
        ("queue mine", "`/pullcord queue` comes with a later release."),
        ("Doctor", "`/pullcord doctor` comes with a later release."),
    ],
)
def test_another_word_gets_the_nearest_and_help(written: str, first_line: str) -> None:
    """A typo is told from what is not there yet, and both come with help."""
    answered = answer(written)

    assert answered == f"{first_line}\n{HELP}"


@given(st.text())
def test_nothing_written_there_is_obeyed(written: str) -> None:
    """No mention, no link, and short enough for Slack."""
    answered = answer(f"{written}<!channel> <https://evil.example|help>")

    assert length(answered) < 3000
    assert not TOKEN.search(answered)
