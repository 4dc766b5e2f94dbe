"""What is said of learned boundaries: an estimate from what people overrode, never a verdict."""

from __future__ import annotations

import re
from collections.abc import Sequence

NOT_SIMILAR = "Not similar"
NOT_SIMILAR_SAID = "Noted: what it was said to be like is no reason to ask any more."
UNLIKE = "Somebody has said that it is not like what was overridden, so that is no reason any more."
SIMILAR_TO = "Similar to "
AN_OVERRIDE, ANOTHER = "an override", "another one"
_LABELS, _OVERRIDES = 50, 5
_SCORE = re.compile(r"score\[(?P<bin>[0-7])\]")
_RANGE = re.compile(r"(?P<name>.+)\[(?P<range>[^\]]+)\]", re.DOTALL)


def held(p: float, usual: float, *, by_rule: bool) -> str:
    """The chance is estimated: it is about cases like it, not about this one."""
    if by_rule:
        return "Held by learned boundary: people overrode a case like it not long ago."
    return (
        f"Held by learned boundary: an estimated {_percent(p)} chance of override "
        f"(usual {_percent(usual)})."
    )


def because(parts: Sequence[tuple[str, float]]) -> str:
    """`Because: amount 500–700 +1.1, tool issue_refund +0.8`"""
    told = ", ".join(f"{feature(name)} {part:+.1f}" for name, part in parts)
    return f"Because: {told}" if told else ""


BY_RULE = "Because: the same tool with the same kind of arguments. Too little is known for more."


def feature(name: str) -> str:
    """A feature's name as people would say it. Parts of it come from outside."""
    if name.startswith("word:"):
        return f"the word “{name.removeprefix('word:')}”"
    return " with ".join(_part(one) for one in name.split(" & "))


def _part(name: str) -> str:
    score = _SCORE.fullmatch(name)
    if score is not None:
        low = int(score["bin"])
        return f"a score of {low / 8:.2f}–{(low + 1) / 8:.2f}"
    ranged = _RANGE.fullmatch(name)
    if ranged is not None:
        what = ranged["name"].removeprefix("argument:")
        return (
            f"asked at {ranged['range']} o'clock"
            if what == "hours"
            else f"{what} {ranged['range']}"
        )
    kind, _, value = name.partition("=")
    kind = "agent" if kind == "team" else kind.removeprefix("argument:")
    return f"{kind} {value}".strip()


def by_whom(who: str, day: str, why: str | None) -> str:
    """`(Ana, 3 Mar: “VAT missing”)`"""
    return f"({who}, {day}: “{why}”)" if why else f"({who}, {day})"


def _percent(share: float) -> str:
    # The sign stays on the line of its figure.
    return f"{share * 100:.0f}\N{NO-BREAK SPACE}%"


# --- behind `stats` ------------------------------------------------------------------------------


def standing(labels: int, overrides: int, *, cold: bool, beats_score: bool) -> str:
    if cold:
        return (
            f"Learned boundary: too little is known ({labels} of {_LABELS} answers, {overrides} of "
            f"{_OVERRIDES} overrides). Until then it asks only for what is like an override, by "
            "tool and arguments."
        )
    if not beats_score:
        return "Learned boundary: switched off, as it does not beat category and score."
    return "Learned boundary: on. It holds what looks like the cases that people overrode."


def measured(told: tuple[int, int], control: tuple[int, int]) -> str:
    """How many of those it held were answered, and overridden; those of whom nobody was told are
    not swayed by what the card says.
    """
    held, overridden = told[0] + control[0], told[1] + control[1]
    if not held:
        return ""
    sentence = f"Of {held} that it held and people answered, they overrode {overridden}"
    if control[0]:
        sentence += f"; of the {control[0]} whose card said nothing of it, {control[1]}"
    return f"{sentence}."
