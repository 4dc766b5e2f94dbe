"""What our buttons, forms and fields are called on the wire, and what they carry."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence

APPROVE = "approve"
MODIFY = "modify"
REJECT = "reject"
#: Takes a click back; its value's number says which.
UNDO = "undo"
#: The overflow menu; its option values follow.
MORE = "more"
SHOW_EVERYTHING = "show"
REJECT_IT = "reject_it"
TAKE = "take"
ASK = "ask"
LATER = "later"
HURRY = "hurry"
#: Those that do not carry what they are about: the menu's block does.
IN_MENU = {SHOW_EVERYTHING, REJECT_IT, TAKE, ASK, LATER, HURRY}

#: Guidance: one button an option, and the form for an answer of one's own.
OPTION = "option"
ANSWER = "answer"
ANSWER_FORM = "answer_form"

#: "Show everything" as a button of its own, and the modal it opens.
DETAILS = "details"
PAGE_PREV = "page_prev"
PAGE_NEXT = "page_next"

#: In the answer to `/pullcord queue`.
QUEUE_NEXT = "queue_next"

#: On the Home tab: the parts of the filter, and the other buttons.
FILTER_ROUTE = "filter_route"
FILTER_CATEGORY = "filter_category"
FILTER_URGENCY = "filter_urgency"
RESUME = "resume"
SETTINGS = "settings"
COME_BACK = "come_back"

MODIFY_FORM = "modify_form"
REJECT_FORM = "reject_form"
ASK_FORM = "ask_form"
LATER_FORM = "later_form"
SETTINGS_FORM = "settings_form"
NOTICE = "notice"

#: A look at what went out without a person; their values are the review's id.
RIGHT = "review_right"
WRONG = "review_wrong"
SKIP = "review_skip"
READ_ALL = "review_read"
WRONG_FORM = "review_form"
#: Several of them, one after the other: the button, and the form that shows one.
SESSION, SESSION_FORM = "session", "session_form"
VERDICT = "verdict"
ERROR_TYPE, SEVERITY, ROOT_CAUSE, CORRECTION = "error_type", "severity", "cause", "correction"

#: What reviews found wrong; the value, and the forms' metadata, is the finding's id.
OWN_FINDING, FIX_FINDING, VERIFY_FINDING = "finding_own", "finding_fix", "finding_verify"
OWN_FORM, FIX_FORM, VERIFY_FORM = "finding_own_form", "finding_fix_form", "finding_verify_form"
OWNER, DUE, OUTCOME = "owner", "due", "outcome"

#: A rule that people's decisions propose; the value is the proposal's id.
ACCEPT_RULE, DECLINE_RULE, REVOKE_RULE = "rule_accept", "rule_decline", "rule_revoke"

#: On a card that a learned boundary holds: the overrides that it is like are no reason.
NOT_SIMILAR = "not_similar"

#: What an admin orders for a category that learns; the value is its name.
CATEGORY = "category"
CATEGORY_FORM = "category_form"
ORDER = "order"

#: Under `stats`: a report for whoever presses it; the value is a category, or nothing.
REPORT = "report"
#: In the place of a category, none of which is called so: it is longer than any name.
EVERYTHING = "*" * 65

#: A digest: its further pages as a modal, and several approved together after a form.
DIGEST_PAGE = "digest_page"
DIGEST_PREV = "digest_prev"
DIGEST_NEXT = "digest_next"
TOGETHER = "together"
TOGETHER_FORM = "together_form"
#: At the end of the block id of a row of a digest.
IN_DIGEST = "|d"

#: The action id of our own inputs; the block id says which one it is. Those of fields follow
#: what they mean, see `input_of`.
INPUT = "input"
#: What the block ids of fields begin with.
FIELD = "field_"
NOTE = "note"
QUICK_REASON = "quick_reason"
REASON = "reason"
OPTIONS = "options"
REVISE = "revise"
STOP_RUN = "stop_run"
DRAFT = "draft"
CHOSEN = "chosen"
RESPONSE = "response"
KEEP = "keep"
QUESTION = "question"
UNTIL = "until"
UNTIL_AT = "until_at"
PERSON = "person"
AWAY = "away"
DAYS = "days"
START = "start"
END = "end"
ZONE = "zone"
#: The choices of `UNTIL`.
QUARTER, HOUR, MORNING = "15m", "1h", "morning"

_PACKED = re.compile(
    r"(?P<id>[A-Za-z0-9_-]{1,80})\|(?P<digest>sha256:[0-9a-f]{64})(\|(?P<page>[0-9]{1,6}))?(\|d)?"
)
_REVIEW = re.compile("[A-Za-z0-9_-]{1,80}")
_COUNT = re.compile("[0-9]{1,6}")
_PAGE = re.compile(
    r"(?P<message>[A-Za-z0-9_-]{1,80})\|(?P<page>[0-9]{1,6})(\|(?P<first>[A-Za-z0-9_-]{1,80}))?"
)


def pack(escalation_id: str, digest: str, page: int | None = None) -> str:
    """Which escalation, and the hash of the action that was shown; ≤ 160 characters."""
    packed = f"{escalation_id}|{digest}"
    return packed if page is None else f"{packed}|{page}"


def unpack(value: str) -> tuple[str, str]:
    """The id and the digest in a button's value, a form's metadata or an actions block's id.

    Raises ValueError for anything that `pack` did not make.
    """
    match = _read(value)
    return match["id"], match["digest"]


def unpack_page(value: str) -> int:
    """The number at the end: a page of the modal, or an option's place among the options."""
    return int(_read(value)["page"] or 0)


