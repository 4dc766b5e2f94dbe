"""The forms behind "Modify…" and "Reject…", and the small notice."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards import names, offers, wording, wording_forms
from bot.cards.answers import (
    Removed,
    Unchanged,
    answered,
    block_of,
    chosen,
    sendable,
    ticked,
    typed,
)  # fmt: skip
from bot.cards.argument_lines import inline
from bot.cards.arguments import labels_of, masked, value_in_words
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
from bot.cards.fields import LONGEST_TEXT, Field, fields_of
from bot.cards.inputs import input_of
from bot.cards.pointers import pointer
from bot.cards.text import clean, clip, one_line
from bot.domain.errors import Fault
from bot.domain.escalation import Escalation
from bot.domain.schemas import violations

_FIXED, _FIXED_VALUE, _ACTION, _MOST_REASONS = 30, 200, 600, 10


class FormError(Exception):
    """Something in a form has to be mended: block id → sentence for the person."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


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
    """One input for each editable argument; the rest stands above as text."""
    fields = fields_of(escalation.shown.tool)
    blocks = [
        rich(words(_action(escalation), bold=True)),
        *_fixed(escalation, fields),
        *(input_of(field, index) for index, field in enumerate(fields)),
        _text_input(names.NOTE, wording_forms.NOTE_LABEL, optional=True),
    ]
    return modal(
        wording_forms.MODIFY_TITLE, blocks, callback_id=names.MODIFY_FORM,
        metadata=offers.shown_value(escalation), submit=wording_forms.MODIFY_SUBMIT,
        close=wording_forms.CANCEL,
    )  # fmt: skip


def read_modify(escalation: Escalation, values: Mapping[str, Any]) -> ModifyAnswer:
    """The edited arguments; whatever was not editable is exactly as it was shown.

    Raises FormError.
    """
    tool = escalation.shown.tool
    fields = fields_of(tool)
    arguments: dict[str, Any] = dict(tool.arguments) if tool else {}
    errors: dict[str, str] = {}
    changed = False
    for index, field in enumerate(fields):
        try:
            value = answered(field, index, values)
        except ValueError as error:
            errors[names.field(index)] = str(error)
            continue
        if not isinstance(value, Unchanged):
            arguments = _with(arguments, field.path, value)
            changed = True
    try:
        note = sendable(typed(block_of(values, names.NOTE)) or "").strip()
    except ValueError as error:
        errors[names.NOTE] = str(error)
    if not errors and changed and tool is not None and tool.input_schema is not None:
        known = violations(tool.input_schema, tool.arguments)
        new = [f for f in violations(tool.input_schema, arguments) if f not in known]
        errors = field_errors(escalation, new)
    if errors:
        raise FormError(errors)
    return ModifyAnswer(arguments, note or None)


def field_errors(escalation: Escalation, faults: Sequence[Fault]) -> dict[str, str]:
    """Each fault on the input it belongs to; one that belongs to none stands on the last one."""
    fields = fields_of(escalation.shown.tool)
    pointers = {pointer(field.path): names.field(i) for i, field in enumerate(fields)}
    errors: dict[str, str] = {}
    for fault in faults:
        block_id = pointers.get(fault.pointer)
        sentence = fault.message
        if block_id is None:
            block_id = names.NOTE
            sentence = wording_forms.elsewhere(fault.pointer, fault.message)
        errors.setdefault(block_id, clip(one_line(sentence), 300))
    return errors


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
    quick = clean(chosen(block_of(values, names.QUICK_REASON)) or "").strip()[:OPTION_VALUE]
    try:
        written = sendable(typed(block_of(values, names.REASON)) or "").strip()
    except ValueError as error:
        raise FormError({names.REASON: str(error)}) from None
    if not clean(written).strip() and not quick:
        raise FormError({names.REASON: wording_forms.REASON_MISSING})
    reject, revise = (offers.allowed(escalation, d) for d in ("reject", "revise"))
    wishes = ticked(block_of(values, names.OPTIONS))
    stop_run = reject and names.STOP_RUN in wishes
    alternatives = revise and (names.REVISE in wishes or not reject)
    if stop_run and alternatives:
        raise FormError({names.OPTIONS: wording_forms.STOP_OR_REVISE})
    comment = wording_forms.reason(quick, written)
    return RejectAnswer(comment=comment, revise=alternatives, stop_run=stop_run)


def notice(title: str, sentence: str) -> dict[str, Any]:
    """A small modal that only says something. Takes Markup and plain sentences alike."""
    blocks = [section(kept_safe(sentence))]
    return modal(title, blocks, callback_id=names.NOTICE, metadata="", close=wording.CLOSE)


def _action(escalation: Escalation) -> str:
    return clip(one_line(escalation.shown.headline), _ACTION) or wording.NAMELESS


def _fixed(escalation: Escalation, fields: Sequence[Field]) -> list[Block]:
    """The arguments that this form cannot change, so that nobody forgets them."""
    tool = escalation.shown.tool
    if tool is None:
        return []
    fixed = dict(tool.arguments)
    for field in fields:
        fixed = _with(fixed, field.path, Removed())
    shown = masked(tool.model_copy(update={"arguments": fixed}))
    labels = labels_of(tool, list(shown))
    lines = []
    for name, value in list(shown.items())[:_FIXED]:
        text = value_in_words(value) or wording.TOO_DEEP
        lines.append(f"{clip(labels[name], 60)}: {clip(inline(text), _FIXED_VALUE)}")
    if len(shown) > _FIXED:
        lines.append(wording_forms.and_more(len(shown) - _FIXED))
    return [prose(wording_forms.FIXED_LABEL, "\n".join(lines))] if lines else []


def _text_input(block_id: str, label: str, *, optional: bool) -> Block:
    element = {
        "type": "plain_text_input", "action_id": names.INPUT, "multiline": True,
        "max_length": LONGEST_TEXT,
    }  # fmt: skip
    return field_of(block_id, label, element, optional=optional)


def _with(arguments: dict[str, Any], path: Sequence[str], value: Any) -> dict[str, Any]:
    """A copy of the arguments with one value set or removed; what is not on the way is shared."""
    changed = copy.copy(arguments)
    holder = changed
    for name in path[:-1]:
        holder[name] = copy.copy(holder[name])
        holder = holder[name]
    if isinstance(value, Removed):
        holder.pop(path[-1], None)
    else:
        holder[path[-1]] = value
    return changed
