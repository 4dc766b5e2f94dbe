"""The form behind "Incorrect…": what is wrong, how bad, why, and what would be right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.cards import names, wording_forms, wording_review, wording_review_findings
from bot.cards.blocks import Block, field_of, modal, option, rich, words
from bot.cards.finding_forms import person_select, read_person
from bot.cards.states import LONGEST_TEXT, FormError, chosen, sendable, state_of, typed
from bot.cards.text import clip, one_line
from bot.domain.material import Material
from bot.domain.review import ErrorType, RootCause, Severity

_HEADLINE = 300
_Key = TypeVar("_Key", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What somebody says of a case."""

    correct: bool
    error_type: ErrorType | None = None
    severity: Severity | None = None
    root_cause: RootCause | None = None
    correction: str | None = None
    #: Slack id of who shall mend it.
    owner: str | None = None


def review_form(review_id: str, material: Material) -> dict[str, Any]:
    headline = clip(one_line(material.headline), _HEADLINE) or wording_review.did_something(
        clip(one_line(material.agent), _HEADLINE)
    )
    blocks = [rich(words(headline, bold=True)), *of_what_is_wrong(optional=False, named=str)]
    return modal(
        wording_review.FORM_TITLE, blocks, callback_id=names.WRONG_FORM, metadata=review_id,
        submit=wording_review.SUBMIT, close=wording_forms.CANCEL,
    )  # fmt: skip


def of_what_is_wrong(*, optional: bool, named: Callable[[str], str]) -> list[Block]:
    """The fields; `named` makes a block id of a field's name."""
    text = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": LONGEST_TEXT,
    }  # fmt: skip
    return [
        radio(
            named(names.ERROR_TYPE), wording_review.TYPE_LABEL, wording_review.ERROR_TYPES,
            optional=optional,
        ),
        radio(
            named(names.SEVERITY), wording_review.SEVERITY_LABEL, wording_review.SEVERITIES,
            optional=optional,
        ),
        radio(
            named(names.ROOT_CAUSE), wording_review.CAUSE_LABEL, wording_review.ROOT_CAUSES,
            optional=True,
        ),
        field_of(
            named(names.CORRECTION), wording_review.CORRECTION_LABEL, text, optional=True,
            hint=wording_review.CORRECTION_HINT,
        ),
        field_of(
            named(names.OWNER), wording_review_findings.OWNER_LABEL, person_select(),
            optional=True, hint=wording_review_findings.OWNER_HINT,
        ),
    ]  # fmt: skip


def read_review(values: Mapping[str, Any]) -> Found:
    """Raises FormError."""
    errors: dict[str, str] = {}
    error_type = _read(values, names.ERROR_TYPE, wording_review.ERROR_TYPES, errors)
    severity = _read(values, names.SEVERITY, wording_review.SEVERITIES, errors)
    root_cause = _read(values, names.ROOT_CAUSE, wording_review.ROOT_CAUSES, errors, optional=True)
    correction = owner = None
    try:
        owner = read_person(values, names.OWNER)
    except FormError as faulty:
        errors |= faulty.errors
    try:
        correction = sendable(typed(state_of(values, names.CORRECTION)) or "").strip() or None
    except ValueError as error:
        errors[names.CORRECTION] = str(error)
    if errors:
        raise FormError(errors)
    return Found(
        correct=False,
        error_type=error_type,
        severity=severity,
        root_cause=root_cause,
        correction=correction,
        owner=owner,
    )


def radio(
    block_id: str, label: str, choices: Mapping[Any, str], *, optional: bool = False
) -> Block:
    options = [option(text, value) for value, text in choices.items()]
    radio = {"type": "radio_buttons", "action_id": names.INPUT, "options": options}
    return field_of(block_id, label, radio, optional=optional)


def _read(
    values: Mapping[str, Any],
    block_id: str,
    choices: Mapping[_Key, str],
    errors: dict[str, str],
    *,
    optional: bool = False,
) -> _Key | None:
    value = chosen(state_of(values, block_id))
    found = next((one for one in choices if one == value), None)
    if found is None and not (optional and value is None):
        errors[block_id] = wording_forms.NOT_A_CHOICE
    return found