def pack_page(message_id: str, page: int) -> str:
    """A page of a digest, counted from 0."""
    return f"{message_id}|{page}"


def pack_together(message_id: str, page: int, first: str) -> str:
    """Those of a page of a digest that are like its row of that escalation."""
    return f"{message_id}|{page}|{first}"


def unpack_place(value: str) -> tuple[str, int, str]:
    """The message and the page, and the row's escalation where one is named.

    Raises ValueError for anything else.
    """
    match = _PAGE.fullmatch(value)
    if match is None:
        raise ValueError("This did not come from one of our buttons.")
    return match["message"], int(match["page"]), match["first"] or ""


def unpack_review(value: str) -> str:
    """The id of the review. Raises ValueError for anything that cannot be one."""
    if not _REVIEW.fullmatch(value):
        raise ValueError("This did not come from one of our buttons.")
    return value


def pack_session(session_id: str, review_id: str, answered: int) -> str:
    """Where somebody is in a review session."""
    return f"{session_id}|{review_id}|{answered}"


def unpack_session(value: str) -> tuple[str, str, int]:
    """Raises ValueError for anything that `pack_session` did not make."""
    session_id, _, rest = value.partition("|")
    review_id, _, answered = rest.partition("|")
    if not _COUNT.fullmatch(answered):
        raise ValueError("This did not come from one of our buttons.")
    return unpack_review(session_id), unpack_review(review_id), int(answered)


def pack_all(shown: Sequence[tuple[str, str]]) -> str:
    """Several escalations, each with the hash of the action that was shown."""
    return ",".join(pack(*one) for one in shown)


def unpack_all(value: str) -> list[tuple[str, str]]:
    """Raises ValueError for anything that `pack_all` did not make."""
    return [unpack(one) for one in value.split(",")]


def returning(metadata: str, place: str) -> str:
    """A modal's metadata that also says to which page of a digest it leads back."""
    return f"{metadata}@{place}"


def from_where(metadata: str) -> tuple[str, str]:
    """The metadata as such, and the page that it leads back to, if any."""
    itself, _, place = metadata.partition("@")
    return itself, place


def field(index: int) -> str:
    """The block id of the form's field number `index`."""
    return f"{FIELD}{index}"


def piece(block_id: str, number: int) -> str:
    """The block id of a long text's piece number `number`, from 0."""
    return block_id if number == 0 else f"{block_id}_{number + 1}"


def input_of(*meaning: object) -> str:
    """The action id of an input: the same only while the input means and shows the same.

    An answer under another one was typed into another form, and is never read as this one's.
    """
    written = json.dumps(meaning).encode()
    return f"{INPUT}_{hashlib.sha256(written).hexdigest()[:16]}"


def _read(value: object) -> re.Match[str]:
    match = _PACKED.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError("This did not come from one of our buttons.")
    return match
