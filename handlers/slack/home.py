"""The Home tab: whoever opens it is remembered, and its view is published just after; and what is
pressed there besides decisions.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.cards import names, wording_whispers
from bot.cards.forms import notice
from bot.cards.home_filter import filtered
from bot.cards.settings_form import read_settings, settings_form
from bot.cards.states import FormError
from bot.domain.errors import InvalidError, PullcordError, UnavailableError
from bot.domain.person_settings import QueueFilter
from bot.usecases.change_settings import (
    change_settings,
    come_back,
    filter_queue,
    settings_of,
)
from bot.usecases.commands.breaker import resume_for
from handlers.slack.actions import explain, in_words, look_again, show_view, silent_words
from handlers.slack.forms import kept_open
from handlers.slack.who import OddPayloadError, read_action_id, read_click, read_form, read_viewer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from slack_sdk.web.async_client import AsyncWebClient

    from bot.usecases.desk import Desk
    from handlers.slack.who import Click

    Listener = Callable[..., Awaitable[None]]


def opened(desk: Desk) -> Listener:
    async def listener(ack: Any, event: Any) -> None:
        viewer = read_viewer(event)
        if viewer is not None:
            desk.viewers.opened(viewer.id, asyncio.get_running_loop().time(), viewer.hash)
        await ack()

    return listener


def choose_filter(desk: Desk) -> Listener:
    """Another route, category or urgency of the team's queue; it is kept."""

    async def does(click: Click, body: Any) -> None:
        change = partial(filtered, action_id=read_action_id(body), value=click.value)
        change(QueueFilter())
        await filter_queue(desk, click.clicker, change)

    return _pressed(desk, does)


def resume(desk: Desk) -> Listener:
    """A paused agent goes on, where an admin says so."""

    async def does(click: Click, _: Any) -> None:
        await resume_for(desk, click.clicker, click.value)

    return _pressed(desk, does)


def back(desk: Desk) -> Listener:
    async def does(click: Click, _: Any) -> None:
        await come_back(desk, click.clicker)

    return _pressed(desk, does)


def open_settings(desk: Desk) -> Listener:
    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
        except OddPayloadError:
            await ack()
            return
        try:
            settings, zone, now = await settings_of(desk, click.clicker)
        except PullcordError as refusal:
            await explain(desk, client, click, "", refusal)
        else:
            await show_view(client, click, settings_form(settings, zone, now))
        await ack()

    return listener


def save_settings(desk: Desk) -> Listener:
    """The form closes, or stays open with an error at its field."""

    async def listener(ack: Any, body: Any) -> None:
        try:
            form = read_form(body)
        except OddPayloadError:
            await ack()
            return
        try:
            # Whether there is such a zone, the disk knows.
            wanted = await asyncio.to_thread(read_settings, form.values)
            await change_settings(desk, form.clicker, wanted.away_until, wanted.hours)
        except FormError as wrong:
            await ack(response_action="errors", errors=wrong.errors)
        except InvalidError as wrong:
            await ack(response_action="errors", errors={names.AWAY: str(wrong)})
        except UnavailableError as silent:
            await ack(**kept_open(form, silent_words(silent)))
        except PullcordError as refusal:
            sentence = await in_words(desk, "", refusal)
            view = notice(wording_whispers.NOTICE_TITLE, sentence)
            await ack(response_action="update", view=view)
        else:
            desk.viewers.opened(form.clicker.id, asyncio.get_running_loop().time())
            await ack(response_action="clear")

    return listener


def _pressed(desk: Desk, does: Callable[[Click, Any], Awaitable[None]]) -> Listener:
    """Done at once; the tab itself shows what came of it."""

    async def listener(ack: Any, body: Any, client: AsyncWebClient) -> None:
        try:
            click = read_click(body)
            await does(click, body)
        except (OddPayloadError, ValueError):
            pass
        except PullcordError as refusal:
            await explain(desk, client, click, "", refusal)
        else:
            look_again(desk, click)
        await ack()

    return listener
