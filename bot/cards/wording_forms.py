"""Every sentence in forms and in the errors of their fields."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import wording
from bot.cards.text import one_line

MODIFY_TITLE, MODIFY_SUBMIT = "Modify and approve", "Approve this"
DRAFT_TITLE, DRAFT_SUBMIT, DRAFT_LABEL = "Edit the answer", "Send this", "The answer"
ANSWER_TITLE, ANSWER_SUBMIT, YOUR_ANSWER = "Answer", "Answer", "Your answer"
OR_IN_WORDS = "Or answer in your own words below; both is fine."
KEEP_LABEL, KEEP_IT = "How long it holds", "Keep this for the rest of the run"
NOTHING_ANSWERED = "Please choose, or write an answer: the agent waits for one."
REJECT_TITLE, REJECT_SUBMIT = "Reject", "Reject"
REVISE_TITLE, REVISE_SUBMIT = "Ask for alternatives", "Send back"
CANCEL, CHOOSE, CHOOSE_SOME = "Cancel", "Choose one", "Choose any"
FORM_YES, FORM_NO = "Yes", "No"
NOTE_LABEL = "Note to the agent"
FIXED_LABEL = "Stays as it is"
ANSWER_LABEL = "Answer"
ONE_A_LINE = "One per line."
AS_JSON = "Written as JSON: keep the quotes, commas and brackets."
SENSITIVE_HINT = "Hidden. Left empty, it stays as it is."
QUICK_LABEL, REASON_LABEL, REASON_MORE_LABEL = "Reason", "Reason", "Or in your own words"
ONE_OF_TWO = "One of the two is needed; both is fine."
OPTIONS_LABEL = "And then"
ASK_FOR_ALTERNATIVES = "Ask for alternatives"
STOP_RUN = "Stop this run"
ONLY_REVISE = "This can be sent back with a reason; the agent then looks for another way."

REQUIRED = "Please fill this in."
REASON_MISSING = "Please choose or write a reason: the agent and your colleagues will read it."
STOP_OR_REVISE = "Choose one: a stopped run cannot look for alternatives."
NOT_A_CHOICE = "Please choose one of the list."
NOT_A_NUMBER = "Please write a number such as 200 or 247.50."
NOT_WHOLE = "Please write a whole number."
DECIMAL_COMMA = "Please write decimals with a point, such as 247.50."
TOO_LARGE = "This number is too large to be sent exactly."
TOO_LONG = f"At most {3000:,} characters, please."
NOT_A_DATE = "Please choose a date."
TOO_NESTED = "This is nested too deeply."
FORM_CHANGED = (
    "This form is out of date, and nothing was sent. "
    "Keep a copy of what you typed, close it, and open it again."
)

#: Why a value that may be edited has no input.
HOLDS_HIDDEN = "holds something hidden"
TOO_LONG_FOR_A_FORM = "too long for a form"
UNSEEN = "has characters that a form would lose"
OTHER_TYPE = "not of the type it should have"

UNSENDABLE = "This contains a character that cannot be sent."


def elsewhere(place: str, message: str) -> str:
    """A fault that belongs to no field of the form."""
    if not place and message.startswith("the "):  # a sentence of its own
        return message[0].upper() + message[1:]
    return f"{place or 'Together, this'}: {message}"


def and_more(count: int) -> str:
    return f"… and {count} more under “{wording.SHOW_EVERYTHING}”"


def reason(quick: str, written: str) -> str:
    return f"{quick}: {written}" if quick and written else quick or written


def sentences(hints: Sequence[str]) -> str:
    """Hints one after the other, each to its full stop."""
    *first, last = hints or [""]
    return " ".join([*(one if one[-1] in ".!?…:" else f"{one}." for one in first), last])


def piece(label: str, number: int, count: int) -> str:
    return f"{label[:120]} ({number} of {count})"


def moment_hint(sent: object) -> str:
    zone = "Shown in your own time zone"
    return f"{zone}; proposed was {sent}." if isinstance(sent, str) else f"{zone}."


def now(value: str) -> str:
    return f"Now: {value}"


def default(value: str) -> str:
    return f"Left empty, the tool takes: {value}"


def not_listed(known: Sequence[object]) -> str:
    some = ", ".join(str(one)[:40] for one in known[:5])
    return f"This is none of the {len(known)} values the tool knows, such as {some}."


def not_json(line: int, column: int, why: str, *, curly: bool) -> str:
    """Where the reader of JSON got stuck."""
    quotes = ' Curly quotes do not count: write straight ones (").' if curly else ""
    return f"Not JSON: line {line}, column {column}: {why[:1].lower()}{why[1:]}.{quotes}"


def no_constant(name: str) -> str:
    return f"{name} is not a number that can be sent."


def named_twice(name: str) -> str:
    return f"“{name[:60]}” is named twice in one object."


def unknown_name(name: str, near: str | None) -> str:
    meant = f"; did you mean “{near[:60]}”?" if near else "."
    return f"“{name[:60]}” is not known to the tool{meant}"


def within(place: str, message: str) -> str:
    """A fault inside of a field."""
    return f"{place[:120]}: {message}"


def not_here(reasons: Sequence[tuple[str, str]]) -> str:
    """Labels of what may be edited but has no input, each with its reason."""
    listed = " · ".join(f"{label} ({why})" for label, why in reasons)
    return f"Cannot be edited in a form: {listed}"


def crowded_out(count: int) -> str:
    values = (
        "1 more value stays as it is" if count == 1 else f"{count} more values stay as they are"
    )
    return f"{values}: a form has no room for more."


def overtaken(by: str | None) -> str:
    """Somebody proposed another version while this form was open."""
    who = one_line(by or "")[:60] or "Somebody"
    return (
        f"{who} changed this while you were editing, and nothing of yours was sent. "
        "Keep a copy of what you typed, close this form, and look again."
    )
