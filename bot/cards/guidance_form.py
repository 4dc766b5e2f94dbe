"""The form behind "Answer…": one of the options, words or values, and whether they hold on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards import names, offers, wording, wording_forms
from bot.cards.answers import errors_at, read_answers
from bot.cards.around import Around
from bot.cards.blocks import Block, Element, field_of, modal, option, plain, prose
from bot.cards.draft_form import asked_above, words_input
from bot.cards.fields import Field, fields_of_schema, start_of
from bot.cards.inputs import inputs_of
from bot.cards.states import FormError, chosen, sendable, state_of, ticked, typed
from bot.cards.text import clip, length, one_line, paragraphs
from bot.domain.errors import Fault
from bot.domain.escalation import Escalation
from bot.domain.request import Option, Request

# Slack's limit for radio buttons; beyond it a menu is easier to read anyway.
_MOST_RADIOS = 10
_WHY = 1000
_OPTION = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidanceAnswer:
    option_ids: tuple[str, ...]
    response: Any
    comment: str | None
    #: For the rest of the run.
    guidance: str | None


def guidance_form(escalation: Escalation, around: Around) -> dict[str, Any]:  # noqa: ARG001
    """Options if there are any, the agent's own form or a text box, and how long it holds."""
    request = escalation.request
    point = request.checkpoint
    why = (point and point.pause_reason) or request.reason
    keep = {
        "type": "checkboxes", "action_id": names.INPUT,
        "options": [option(wording_forms.KEEP_IT, names.KEEP)],
    }  # fmt: skip
    blocks = [
        *asked_above(escalation),
        *([prose(wording.WHY_IT_STOPPED, clip(paragraphs(why), _WHY))] if why else []),
        *_options(request),
        *_inputs(request),
        field_of(names.KEEP, wording_forms.KEEP_LABEL, keep, optional=True),
    ]
    return modal(
        wording_forms.ANSWER_TITLE, blocks, callback_id=names.ANSWER_FORM,
        metadata=offers.shown_value(escalation), submit=wording_forms.ANSWER_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_guidance(escalation: Escalation, values: Mapping[str, Any]) -> GuidanceAnswer:
    """The answer. Raises FormError; whether it is one by the schema, the vote will say."""
    request = escalation.request
    picked = _picked(request, values)
    comment = None
    if request.response_schema is None:
        response: Any = _words(names.RESPONSE, values)
        kept = response or (picked.label if picked else "")
    else:
        start = start_of(request.response_schema)
        response = read_answers(_fields(request), start, values)
        comment = _words(names.NOTE, values)
        if response is start:
            response = None
        kept = comment or (picked.label if picked else _as_words(response))
    if response is None and picked is None:
        raise FormError({_first(request): wording_forms.NOTHING_ANSWERED})
    keep = names.KEEP in ticked(state_of(values, names.KEEP))
    return GuidanceAnswer(
        option_ids=(picked.id,) if picked else (),
        response=response,
        comment=comment,
        guidance=kept[:3000] if keep else None,
    )


def guidance_errors(escalation: Escalation, faults: Iterable[Fault]) -> dict[str, str]:
    """Each fault of an answer at the input that it belongs to."""
    request = escalation.request
    if request.response_schema is None:
        return dict.fromkeys([names.RESPONSE], "; ".join(fault.message for fault in faults))
    return errors_at(_fields(request), faults, names.NOTE)


def _options(request: Request) -> list[Block]:
    if not request.options:
        return []
    options = [_choice(one, at) for at, one in enumerate(request.options)]
    element: Element = {"type": "radio_buttons", "action_id": names.INPUT, "options": options}
    if len(options) > _MOST_RADIOS:
        element |= {"type": "static_select", "placeholder": plain(wording_forms.CHOOSE, 150)}
    return [
        field_of(
            names.CHOSEN, wording.YOU_CAN, element, optional=True, hint=wording_forms.OR_IN_WORDS
        )
    ]


def _choice(one: Option, at: int) -> Element:
    """What the card says of it, as far as Slack has room: 75 characters each."""
    # A long label keeps its own words; which is recommended stands on the card as well.
    marked = wording.recommended(one.label, yes=one.recommended)
    element = option(marked if length(one_line(marked)) <= _OPTION else one.label, str(at))
    if one.description:
        element["description"] = plain(one_line(one.description), _OPTION)
    return element


def _inputs(request: Request) -> list[Block]:
    free = bool(request.options)
    if request.response_schema is None:
        return [words_input(names.RESPONSE, wording_forms.YOUR_ANSWER, optional=free)]
    inputs = inputs_of(_fields(request))
    if free:
        # Slack would hold back the option that was chosen until the fields were filled in.
        inputs = [block | {"optional": True} for block in inputs]
    return [*inputs, words_input(names.NOTE, wording_forms.NOTE_LABEL, optional=True)]


def _fields(request: Request) -> list[Field]:
    return fields_of_schema(request.response_schema or {})


def _first(request: Request) -> str:
    """Where it is said that nothing was answered."""
    if request.options:
        return names.CHOSEN
    return names.RESPONSE if request.response_schema is None else names.NOTE


def _picked(request: Request, values: Mapping[str, Any]) -> Any:
    raw = chosen(state_of(values, names.CHOSEN))
    if raw is None:
        return None
    plain_number = raw.isascii() and raw.isdigit() and len(raw) <= 3
    if not plain_number or int(raw) >= len(request.options):
        raise FormError({names.CHOSEN: wording_forms.NOT_A_CHOICE})
    return request.options[int(raw)]


def _words(block_id: str, values: Mapping[str, Any]) -> str | None:
    try:
        return sendable(typed(state_of(values, block_id)) or "").strip() or None
    except ValueError as error:
        raise FormError({block_id: str(error)}) from None


def _as_words(response: Any) -> str:
    return response if isinstance(response, str) else one_line(json.dumps(response))
