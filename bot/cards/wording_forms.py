"""Every sentence in forms and in the errors of their fields."""

from __future__ import annotations

from bot.cards import wording

MODIFY_TITLE, MODIFY_SUBMIT = "Modify and approve", "Approve this"
REJECT_TITLE, REJECT_SUBMIT = "Reject", "Reject"
REVISE_TITLE, REVISE_SUBMIT = "Ask for alternatives", "Send back"
CANCEL, CHOOSE = "Cancel", "Choose one"
FORM_YES, FORM_NO = "Yes", "No"
NOTE_LABEL = "Note to the agent"
FIXED_LABEL = "Stays as it is"
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
UNSENDABLE = "This contains a character that cannot be sent."


def elsewhere(place: str, message: str) -> str:
    """A fault that belongs to no field of the form."""
    return f"{place.lstrip('/') or 'Together, this'}: {message}"


def and_more(count: int) -> str:
    return f"… and {count} more under “{wording.SHOW_EVERYTHING}”"


def reason(quick: str, written: str) -> str:
    return f"{quick}: {written}" if quick and written else quick or written
