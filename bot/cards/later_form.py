"""The form behind "Snooze or assign…": until when it can wait, and who should look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bot.cards import names, offers, wording_forms, wording_hands, wording_settings
from bot.cards.around import Around
from bot.cards.blocks import (
    OPTION_TEXT,
    Block,
    Element,
    field_of,
    modal,
    option,
    plain,
    rich,
    words,
)  # fmt: skip
from bot.cards.states import FormError, chosen, moment_in, state_of
from bot.cards.text import clip, one_line
from bot.domain.escalation import Escalation

# Slack's limit for a menu.
_MOST_PEOPLE = 100
_ACTION = 300
_LENGTHS = {names.QUARTER: timedelta(minutes=15), names.HOUR: timedelta(hours=1)}


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterAnswer:
    when: timedelta | Literal["morning"] | datetime | None
    person: str | None
    #: Which input said when, for an error that belongs there.
    when_at: str


def later_form(escalation: Escalation, around: Around) -> dict[str, Any]:
    lengths = [option(label, value) for value, label in wording_hands.CHOICES.items()]
    radio = {"type": "radio_buttons", "action_id": names.INPUT, "options": lengths}
    picker = {"type": "datetimepicker", "action_id": names.INPUT}
    blocks: list[Block] = [
        rich(words(clip(one_line(escalation.shown.headline), _ACTION), bold=True)),
        field_of(
            names.UNTIL, wording_hands.UNTIL_LABEL, radio, optional=True,
            hint=wording_hands.UNTIL_HINT,
        ),
        field_of(names.UNTIL_AT, wording_hands.UNTIL_AT_LABEL, picker, optional=True),
        *_people(around),
    ]  # fmt: skip
    return modal(
        wording_hands.LATER_TITLE, blocks, callback_id=names.LATER_FORM,
        metadata=offers.shown_value(escalation), submit=wording_hands.LATER_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_later(values: Mapping[str, Any]) -> LaterAnswer:
    """Raises FormError when nothing was chosen, or two moments."""
    length = chosen(state_of(values, names.UNTIL))
    at = moment_in(state_of(values, names.UNTIL_AT))
    person = chosen(state_of(values, names.PERSON))
    if length is not None and at is not None:
        raise FormError({names.UNTIL_AT: wording_hands.ONE_TIME})
    if length is None and at is None and person is None:
        raise FormError({names.UNTIL: wording_hands.NOTHING_CHOSEN})
    if length is None:
        return LaterAnswer(when=at, person=person, when_at=names.UNTIL_AT)
    if length == names.MORNING:
        return LaterAnswer(when="morning", person=person, when_at=names.UNTIL)
    if length not in _LENGTHS:
        raise FormError({names.UNTIL: wording_forms.NOT_A_CHOICE})
    return LaterAnswer(when=_LENGTHS[length], person=person, when_at=names.UNTIL)


def _people(around: Around) -> list[Block]:
    """The people who are asked, by name."""
    named = sorted(around.colleagues.items(), key=lambda one: (one[1].casefold(), one[0]))
    if not named:
        return []
    people: list[Element] = [
        option(name or id_, id_) | _hint(id_, around) for id_, name in named[:_MOST_PEOPLE]
    ]
    menu = {
        "type": "static_select", "action_id": names.INPUT, "options": people,
        "placeholder": plain(wording_hands.CHOOSE_PERSON, 150),
    }  # fmt: skip
    return [
        field_of(
            names.PERSON, wording_hands.PERSON_LABEL, menu, optional=True,
            hint=wording_hands.PERSON_HINT,
        )
    ]  # fmt: skip


def _hint(person_id: str, around: Around) -> Element:
    """Below a name: perhaps they are not there."""
    gone = around.absences.get(person_id)
    if gone is None:
        return {}
    return {"description": plain(wording_settings.absent(gone, around.now), OPTION_TEXT)}
