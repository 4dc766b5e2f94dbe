"""An admin changes what a category delivers: a button, and the form behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import whispers, wording_learning, wording_whispers
from bot.cards.category_form import category_form, read_category_form
from bot.cards.forms import notice
from bot.cards.states import FormError
from bot.domain.errors import PullcordError, UnavailableError
from bot.usecases.look import with_names
from bot.usecases.order_category import look_at_category, order_category
from handlers.slack.actions import say, show_view, silent_words
from handlers.slack.forms import kept_open
from handlers.slack.who import OddPayloadError, read_click, read_form

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk

    Listener = Callable[..., Awaitable[None]]


def open_change(desk: Desk) -> Listener:
    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
        except OddPayloadError:
            await ack()
            return
        try:
            seen = await look_at_category(desk, click.value, click.clicker)
        except PullcordError as refusal:
            await say(desk, client, click, await _in_words(desk, refusal))
        else:
            await show_view(client, click, category_form(seen))
        await ack()

    return listener


def change(desk: Desk) -> Listener:
    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
        except OddPayloadError:
            await ack()
            return
        try:
            order, reason = read_category_form(form.values)
            name = str(form.view.get("private_metadata"))
            await order_category(desk, name, form.clicker, order, reason)
        except FormError as faulty:
            await ack(response_action="errors", errors=faulty.errors)
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
        except PullcordError as refusal:
            view = notice(wording_whispers.NOTICE_TITLE, await _in_words(desk, refusal))
            await ack(response_action="update", view=view)
        else:
            view = notice(wording_whispers.DONE_TITLE, wording_learning.DONE)
            await ack(response_action="update", view=view)

    return listener


async def _in_words(desk: Desk, refusal: PullcordError) -> str:
    if isinstance(refusal, UnavailableError):
        return silent_words(refusal)
    return whispers.not_allowed(await with_names(desk, str(refusal)))
