"""The Home tab: whoever opens it is remembered, and its view is published just after."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from handlers.slack.who import read_viewer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.usecases.desk import Desk


def opened(desk: Desk) -> Callable[..., Awaitable[None]]:
    async def listener(ack: Any, event: Any) -> None:
        viewer = read_viewer(event)
        if viewer is not None:
            desk.viewers.opened(viewer, asyncio.get_running_loop().time())
        await ack()

    return listener
