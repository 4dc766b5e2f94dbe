"""What this process knows of the last outputs of each kind: rows are the truth, and this follows.

An output is looked at before the transaction that takes it, and what was found is recorded with
it. Replicas that are some outputs apart need not agree: it is a list of what is worth a look.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.learning.anomaly import LAST, Watch
from bot.store import outputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.output import Shape
    from bot.domain.unusual import Unusual
    from bot.store.ledger import Ledger
    from bot.store.tx import Tx

#: A category, an agent, and its version: a release would look unusual beside the one before it.
Kind = tuple[str, str, str]
_Seen = tuple[str, "Shape", float]
# So many kinds are remembered; beyond that the one that was quiet for longest is read again.
_KINDS = 64
# Fewer are not worth the way to another thread.
_FEW = 10


@dataclass(slots=True)
class _Known:
    watch: Watch = field(default_factory=Watch)
    #: The last output that it has seen.
    last: str = ""


@dataclass(slots=True)
class UnusualMemory:
    _known: OrderedDict[Kind, _Known] = field(default_factory=OrderedDict)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def judge(self, ledger: Ledger, asked: Sequence[tuple[Kind, Shape]]) -> list[Unusual]:
        """How unusual each is beside those before it, in the order in which they are given."""
        async with self._turn:
            kinds = list(dict.fromkeys(kind for kind, _ in asked))
            since = [(kind, self._known.get(kind, _Known()).last) for kind in kinds]
            news = await ledger.read(_newer, since)
            if len(asked) + sum(map(len, news)) < _FEW:
                return self._judge(kinds, news, asked)
            return await asyncio.to_thread(self._judge, kinds, news, asked)

    def _judge(
        self,
        kinds: Sequence[Kind],
        news: Sequence[Sequence[_Seen]],
        asked: Sequence[tuple[Kind, Shape]],
    ) -> list[Unusual]:
        for kind, seen in zip(kinds, news, strict=True):
            self._catch_up(kind, seen)
        # Whether these are taken is not certain yet: only their rows will say so.
        watches: defaultdict[Kind, Watch] = defaultdict(Watch) | {
            kind: self._known[kind].watch.copy() for kind in kinds if kind in self._known
        }
        found = []
        for kind, shape in asked:
            one = watches[kind].judge(shape.length, shape.calls)
            watches[kind].saw(shape.length, shape.calls, one.score)
            found.append(one)
        return found

    def _catch_up(self, kind: Kind, seen: Sequence[_Seen]) -> None:
        # After so many nothing is left of what it knew.
        known = _Known() if len(seen) >= LAST else self._known.get(kind, _Known())
        for output_id, shape, score in seen:
            known.watch.saw(shape.length, shape.calls, score)
            known.last = output_id
        self._known[kind] = known
        self._known.move_to_end(kind)
        if len(self._known) > _KINDS:
            self._known.popitem(last=False)


def _newer(tx: Tx, since: Sequence[tuple[Kind, str]]) -> list[list[_Seen]]:
    return [outputs.newer(tx, kind, after, LAST) for kind, after in since]
