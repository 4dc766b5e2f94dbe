"""What is unusual about an output: which part of it, how it is said, and how little is kept."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.wording_outputs import unusual
from bot.domain.unusual import Unusual
from bot.learning.anomaly import ENOUGH, LAST, SHARE, Watch

USUAL = ("search", "read", "answer")


def watching(outputs: int = 200, calls: tuple[str, ...] = USUAL) -> Watch:
    """One that has seen as many usual outputs of about 200 letters."""
    watch, dice = Watch(), Random("watch")
    for _ in range(outputs):
        length = dice.randint(150, 250)
        watch.saw(length, calls, watch.judge(length, calls).score)
    return watch


@pytest.mark.parametrize(
    ("length", "calls", "why"),
    [
        (1000, USUAL, "5.0× longer than usual"),
        (20_000, USUAL, "101× longer than usual"),
        (20, USUAL, "9.5× shorter than usual"),
        (200, ("read", "search", "answer"), "read never comes first"),
        (200, ("search", "read", "refund", "answer"), "refund never follows read"),
        (200, ("search", "read"), "it never ends after read"),
        (200, (), "no tool was called, which never happens"),
    ],
)
def test_what_is_planted_is_found_with_its_reason(
    length: int, calls: tuple[str, ...], why: str
) -> None:
    """The part that is furthest out is the reason."""
    found = watching().judge(length, calls)

    assert found.flagged
    assert unusual(found) == why


def test_many_calls_and_an_odd_order_have_words_of_their_own() -> None:
    """Also what is rare and not unheard of."""
    watch = watching(calls=("poll",) * 3)
    many = watch.judge(200, ("poll",) * 40)

    assert many.part in {"calls", "step"}
    assert unusual(Unusual(score=9, part="calls", own=40, usual=3)) == "40 tool calls, usually 3"
    assert unusual(Unusual(score=9, part="calls", own=1, usual=3)) == "1 tool call, usually 3"
    assert unusual(Unusual(score=9, part="order")) == "tools in an unusual order"
    rare = Unusual(score=9, part="step", before="a\nb", after="c" * 90, seen=2)
    assert unusual(rare) == f"{'c' * 39}… rarely follows a b"


def test_what_is_usual_is_not_flagged() -> None:
    """Nor anything before there is enough to compare with, nor what many do."""
    watch = watching()
    young = watching(ENOUGH - 1)
    mixed = Watch()
    dice = Random("mixed")
    flagged = 0
    for _ in range(1000):
        calls = dice.choices([USUAL, ("lookup",)], (9, 1))[0]
        found = mixed.judge(200, calls)
        mixed.saw(200, calls, found.score)
        flagged += found.flagged

    assert not watch.judge(200, USUAL).flagged
    assert not young.judge(20_000, ()).flagged
    assert not Watch().judge(5, ("a",)).flagged
    assert flagged <= 10


def test_no_more_than_its_share_is_flagged() -> None:
    """The threshold follows what comes, whatever that is."""
    watch, dice, flagged = Watch(), Random("share"), 0
    for _ in range(3000):
        length = int(dice.paretovariate(0.8) * 50)
        found = watch.judge(length, USUAL)
        watch.saw(length, USUAL, found.score)
        flagged += found.flagged

    assert 0.5 * SHARE < flagged / 3000 < 1.5 * SHARE


def test_only_the_last_are_kept() -> None:
    """And what has gone leaves nothing behind: it is as if it had never been."""
    watch, fresh = watching(50, ("old", "way")), Watch()
    dice = Random("last")
    for _ in range(LAST):
        length = dice.randint(100, 300)
        for one in (watch, fresh):
            one.saw(length, USUAL, 1.0)

    assert not watch._steps.keys() - fresh._steps.keys()
    assert watch._tools == fresh._tools
    assert len(watch._last) == LAST


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 10**7), st.lists(st.sampled_from("abc"))), max_size=60))
def test_a_copy_goes_on_by_itself(seen: list[tuple[int, Any]]) -> None:
    """What it sees then is nothing to the one that it came from."""
    watch = watching(40)
    before = watch.judge(500, ("a",))

    copy = watch.copy()
    for length, calls in seen:
        copy.saw(length, calls, copy.judge(length, calls).score)

    assert watch.judge(500, ("a",)) == before
    assert watch.copy().judge(500, ("a",)) == before
