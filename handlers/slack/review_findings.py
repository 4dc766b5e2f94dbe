"""Buttons and forms of what reviews found wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, whispers, wording_whispers
from bot.cards import wording_review_findings as wording
from bot.cards.finding_forms import (
    fix_form,
    own_form,
    read_fix,
    read_own,
    read_verify,
    verify_form,
)
from bot.cards.finding_rows import finding_lines
from bot.cards.forms import notice
from bot.cards.states import FormError
from bot.domain.errors import InvalidError, PullcordError, UnavailableError
from bot.domain.review_finding import FindingStateError
from bot.usecases.look import with_names
from bot.usecases.review_findings import (
    Looked,
    fix_finding,
    look_at_finding,
    own_finding,
    verify_finding,
)
from handlers.slack.actions import say, show_view, silent_words
from handlers.slack.forms import kept_open
from handlers.slack.who import Form, OddPayloadError, read_click, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.people import Clicker
    from bot.usecases.desk import Desk

    Listener = Callable[..., Awaitable[None]]
    Opens = Callable[[Looked, Clicker], dict[str, Any]]
    Does = Callable[[Desk, Form, str], Awaitable[Looked]]


def opens(desk: Desk, action: str) -> Listener:
    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            finding_id = names.unpack_review(click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            seen = await look_at_finding(desk, finding_id, click.clicker)
            if seen.finding.state != _STATE[action]:
                raise FindingStateError(seen.finding)
        except PullcordError as refusal:
            await say(desk, client, click, await _in_words(desk, refusal))
        else:
            await show_view(client, click, _FORMS[action](seen, click.clicker))
        await ack()

    return listener


def submitted(desk: Desk, form_id: str) -> Listener:
    """What it has become stands in the form's place."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
            finding_id = names.unpack_review(form.metadata)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            after = await _VERBS[form_id](desk, form, finding_id)
        except FormError as faulty:
            await ack(response_action="errors", errors=faulty.errors)
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
        except PullcordError as refusal:
            errors = blamed(refusal)
            if errors:
                await ack(response_action="errors", errors=errors)
                return
            view = notice(wording_whispers.NOTICE_TITLE, await _in_words(desk, refusal))
            await ack(response_action="update", view=view)
        else:
            lines = finding_lines(after.finding, after.now)
            view = notice(wording_whispers.DONE_TITLE, "\n".join(lines))
            await ack(response_action="update", view=view)

    return listener


def blamed(refusal: PullcordError) -> dict[str, str]:
    """What is wrong, at the input that it was typed into."""
    if not isinstance(refusal, InvalidError):
        return {}
    return {fault.pointer.strip("/"): fault.message for fault in refusal.faults}


async def _own(desk: Desk, form: Form, finding_id: str) -> Looked:
    return await own_finding(desk, finding_id, form.clicker, read_own(form.values))


async def _fix(desk: Desk, form: Form, finding_id: str) -> Looked:
    return await fix_finding(desk, finding_id, form.clicker, read_fix(form.values))


async def _verify(desk: Desk, form: Form, finding_id: str) -> Looked:
    return await verify_finding(desk, finding_id, form.clicker, read_verify(form.values))


_STATE = {names.OWN_FINDING: "open", names.FIX_FINDING: "open", names.VERIFY_FINDING: "fixed"}
_FORMS: dict[str, Opens] = {
    names.OWN_FINDING: lambda seen, clicker: own_form(seen.finding, clicker.id),
    names.FIX_FINDING: lambda seen, _: fix_form(seen.finding),
    names.VERIFY_FINDING: lambda seen, _: verify_form(seen.finding, seen.counted, seen.now),
}
_VERBS: dict[str, Does] = {
    names.OWN_FORM: _own,
    names.FIX_FORM: _fix,
    names.VERIFY_FORM: _verify,
}
BUTTONS, VIEWS = tuple(_FORMS), tuple(_VERBS)


async def _in_words(desk: Desk, refusal: PullcordError) -> str:
    match refusal:
        case FindingStateError():
            return wording.overtaken(refusal.finding)
        case UnavailableError():
            return silent_words(refusal)
        case _:
            return whispers.not_allowed(await with_names(desk, str(refusal)))
