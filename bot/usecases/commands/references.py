"""Which questions somebody means: by their ids, or by links to cards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.store import escalations, messages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.escalation import Escalation
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker

_ID = re.compile(r"esc_[0-9A-Za-z]{1,64}")
# Slack's own form of a link to a message; the last six digits are behind the point of its ts.
_LINK = re.compile(r"https?://[^/\s]{1,255}/archives/([A-Z0-9]{1,64})/p([0-9]{10})([0-9]{6})")


def resolve(tx: Tx, asker: Asker, words: Sequence[str]) -> tuple[list[Escalation], list[str]]:
    """The questions that are theirs to see, in the order of the words; and the words for which
    there is none.
    """
    found: dict[str, Escalation] = {}
    missing: list[str] = []
    for word in words:
        here = [one for one in escalations.find_all(tx, _ids(tx, word)) if asker.sees(one)]
        if not here:
            missing.append(word)
        found |= {one.id: one for one in here}
    return list(found.values()), missing


def refers(word: str) -> bool:
    """Whether it is an id or a link, rather than something said about them."""
    return bool(_LINK.search(word) or _ID.search(word))


def _ids(tx: Tx, word: str) -> list[str]:
    link = _LINK.search(word)
    if link is not None:
        return messages.shown_at(tx, link[1], f"{link[2]}.{link[3]}")
    named = _ID.search(word)
    return [] if named is None else [named[0]]
