"""One browser a test: an event loop of its own cannot be shared."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.screen import Screen, chromium, screen_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from tests.world import World


@pytest.fixture
async def look(world: World) -> AsyncIterator[Callable[..., Awaitable[Screen]]]:
    """Opens the page of this world as somebody; see `screen_of`."""
    async with AsyncExitStack() as stack:
        browser = await stack.enter_async_context(chromium())

        async def opened(who: str = "alice", **how: Any) -> Screen:
            return await stack.enter_async_context(
                screen_of(browser, world.sandbox_url, who, **how)
            )

        yield opened
