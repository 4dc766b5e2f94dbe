"""What people read of review sessions: several outputs, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.cards.blocks import joined, said

if TYPE_CHECKING:
    from bot.cards.blocks import Markup

START = "Start"
TITLE = "Review session"
SUBMIT = "Save and next"
CLOSE = "Close"
VERDICT_LABEL = "Was it right?"
#: The values are what forms carry.
VERDICTS = {"right": "Correct", "wrong": "Incorrect", "skip": "Skip: leave it to the others"}
WRONG_ONLY = "If it is incorrect"
SAY_WHAT = "Say what is wrong with it."
SAY_HOW_BAD = "Say how bad it is."
NOTHING_LEFT = "There is nothing left in this session for you. Thank you."
NOT_WRONG = "Choose “Incorrect” if something is wrong, or empty these fields."


def headline(category: str, outputs: int) -> str:
    return f"Review session · {category} · {_outputs(outputs)}"


def asks(category: str, outputs: int, by: str) -> Markup:
    """For a phone's notification."""
    return said(
        "Please review {many} of {category}. Answer by {by}.",
        many=_outputs(outputs), category=category, by=by,
    )  # fmt: skip


def explained(due: Markup) -> Markup:
    return joined(
        "", [said("Start shows you one at a time; stop whenever you like. Answer by "), due]
    )


def progress(answered: int, outputs: int, who: list[str]) -> str:
    """`3 of 12 looked at, by Alice (2) and others`"""
    by = f" · {', '.join(who)}" if who else ""
    return f"{answered} of {outputs} looked at{by}"


def of_person(name: str, answered: int) -> str:
    return f"{name} {answered}"


def done(correct: int, incorrect: int, missed: int) -> str:
    """When nobody can answer any more."""
    parts = [f"✅ {correct} correct", f"❌ {incorrect} incorrect"]
    if missed:
        parts.append(f"⌛ {missed} that nobody looked at in time")
    return " · ".join(parts)


def became(category: str, what: str) -> Markup:
    return said("Review session of {category}: {what}", category=category, what=what)


def where(at: int, left: int) -> str:
    """Above each of them."""
    return f"{left} left" if not at else f"{at} answered by you just now · {left} left"


def _outputs(count: int) -> str:
    return "1 output" if count == 1 else f"{count} outputs"
