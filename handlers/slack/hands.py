"""The menu of a card: what people do with a question without answering it, and its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, wording_boundaries, wording_hands, wording_whispers
from bot.cards.ask_form import ask_form, read_question
from bot.cards.forms import notice
from bot.cards.later_form import later_form, read_later
from bot.cards.states import FormError
from bot.domain.errors import InvalidError, PullcordError, UnavailableError
from bot.usecases.ask_agent import ask_agent
from bot.usecases.authority import SlackVoter
from bot.usecases.defer import defer
from bot.usecases.escalate_now import escalate_now
from bot.usecases.look import look_with_colleagues
from bot.usecases.not_similar import not_similar
from bot.usecases.take import take_or_release
from handlers.slack.actions import (
    explain,
    in_words,
    look_again,
    offer_shortcut,
    open_details,
    open_reject,
    opens,
    packed,
    remember_place,
    say,
    silent_words,
    via_of,
)
from handlers.slack.forms import kept_open
from handlers.slack.who import Form, OddPayloadError, chosen_value, read_click, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.escalation import Escalation
    from bot.usecases.authority import Voter
    from bot.usecases.desk import Desk

    Listener = Callable[..., Awaitable[None]]


def menu(desk: Desk) -> Listener:
    """Whatever was chosen behind ⋯."""
    listeners = {
        names.REJECT_IT: open_reject(desk),
        names.TAKE: _does(desk, take_or_release, _said_of_taking),
        names.ASK: opens(desk, ask_form),
        names.LATER: opens(desk, later_form, see=look_with_colleagues),
        names.HURRY: _does(desk, escalate_now, lambda *_: wording_hands.HURRIED),
    }
    others = open_details(desk)

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        await listeners.get(chosen_value(body), others)(ack, body, client)

    return listener


def unlike(desk: Desk) -> Listener:
    """What a learned boundary names is no reason."""
    return _does(desk, not_similar, lambda *_: wording_boundaries.NOT_SIMILAR_SAID)


def _does(
    desk: Desk,
    verb: Callable[[Desk, str, Voter], Awaitable[Escalation]],
    said: Callable[[Escalation, str], str],
) -> Listener:
    """Done at once; the card itself says so, and in a modal a sentence does."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            escalation_id, _ = names.unpack(packed(click))
        except (OddPayloadError, ValueError):
            await ack()
            return
        via = via_of(click)
        try:
            offer_shortcut(desk, click)
            after = await verb(desk, escalation_id, SlackVoter(click.clicker, via))
        except PullcordError as refusal:
            await explain(desk, client, click, escalation_id, refusal)
        else:
            if click.view_id:
                sentence = said(after, click.clicker.id)
                await say(desk, client, click, sentence, title=wording_whispers.DONE_TITLE)
            look_again(desk, click)
        await remember_place(desk, click, escalation_id)
        await ack()

    return listener


def _said_of_taking(after: Escalation, person_id: str) -> str:
    return wording_hands.TAKEN if after.hands.holds(person_id) else wording_hands.LET_GO


def later(desk: Desk) -> Listener:
    """The form "Snooze or assign"."""

    async def does(form: Form, escalation_id: str) -> dict[str, str]:
        wanted = read_later(form.values)
        voter = SlackVoter(form.clicker, "modal")
        try:
            await defer(desk, escalation_id, voter, when=wanted.when, person_id=wanted.person)
        except InvalidError as wrong:
            at = {"/until": wanted.when_at, "/person": names.PERSON}
            return {at[fault.pointer]: fault.message for fault in wrong.faults}
        return {}

    return _submitted(desk, does)


def ask(desk: Desk) -> Listener:
    """The form "Ask the agent"."""

    async def does(form: Form, escalation_id: str) -> dict[str, str]:
        text = read_question(form.values)
        voter = SlackVoter(form.clicker, "modal")
        try:
            # Whoever presses twice asks once.
            await ask_agent(desk, escalation_id, voter, text, source=f"view/{form.view.get('id')}")
        except InvalidError as wrong:
            return {names.QUESTION: str(wrong)}
        return {}

    return _submitted(desk, does)


def _submitted(desk: Desk, does: Callable[[Form, str], Awaitable[dict[str, str]]]) -> Listener:
    """`does` says what is wrong, field by field; a form that could be used closes."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
            escalation_id, _ = names.unpack(form.metadata)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            errors = await does(form, escalation_id)
        except FormError as wrong:
            errors = wrong.errors
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
            return
        except PullcordError as refusal:
            sentence = await in_words(desk, escalation_id, refusal)
            view = notice(wording_whispers.NOTICE_TITLE, sentence)
            await ack(response_action="update", view=view)
            return
        if errors:
            await ack(response_action="errors", errors=errors)
        else:
            await ack(response_action="clear")

    return listener
