"""The forms of a finding: who mends it and by when, what was changed, and whether that helped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.cards import names, wording_forms
from bot.cards import wording_review_findings as wording
from bot.cards.blocks import (
    Block,
    Markup,
    context,
    field_of,
    modal,
    mrkdwn,
    option,
    rich,
    section,
    words,
)
from bot.cards.finding_rows import finding_lines
from bot.cards.states import FormError, chosen, sendable, state_of, typed
from bot.cards.text import clean, clip, one_line
from bot.domain.review_finding import Outcome, ReviewFinding

_KIND, _LONGEST = 200, 500
_PERSON = re.compile("[A-Z0-9]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ownership:
    owner: str
    due: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    outcome: Outcome
    comment: str | None


def own_form(one: ReviewFinding, asker: str) -> dict[str, Any]:
    """Whoever asks is proposed where nobody owns it."""
    initial = asker if one.owner is None else one.owner.id
    due: dict[str, Any] = {"type": "datepicker", "action_id": names.INPUT}
    if one.due is not None:
        due["initial_date"] = one.due.isoformat()
    blocks = [
        _what(one),
        field_of(
            names.OWNER, wording.OWNER_LABEL, person_select(initial), optional=False,
            hint=wording.OWNER_ELSE_HINT,
        ),
        field_of(names.DUE, wording.DUE_LABEL, due, optional=True),
    ]  # fmt: skip
    return _form(one, wording.OWN_TITLE, blocks, names.OWN_FORM)


def fix_form(one: ReviewFinding) -> dict[str, Any]:
    note = field_of(names.NOTE, wording.NOTE_LABEL, _text(), optional=False, hint=wording.NOTE_HINT)
    return _form(one, wording.FIX_TITLE, [_what(one), note], names.FIX_FORM)


def verify_form(one: ReviewFinding, counted: Sequence[Markup], now: datetime) -> dict[str, Any]:
    """What was counted before and after the fix stands above the question."""
    options = [option(label, value) for value, label in wording.OUTCOMES.items()]
    radio = {"type": "radio_buttons", "action_id": names.INPUT, "options": options}
    blocks = [
        section(Markup("\n".join(finding_lines(one, now)))),
        *(context(mrkdwn(line)) for line in counted),
        field_of(
            names.OUTCOME, wording.OUTCOME_LABEL, radio, optional=False, hint=wording.OUTCOME_HINT
        ),
        field_of(names.NOTE, wording.WORDS_LABEL, _text(), optional=True),
    ]
    return _form(one, wording.VERIFY_TITLE, blocks, names.VERIFY_FORM)


def person_select(initial: str | None = None) -> dict[str, Any]:
    menu: dict[str, Any] = {"type": "users_select", "action_id": names.INPUT}
    return menu | ({"initial_user": initial} if initial else {})


def read_person(values: Mapping[str, Any], block_id: str) -> str | None:
    """The id of whoever was chosen. Raises FormError for what is no id."""
    person = typed(state_of(values, block_id), "selected_user")
    if person is not None and not _PERSON.fullmatch(person):
        raise FormError({block_id: wording_forms.NOT_A_CHOICE})
    return person


def read_own(values: Mapping[str, Any]) -> Ownership:
    """Raises FormError."""
    owner = read_person(values, names.OWNER)
    if owner is None:
        raise FormError({names.OWNER: wording_forms.NOT_A_CHOICE})
    text = typed(state_of(values, names.DUE), "selected_date")
    try:
        due = None if text is None else date.fromisoformat(text)
    except ValueError:
        raise FormError({names.DUE: wording.NO_DATE}) from None
    return Ownership(owner=owner, due=due)


def read_fix(values: Mapping[str, Any]) -> str:
    """Raises FormError."""
    note = _read_text(values)
    if note is None:
        raise FormError({names.NOTE: wording.NOTE_MISSING})
    return note


def read_verify(values: Mapping[str, Any]) -> Judged:
    """Raises FormError."""
    wanted = chosen(state_of(values, names.OUTCOME))
    outcome = next((one for one in wording.OUTCOMES if one == wanted), None)
    if outcome is None:
        raise FormError({names.OUTCOME: wording_forms.NOT_A_CHOICE})
    return Judged(outcome=outcome, comment=_read_text(values))


def _read_text(values: Mapping[str, Any]) -> str | None:
    try:
        text = sendable(typed(state_of(values, names.NOTE)) or "").strip()[:_LONGEST]
    except ValueError as error:
        raise FormError({names.NOTE: str(error)}) from None
    return text if clean(text).strip() else None


def _what(one: ReviewFinding) -> Block:
    return rich(words(clip(one_line(wording.kind_plainly(one.kind)), _KIND), bold=True))


def _text() -> dict[str, Any]:
    return {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": _LONGEST,
    }  # fmt: skip


def _form(
    one: ReviewFinding, title: str, blocks: Sequence[Block], callback_id: str
) -> dict[str, Any]:
    return modal(
        title, blocks, callback_id=callback_id, metadata=one.id, submit=wording.SAVE,
        close=wording_forms.CANCEL,
    )  # fmt: skip
