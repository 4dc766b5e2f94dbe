"""Buttons and the form of review cards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names, whispers, wording_review, wording_whispers
from bot.cards.forms import notice
from bot.cards.review_card import review_pages
from bot.cards.review_form import Found, read_review, review_form
from bot.cards.states import FormError
from bot.domain.errors import ForbiddenError, NotFoundError, PullcordError, UnavailableError
from bot.domain.review import ReviewOverError
from bot.usecases.adopt import adopt
from bot.usecases.look import with_names
from bot.usecases.review_case import judge, look_at_review, skip
from handlers.slack.actions import log, offer_shortcut, say, show_view, silent_words, via_of
from handlers.slack.forms import kept_open
from handlers.slack.review_findings import blamed
from handlers.slack.who import Click, OddPayloadError, read_click, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk

    Listener = Callable[..., Awaitable[None]]
    Does = Callable[[AsyncWebClient, Click, str], Awaitable[None]]


def right(desk: Desk) -> Listener:
    async def does(_: AsyncWebClient, click: Click, review_id: str) -> None:
        offer_shortcut(desk, click)
        await judge(desk, review_id, click.clicker, via_of(click), Found(correct=True))

    return _pressed(desk, does)


def leave(desk: Desk) -> Listener:
    async def does(client: AsyncWebClient, click: Click, review_id: str) -> None:
        offer_shortcut(desk, click)
        await skip(desk, review_id, click.clicker, via_of(click))
        await say(desk, client, click, wording_review.SKIPPED)

    return _pressed(desk, does)


def open_wrong(desk: Desk) -> Listener:
    async def does(client: AsyncWebClient, click: Click, review_id: str) -> None:
        seen = await look_at_review(desk, review_id)
        if not seen.review.open:
            raise ReviewOverError(seen.review)
        await show_view(client, click, review_form(review_id, seen.material))
        offer_shortcut(desk, click)

    return _pressed(desk, does)


def open_all(desk: Desk) -> Listener:
    async def does(client: AsyncWebClient, click: Click, review_id: str) -> None:
        seen = await look_at_review(desk, review_id)
        await show_view(client, click, review_pages(seen.material))

    return _pressed(desk, does)


def wrong(desk: Desk) -> Listener:
    """The form "Incorrect"."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
            review_id = names.unpack_review(form.metadata)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            await judge(desk, review_id, form.clicker, "modal", read_review(form.values))
        except FormError as faulty:
            await ack(response_action="errors", errors=faulty.errors)
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
        except PullcordError as refusal:
            errors = blamed(refusal)
            if errors:
                await ack(response_action="errors", errors=errors)
                return
            view = notice(wording_whispers.NOTICE_TITLE, await in_words(desk, refusal))
            await ack(response_action="update", view=view)
        else:
            await ack(response_action="clear")

    return listener


def _pressed(desk: Desk, does: Does) -> Listener:
    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            review_id = names.unpack_review(click.value)
        except (OddPayloadError, ValueError):
            await ack()
            return
        try:
            await does(client, click, review_id)
        except PullcordError as refusal:
            await say(desk, client, click, await in_words(desk, refusal))
        await remember_place(desk, click)
        await ack()

    return listener


async def remember_place(desk: Desk, click: Click) -> None:
    """A copy that nobody knew of must not stay as it is."""
    if click.message is None or click.message.message_id is None:
        return
    try:
        if not desk.places.remembers(click.message):
            await adopt(desk, click.message)
            desk.places.remember(click.message)
    except PullcordError as error:
        log.warning("copy.not_known reason=%s", error)


async def in_words(desk: Desk, refusal: PullcordError) -> str:
    match refusal:
        case ReviewOverError():
            verdict = refusal.review.verdict
            who = None if verdict is None else verdict.actor.display_name or verdict.actor.id
            return wording_review.over(who, correct=verdict is not None and verdict.correct)
        case ForbiddenError() | NotFoundError():
            return whispers.not_allowed(await with_names(desk, str(refusal)))
        case UnavailableError():
            return silent_words(refusal)
        case _:
            return whispers.went_wrong()
