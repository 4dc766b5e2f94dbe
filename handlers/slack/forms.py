"""Modals that were submitted: read, decide, close; or stay open with an error at its field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from bot.cards import names, wording_whispers
from bot.cards.draft_form import read_draft
from bot.cards.forms import field_errors, notice, read_modify, read_reject
from bot.cards.guidance_form import guidance_errors, read_guidance
from bot.cards.states import FormError
from bot.domain.errors import Fault, InvalidError, PullcordError, UnavailableError
from bot.domain.escalation import Escalation
from bot.domain.request import Edit
from bot.usecases.authority import SlackVoter
from bot.usecases.ballot import Ballot
from bot.usecases.decide import decide
from bot.usecases.look import look
from handlers.slack.actions import in_words, silent_words
from handlers.slack.digest_pages import page_of
from handlers.slack.who import Form, OddPayloadError, read_form

if TYPE_CHECKING:
    from bot.usecases.desk import Desk

#: Faults of a ballot → block id → sentence; empty where no input is to blame.
Blame = Callable[[Escalation, Sequence[Fault]], dict[str, str]]


def modify(desk: Desk) -> Callable[..., Awaitable[None]]:
    def read(escalation: Escalation, form: Form, shown: str) -> Ballot:
        if escalation.request.answer is not None:
            draft = read_draft(escalation, form.values, shown)
            edit, note = Edit(answer=draft.answer), draft.note
        else:
            arguments = read_modify(escalation, form.values, shown)
            edit, note = Edit(arguments=arguments.arguments), arguments.note
        return Ballot(type="modify", edit=edit, comment=note, shown_digest=shown)

    def blame(escalation: Escalation, faults: Sequence[Fault]) -> dict[str, str]:
        if escalation.request.answer is not None:
            wrong = [fault.message for fault in _within("/modified_answer", faults)]
            return {names.DRAFT: "; ".join(wrong)} if wrong else {}
        return field_errors(escalation, _within("/modified_arguments", faults))

    return _submitted(desk, read, blame)


def reject(desk: Desk) -> Callable[..., Awaitable[None]]:
    def read(escalation: Escalation, form: Form, shown: str) -> Ballot:
        answer = read_reject(escalation, form.values)
        return Ballot(
            type="revise" if answer.revise else "reject",
            comment=answer.comment,
            stop_run=answer.stop_run,
            shown_digest=shown,
        )

    return _submitted(desk, read, lambda _, __: {})


def answer(desk: Desk) -> Callable[..., Awaitable[None]]:
    """Guidance for a paused workflow."""

    def read(escalation: Escalation, form: Form, shown: str) -> Ballot:
        given = read_guidance(escalation, form.values)
        return Ballot(
            type="respond",
            option_ids=given.option_ids,
            response=given.response,
            comment=given.comment,
            guidance=given.guidance,
            shown_digest=shown,
        )

    def blame(escalation: Escalation, faults: Sequence[Fault]) -> dict[str, str]:
        return guidance_errors(escalation, _within("/response", faults))

    return _submitted(desk, read, blame)


def _submitted(
    desk: Desk, read: Callable[[Escalation, Form, str], Ballot], blame: Blame
) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
            escalation_id, shown = names.unpack(form.metadata)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            escalation, _ = await look(desk, escalation_id)
            escalation.refuse_if_settled()
            ballot = read(escalation, form, shown)
            after = await decide(desk, escalation_id, ballot, SlackVoter(form.clicker, "modal"))
        except FormError as wrong:
            await ack(response_action="errors", errors=_sentences(wrong.errors))
        except InvalidError as wrong:
            errors = blame(escalation, wrong.faults)
            if errors:
                await ack(response_action="errors", errors=_sentences(errors))
            else:
                await ack(
                    response_action="update", view=notice(wording_whispers.NOTICE_TITLE, str(wrong))
                )
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
        except PullcordError as refusal:
            sentence = await in_words(desk, escalation_id, refusal)
            await ack(
                response_action="update", view=notice(wording_whispers.NOTICE_TITLE, sentence)
            )
        else:
            if after.status == "open" and after.intent is None:
                have = len(after.agreeing(after.shown_digest))
                sentence = wording_whispers.proposed(have, after.shown_need.approvals)
                view = notice(wording_whispers.PROPOSED_TITLE, sentence)
                await ack(response_action="update", view=view)
                return
            page = await page_of(desk, form.place)
            if page is None:
                await ack(response_action="clear")
            else:
                await ack(response_action="update", view=page)

    return listener


def kept_open(form: Form, sentence: str) -> dict[str, Any]:
    """With all that was entered, so that it can simply be submitted again."""
    fields = [b for b in form.view.get("blocks") or () if isinstance(b, dict)]
    last = next((b.get("block_id") for b in reversed(fields) if b.get("type") == "input"), None)
    if last is None:
        view = notice(wording_whispers.SILENT_TITLE, sentence)
        return {"response_action": "update", "view": view}
    return {"response_action": "errors", "errors": {str(last): sentence}}


def _sentences(errors: dict[str, str]) -> dict[str, str]:
    """As people write them; the same words follow a field's name in an answer to a program."""
    return {block: words[:1].upper() + words[1:] for block, words in errors.items()}


def _within(pointer: str, faults: Sequence[Fault]) -> list[Fault]:
    """The faults at or below a place of the ballot, as seen from there."""
    return [
        Fault(fault.pointer.removeprefix(pointer), fault.message)
        for fault in faults
        if fault.pointer.startswith(pointer)
    ]
