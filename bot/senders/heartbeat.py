"""A sign of life to the operators' own watch; its address may hold a secret, and is never told."""

from __future__ import annotations

import aiohttp

# A stop waits for it, and a watch that is slower than this is no watch.
_SECONDS = 5.0


async def beat(session: aiohttp.ClientSession, url: str) -> str | None:
    """None when it was taken, else what went wrong, without the address."""
    try:
        async with session.get(
            url, allow_redirects=False, timeout=aiohttp.ClientTimeout(total=_SECONDS)
        ) as answer:
            return None if 200 <= answer.status < 300 else f"answered with {answer.status}"
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        return type(error).__name__
