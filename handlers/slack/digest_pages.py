"""A page of a digest, as the modal of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names
from bot.cards.digest_modals import digest_page, gone_page
from bot.domain.errors import UnavailableError
from bot.usecases.look_at_digest import look_at_digest

if TYPE_CHECKING:
    from bot.usecases.desk import Desk


async def read_page(desk: Desk, place: str) -> dict[str, Any]:
    """The page of that place as it is now. Raises ValueError, UnavailableError."""
    message_id, at, _ = names.unpack_place(place)
    digest = await look_at_digest(desk, message_id)
    return gone_page() if digest is None else digest_page(digest, at)


async def page_of(desk: Desk, place: str) -> dict[str, Any] | None:
    """The page that a modal leads back to, if it came from one and can be read now."""
    try:
        return await read_page(desk, place)
    except (ValueError, UnavailableError):
        return None
