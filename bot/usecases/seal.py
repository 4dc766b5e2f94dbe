"""Seal the journal, remember where the chain ends, and check all of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.cards import wording_operators
from bot.domain.outgoing import Checkpoint
from bot.store import journal, outbox, seals
from bot.usecases.compare_decisions import compare_decisions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.store.ledger import Ledger
    from bot.store.seals import Head, Link
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

_AT_ONCE = 1000
_PAGE = 5000
#: Whoever mends this many looks again.
_MOST_BREAKS = 50


async def seal_what_is_new(desk: Desk, *, all_of_them: bool = False) -> int:
    """How many entries were sealed; in batches, behind everything else."""
    total = 0
    while sealed := await desk.ledger.run_behind(
        seals.seal_some, _AT_ONCE, all_of_them=all_of_them
    ):
        total += sealed
    return total


async def make_checkpoint(desk: Desk) -> None:
    """Tell the audit channel where the chain ends: a witness outside of the database."""
    await seal_what_is_new(desk, all_of_them=True)
    await desk.ledger.run_behind(_make_checkpoint)


def _make_checkpoint(tx: Tx) -> None:
    made = seals.witness(tx)
    if made is not None:
        outbox.owe(tx, Checkpoint(text=wording_operators.checkpoint(made.seq, made.hash)))


@dataclass(slots=True, kw_only=True)
class Verdict:
    """What a look at the whole chain has found."""

    breaks: list[str] = field(default_factory=list)
    entries: int = 0
    erased: int = 0
    removed: int = 0
    unsealed: int = 0
    head: Head = field(default_factory=lambda: seals.Head(seq=0, hash=seals.START))

    def broken(self, sentence: str) -> None:
        self.breaks.append(sentence)

    @property
    def enough(self) -> bool:
        return len(self.breaks) >= _MOST_BREAKS


async def verify(ledger: Ledger, witnessed: Sequence[Head] = ()) -> Verdict:
    """Recompute every link, and compare the decisions with them.

    `witnessed`: checkpoints that somebody kept outside.

    Reads page by page, so that a million entries need no memory.
    """
    verdict = Verdict()
    expected = {one.seq: one.hash for one in await ledger.read(seals.checkpoints)}
    outside = {one.seq: one.hash for one in witnessed}
    for seq in sorted(expected.keys() & outside.keys()):
        if expected[seq] != outside[seq]:
            verdict.broken(f"checkpoint {seq}: the database has another hash than was witnessed")
    expected |= outside
    while (page := await ledger.read(seals.links, verdict.head.seq, _PAGE)) and not verdict.enough:
        for link in page:
            _check(verdict, link, expected)
    for seq in expected:
        if seq > verdict.head.seq and not verdict.enough:
            verdict.broken(f"checkpoint {seq}: the chain ends before it, at {verdict.head.seq}")
    promised = await ledger.read(journal.removed_by_retention)
    if verdict.removed > promised:
        verdict.broken(
            f"{verdict.removed} entries were removed, and the journal tells of {promised}"
        )
    for sentence in await compare_decisions(ledger, _MOST_BREAKS):
        verdict.broken(sentence)
    verdict.unsealed = await ledger.read(seals.unsealed)
    return verdict


def _check(verdict: Verdict, link: Link, expected: dict[int, str]) -> None:
    before = verdict.head
    where = f"entry {link.seq} ({link.entry_id})"
    if link.seq != before.seq + 1:
        verdict.broken(f"{where}: {link.seq - before.seq - 1} seals before it are missing")
    if link.entry is None and not link.removed:
        verdict.broken(f"{where}: was deleted from the journal")
    elif link.entry is not None:
        _check_person(verdict, link, where)
        if seals.chained(before.hash, link.seq, link.entry, link.personal) != link.hash:
            verdict.broken(f"{where}: was changed, or stands in another place")
    if link.seq in expected and expected[link.seq] != link.hash:
        verdict.broken(f"checkpoint {link.seq}: the chain has another hash there")
    verdict.entries += 1
    verdict.removed += link.removed
    verdict.head = seals.Head(seq=link.seq, hash=link.hash)


def _check_person(verdict: Verdict, link: Link, where: str) -> None:
    if link.salt is None:
        verdict.erased += 1
        if f'"id":"{seals.ERASED}' not in (link.actor or ""):
            verdict.broken(f"{where}: who did it was changed")
    elif seals.hash_of_person(link.salt, link.actor) != link.personal:
        verdict.broken(f"{where}: who did it was changed")
