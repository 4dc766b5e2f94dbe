"""Are the decisions that everybody reads those which the sealed journal tells of?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.digest import digest
from bot.domain.errors import InvalidError
from bot.store import seals, settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.store.ledger import Ledger
    from bot.store.settled import Entry, Settled

_PAGE = 1000


async def compare_decisions(ledger: Ledger, enough: int) -> list[str]:
    """A sentence for each escalation whose end is not the journal's; up to `enough`.

    None can be missing beside its entries: the database keeps that.
    """
    found: list[str] = []
    after = ""
    while len(found) < enough and (page := await ledger.read(settled.page, after, _PAGE)):
        found += [f"{one.escalation_id}: {what}" for one in page for what in _differs(one)]
        after = page[-1].escalation_id
    return found[:enough]


def _differs(one: Settled) -> Iterator[str]:
    told = [entry.event.removeprefix("escalation.") for entry in one.entries]
    is_so = [] if one.status == "open" else [one.status]
    if told != is_so:
        yield f"it is {one.status}, and the journal says {' and '.join(told) or 'nothing of that'}"
    elif one.decision is None:
        if one.status == "decided":
            yield "its decision is missing"
    elif one.status != "decided":
        yield f"it is {one.status}, and has a decision"
    elif not _is_told(one, one.entries[0]):
        yield "its decision is not the one in the journal"
    elif not _runs_what_was_hashed(one):
        yield "what may run is not what was decided"


def _is_told(one: Settled, entry: Entry) -> bool:
    """`type`, hash and author; an erased author has two names for a moment."""
    body = one.decision or {}
    said, by = entry.data, (body.get("decided_by") or {}).get("id")
    erased = str(by).startswith(seals.ERASED) or str(entry.by).startswith(seals.ERASED)
    return (
        one.decision_type == body.get("type") == said.get("type")
        and body.get("effective_digest") == said.get("digest")
        and (by == entry.by or erased)
    )


def _runs_what_was_hashed(one: Settled) -> bool:
    body = one.decision or {}
    runs = body.get("effective")
    try:
        return (None if runs is None else digest(runs)) == body.get("effective_digest")
    except InvalidError:
        return False
