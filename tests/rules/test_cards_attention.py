"""How reviews go, as admins read it: numbers beside how few they are, and no verdict on anybody."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.cards.attention_rows import attention_rows
from bot.learning.attention import Habit, Sensitivity
from tests.rules.judge import judge_message, texts


def habit(name: str = "Carol", **over: int | float | None) -> Habit:
    fields = {"looks": 120, "seconds": 4.2, "known": 4, "approved": 3}
    return Habit(reviewer="U03CAROL", name=name, **(fields | over))  # type: ignore[arg-type]


def test_it_says_what_was_counted() -> None:
    """Of each category what was seen, and of each person the share and the time."""
    seen = [
        ("faq", Sensitivity(known=4, found=3, doubled=20, objected=1)),
        ("", Sensitivity(known=1, found=0, doubled=1, objected=0)),
        ("new", Sensitivity(known=0, found=0, doubled=0, objected=0)),
    ]
    people = [habit(), habit("Bob", known=1, approved=0, seconds=200.0),
              habit("Alice", known=0, approved=0, looks=1, seconds=None)]  # fmt: skip
    words = "\n".join(texts(attention_rows(seen, people)))

    for said in (
        "faq: found 3 of 4 known errors, so at least 30 % of all errors are seen",
        "faq: of 20 approvals that a second person looked at, they objected to 1",
        "no category: found 0 of 1 known error, so at least 0 %",
        "no category: of 1 approval that a second person looked at, they objected to none",
        "Carol: 120 reviews; approved 3 of 4 known-bad cases; usual time 4 s",
        "Bob: 120 reviews; approved 0 of 1 known-bad case; usual time 3 min",
        "Alice: 1 review",
        "only admins see this",
    ):
        assert said in words, said
    assert "new" not in words
    assert attention_rows(seen, []) == []


@given(hostile=st.text(max_size=300))
def test_whatever_they_are_called_slack_takes_it(hostile: str) -> None:
    """Names of categories come from agents, and those of people from themselves."""
    seen = [(hostile, Sensitivity(known=9, found=3, doubled=20, objected=1))] * 9

    judge_message("stats", attention_rows(seen, [habit(hostile)] * 12))
