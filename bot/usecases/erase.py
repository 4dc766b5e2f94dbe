"""Forget a person: wherever they are named, a pseudonym takes their place."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from bot.domain.errors import InvalidError
from bot.store import erasures, journal
from bot.store.seals import ERASED

if TYPE_CHECKING:
    from bot.store.ledger import Ledger
    from bot.store.tx import Tx

#: Few enough that clicks in between do not wait.
_AT_ONCE = 100


async def erase(ledger: Ledger, pepper: bytes, person: str, *, with_comments: bool) -> int:
    """How many records were changed. `person`: a Slack id or an e-mail address.

    Idempotent. Raises InvalidError when nobody of that name is known.
    """
    found = await ledger.read(erasures.ids_of, person)
    if not found:
        raise InvalidError(
            f"Nobody here is {person[:80]!r}: give a Slack id such as U01ALICE, or the e-mail "
            "address that Slack has for them."
        )
    total = 0
    for person_id in sorted(found):
        alias = pseudonym(pepper, person_id)
        while changed := await ledger.run_behind(
            erasures.forget_some, person_id, alias, with_comments, _AT_ONCE
        ):
            total += changed
        after: str | None = ""
        while after is not None:
            changed, after = await ledger.run_behind(
                erasures.forget_whose_wish, person_id, alias, after, _AT_ONCE
            )
            total += changed
        await ledger.run_behind(erasures.forget_account, person_id, person)
    await ledger.run_behind(_note, total)
    return total


def pseudonym(pepper: bytes, person_id: str) -> str:
    """The same for the same person, so that their decisions still belong together."""
    return ERASED + hmac.new(pepper, person_id.encode(), hashlib.sha256).hexdigest()[:12]


def _note(tx: Tx, changed: int) -> None:
    data: dict[str, Any] = {"records": changed}
    journal.note(tx, None, "person.erased", None, **data)
