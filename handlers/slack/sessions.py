"""Review sessions: the button that opens one, and the form that leads from each to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, wording_sessions, wording_whispers
from bot.cards.forms import notice
from bot.cards.session_form import Place, read_session, session_form
from bot.cards.states import FormError
from bot.domain.errors import PullcordError, UnavailableError
from bot.domain.review import ReviewOverError
from bot.usecases.review_case import judge, skip
from bot.usecases.review_sessions import next_in_session
from handlers.slack.actions import say, show_view, silent_words
from handlers.slack.forms import kept_open
from handlers.slack.review_findings import blamed
from handlers.slack.reviews import in_words, remember_place
from handlers.slack.who import Form, OddPayloadError, read_click, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.domain.people import Clicker
    from bot.usecases.desk import Desk

    Listener = Callable[..., Awaitable[None]]


def start(desk: Desk) -> Listener:
    """One output in a modal of their own; the message in the channel stays as it is."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            session_id = names.unpack_review(click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            place = Place(session_id=session_id, review_id="")
            await show_view(client, click, await _view(desk, place, click.clicker))
        except PullcordError as refusal:
            await say(desk, client, click, await in_words(desk, refusal))
        await remember_place(desk, click)
        await ack()

    return listener


def answer(desk: Desk) -> Listener:
    """What was said of one, and then the next."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
            place = Place(*names.unpack_session(form.metadata))
        except (OddPayloadError, ValueError):
            await ack()
            return
        note = None
        try:
            place = await _take(desk, form, place)
        except FormError as faulty:
            await ack(response_action="errors", errors=faulty.errors)
            return
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
            return
        except ReviewOverError as late:
            # Somebody was faster: the next one is as good.
            note = await in_words(desk, late)
        except PullcordError as refusal:
            errors = blamed(refusal)
            if errors:
                named = {f"{name}|{place.review_id}": why for name, why in errors.items()}
                await ack(response_action="errors", errors=named)
                return
            note = await in_words(desk, refusal)
        await ack(response_action="update", view=await _next(desk, place, form.clicker, note))

    return listener


async def _take(desk: Desk, form: Form, place: Place) -> Place:
    said = read_session(form.values, place.review_id)
    if said == "skip":
        await skip(desk, place.review_id, form.clicker, "modal")
        return place
    await judge(desk, place.review_id, form.clicker, "modal", said)
    return Place(place.session_id, place.review_id, place.answered + 1)


async def _next(desk: Desk, place: Place, clicker: Clicker, note: str | None) -> dict[str, Any]:
    try:
        return await _view(desk, place, clicker, note)
    except PullcordError as refusal:
        return notice(wording_whispers.NOTICE_TITLE, await in_words(desk, refusal))


async def _view(
    desk: Desk, place: Place, clicker: Clicker, note: str | None = None
) -> dict[str, Any]:
    found = await next_in_session(desk, place.session_id, clicker)
    if found is None:
        last = " ".join(filter(None, (note, wording_sessions.NOTHING_LEFT)))
        return notice(wording_sessions.TITLE, last)
    here = Place(place.session_id, found.review.id, place.answered)
    return session_form(here, found.review, found.material, left=found.left, note=note)
