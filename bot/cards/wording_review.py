"""What people read who look afterwards at what went out without a person.

Until they have answered, nothing says how sure the agent was, or what became of it.
"""

from __future__ import annotations

from bot.cards import wording
from bot.cards.blocks import Markup, joined, said
from bot.domain.material import TextOf
from bot.domain.review import ErrorType, RootCause, Severity

REVIEW_THIS = "review this"
LABEL = "Review"
ANSWERED_BEFORE = (
    "You have answered for this case before, so somebody else has to review it now. Leave it to "
    "the others."
)
RIGHT, WRONG, SKIP, READ_ALL = "Correct", "Incorrect…", "Skip", "Read all of it"
NOT_ALL_HERE = "The rest does not fit on this card."
READ_TITLE = "All of it"
QUESTION = "Question"
TEXTS: dict[TextOf, str] = {
    "question": QUESTION,
    "why": wording.WHY,
    "what_happens": wording.WHAT_HAPPENS,
    "answer": "Answer",
    "input": "Input",
    "output": "Output",
}
MINIMAL_WHY = "Slack refused the full card. Everything to look at stands behind “Read all of it”."

ERROR_TYPES: dict[ErrorType, str] = {
    "accuracy": "Accuracy: it is not true",
    "completeness": "Completeness: something is missing",
    "tone": "Tone: not how we speak",
    "safety": "Safety: it could do harm",
}
SEVERITIES: dict[Severity, str] = {
    "minor": "Minor: I would have edited it",
    "major": "Major: it should not have gone out",
    "critical": "Critical: somebody must act now",
}
ROOT_CAUSES: dict[RootCause, str] = {
    "prompt": "The prompt",
    "tool": "A tool, or what it returned",
    "guardrail": "A missing rule",
    "training_data": "What the model has learned",
}

FORM_TITLE, SUBMIT = "Incorrect", "Save"
TYPE_LABEL, SEVERITY_LABEL, CAUSE_LABEL = "What is wrong", "How bad", "Where it comes from"
CORRECTION_LABEL = "What would be right"
CORRECTION_HINT = "In your words. It becomes an example for the agent's authors."


def small_print(category: str, agent: str, due: Markup) -> Markup:
    words = f"{LABEL} · {{category}} · from {{agent}} · answer by "
    return joined("", [said(words, category=category or "no category", agent=agent), due])


def skipped(names: list[str]) -> str:
    return f"Skipped by {', '.join(names)}"


def question(agent: str, headline: str, by: str) -> Markup:
    return said(
        "Please review what {agent} made of this: {headline} Answer by {by}.",
        agent=agent, headline=headline, by=by,
    )  # fmt: skip


def judged(who: str, at: Markup, *, correct: bool) -> Markup:
    mark = "✅ Correct" if correct else "❌ Incorrect"
    return joined("", [said(f"{mark}, says {{who}} · ", who=who), at])


def wrong(error_type: ErrorType | None, severity: Severity | None, cause: RootCause | None) -> str:
    """`Accuracy · major · the prompt`"""
    found = [
        ERROR_TYPES[error_type].split(":")[0] if error_type else None,
        SEVERITIES[severity].split(":")[0].lower() if severity else None,
        ROOT_CAUSES[cause].lower() if cause else None,
    ]
    return " · ".join(one for one in found if one)


RIGHT_WOULD_BE = "What would be right"
EXPIRED = "⌛ Nobody reviewed it in time. That counts as not agreed to."


def went_out(rule: str, confidence: str) -> str:
    """Only afterwards."""
    return f"It went out by rule “{rule}”{confidence}."


def went_out_unasked(confidence: str) -> str:
    """The same of what the agent did without asking."""
    return f"The agent did it without asking{confidence}."


def did_something(agent: str) -> str:
    """The headline, where what was asked is no line of text."""
    return f"What {agent} made of what it was given"


def at_confidence(confidence: float) -> str:
    return f" at confidence {confidence:.2f}"


def became(headline: str, what: str) -> Markup:
    return said("Review: {headline} {what}", headline=headline, what=what)


JUDGED_RIGHT, JUDGED_WRONG = "It is correct.", "It is incorrect."


def over(who: str | None, *, correct: bool) -> str:
    """To somebody whose click came too late."""
    if who is None:
        return "Time for this review is over. Nothing changed by your click."
    what = "correct" if correct else "incorrect"
    return f"{who} has reviewed this before you: {what}. Nothing changed by your click."


SKIPPED = "Left to the others. The card stays until somebody has answered."
