"""The forms behind "Modify…" and "Reject…", and the small notice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards import names, offers, wording, wording_forms, wording_whispers
from bot.cards.answers import errors_at, read_answers
from bot.cards.argument_lines import inline
from bot.cards.arguments import label_of, labels_of, masked, value_in_words
from bot.cards.around import Around
from bot.cards.blocks import (
    OPTION_VALUE,
    Block,
    context,
    field_of,
    kept_safe,
    modal,
    option,
    plain,
    prose,
    rich,
    section,
    words,
)  # fmt: skip
from bot.cards.fields import Layout, fields_of_tool, layout_of_tool
from bot.cards.inputs import inputs_of
from bot.cards.pointers import declared, without
from bot.cards.states import LONGEST_TEXT, FormError, chosen, sendable, state_of, ticked, typed
from bot.cards.text import clean, clip, one_line
from bot.domain.errors import Fault
from bot.domain.escalation import Escalation
from bot.domain.schemas import violations

_FIXED, _FIXED_VALUE, _ACTION, _MOST_REASONS = 30, 200, 600, 10
_REASONS = 10


@dataclass(frozen=True, slots=True)
class ModifyAnswer:
    arguments: dict[str, Any]
    note: str | None


@dataclass(frozen=True, slots=True)
class RejectAnswer:
    comment: str
    revise: bool
    stop_run: bool


def modify_form(escalation: Escalation, around: Around) -> dict[str, Any]:  # noqa: ARG001
    """The inputs of each editable argument; the rest stands above as text."""
    layout = layout_of_tool(escalation.shown.tool)
    blocks = [
        rich(words(_action(escalation), bold=True)),
        *_fixed(escalation, layout),
        *inputs_of(layout.fields),
        _text_input(names.NOTE, wording_forms.NOTE_LABEL, optional=True),
    ]
    return modal(
        wording_forms.MODIFY_TITLE, blocks, callback_id=names.MODIFY_FORM,
        metadata=offers.shown_value(escalation), submit=wording_forms.MODIFY_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_modify(
    escalation: Escalation, values: Mapping[str, Any], shown_digest: str | None = None
) -> ModifyAnswer:
    """The edited arguments; whatever was not editable is exactly as it was shown.

    `shown_digest` is the action over which the form was drawn. Raises FormError.
    """
    if shown_digest not in {None, escalation.shown_digest}:
        # The form stays open, so that what was typed can be copied.
        by = escalation.proposal.by.display_name if escalation.proposal else None
        raise FormError({_first_block(values): wording_forms.overtaken(by)})
    tool = escalation.shown.tool
    before: dict[str, Any] = dict(tool.arguments) if tool else {}
    arguments, errors = before, {}
    try:
        arguments = read_answers(fields_of_tool(tool), before, values)
    except FormError as wrong:
        arguments, errors = wrong.readable, dict(wrong.errors)
    try:
        note = sendable(typed(state_of(values, names.NOTE)) or "").strip()
    except ValueError as error:
        errors[names.NOTE] = str(error)
    if arguments is not before and tool is not None and tool.input_schema is not None:
        known = violations(tool.input_schema, tool.arguments)
        new = [f for f in violations(tool.input_schema, arguments) if f not in known]
        errors = field_errors(escalation, new) | errors
    if errors:
        raise FormError(errors)
    return ModifyAnswer(arguments, note or None)


def field_errors(escalation: Escalation, faults: Sequence[Fault]) -> dict[str, str]:
    """Each fault on the input it belongs to; one that belongs to none stands on the last one."""
    return errors_at(fields_of_tool(escalation.shown.tool), faults, names.NOTE)


def _first_block(values: Mapping[str, Any]) -> str:
    """Where an error about the whole form is seen first."""
    first = names.field(0)
    return first if first in values else names.NOTE


def reject_form(escalation: Escalation, around: Around) -> dict[str, Any]:
    """A reason in one tap or in words, and what the agent should do next."""
    reject, revise = (offers.allowed(escalation, d) for d in ("reject", "revise"))
    blocks: list[Block] = [rich(words(_action(escalation), bold=True))]
    if not reject:
        blocks.append(context(plain(wording_forms.ONLY_REVISE)))
    quick = dict.fromkeys(
        clip(one_line(reason), OPTION_VALUE // 2) for reason in around.quick_reasons
    )
    reasons = [option(reason, reason) for reason in list(quick)[:_MOST_REASONS] if reason]
    if reasons:
        radio = {"type": "radio_buttons", "action_id": names.INPUT, "options": reasons}
        blocks.append(
            field_of(
                names.QUICK_REASON, wording_forms.QUICK_LABEL, radio, optional=True,
                hint=wording_forms.ONE_OF_TWO,
            )
        )  # fmt: skip
    label = wording_forms.REASON_MORE_LABEL if reasons else wording_forms.REASON_LABEL
    blocks.append(_text_input(names.REASON, label, optional=bool(reasons)))
    options = []
    if reject and revise:
        options.append(option(wording_forms.ASK_FOR_ALTERNATIVES, names.REVISE))
    if reject:
        options.append(option(wording_forms.STOP_RUN, names.STOP_RUN))
        boxes = {"type": "checkboxes", "action_id": names.INPUT, "options": options}
        blocks.append(field_of(names.OPTIONS, wording_forms.OPTIONS_LABEL, boxes, optional=True))
    return modal(
        wording_forms.REJECT_TITLE if reject else wording_forms.REVISE_TITLE, blocks,
        callback_id=names.REJECT_FORM, metadata=offers.shown_value(escalation),
        submit=wording_forms.REJECT_SUBMIT if reject else wording_forms.REVISE_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_reject(escalation: Escalation, values: Mapping[str, Any]) -> RejectAnswer:
    """The reason and the wishes. Raises FormError when there is no reason."""
    quick = clean(chosen(state_of(values, names.QUICK_REASON)) or "").strip()[:OPTION_VALUE]
    try:
        written = sendable(typed(state_of(values, names.REASON)) or "").strip()
    except ValueError as error:
        raise FormError({names.REASON: str(error)}) from None
    if not clean(written).strip() and not quick:
        raise FormError({names.REASON: wording_forms.REASON_MISSING})
    reject, revise = (offers.allowed(escalation, d) for d in ("reject", "revise"))
    wishes = ticked(state_of(values, names.OPTIONS))
    stop_run = reject and names.STOP_RUN in wishes
    alternatives = revise and (names.REVISE in wishes or not reject)
    if stop_run and alternatives:
        raise FormError({names.OPTIONS: wording_forms.STOP_OR_REVISE})
    comment = wording_forms.reason(quick, written)
    return RejectAnswer(comment=comment, revise=alternatives, stop_run=stop_run)


def notice(title: str, sentence: str) -> dict[str, Any]:
    """A small modal that only says something. Takes Markup and plain sentences alike."""
    blocks = [section(kept_safe(sentence))]
    return modal(title, blocks, callback_id=names.NOTICE, metadata="", close=wording_whispers.CLOSE)


def _action(escalation: Escalation) -> str:
    return clip(one_line(escalation.shown.headline), _ACTION) or wording.NAMELESS


def _fixed(escalation: Escalation, layout: Layout) -> list[Block]:
    """The arguments that this form cannot change, so that nobody forgets them; and why."""
    tool = escalation.shown.tool
    if tool is None:
        return []
    fixed: dict[str, Any] = masked(tool)
    for field in layout.fields:
        fixed = without(fixed, field.path)
    labels = labels_of(tool, list(fixed))
    lines = []
    for name, value in list(fixed.items())[:_FIXED]:
        text = value_in_words(value) or wording.TOO_DEEP
        lines.append(f"{clip(labels[name], 60)}: {clip(inline(text), _FIXED_VALUE)}")
    if len(fixed) > _FIXED:
        lines.append(wording_forms.and_more(len(fixed) - _FIXED))
    blocks = [prose(wording_forms.FIXED_LABEL, "\n".join(lines))] if lines else []
    reasons = [
        (clip(label_of(path[-1], declared(tool.input_schema or {}, path)), 60), why)
        for path, why in list(layout.left_out.items())[:_REASONS]
    ]
    notes = [wording_forms.not_here(reasons)] if reasons else []
    if layout.crowded_out:
        notes.append(wording_forms.crowded_out(layout.crowded_out))
    return [*blocks, *(context(plain(note)) for note in notes)]


def _text_input(block_id: str, label: str, *, optional: bool) -> Block:
    element = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": LONGEST_TEXT,
    }  # fmt: skip
    return field_of(block_id, label, element, optional=optional)
