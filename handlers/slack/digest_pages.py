"""A page of a digest, as the modal of one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.cards import names
from bot.cards.digest_modals import digest_page
from bot.domain.errors import UnavailableError
from bot.usecases.look_at_digest import look_at_digest

if TYPE_CHECKING:
    from bot.usecases.desk import Desk


async def page_of(desk: Desk, place: str) -> dict[str, Any] | None:
    """The page of that place as it is now; None where it names none, or there is none any more."""
    try:
        message_id, at, _ = names.unpack_place(place)
        digest = await look_at_digest(desk, message_id)
    except (ValueError, UnavailableError):
        return None
    return None if digest is None else digest_page(digest, at)
