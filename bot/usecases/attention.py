"""How well reviewers see what is wrong, as admins read it."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.cards.attention_rows import attention_rows
from bot.learning.attention import habits, sensitivity
from bot.store import looks

if TYPE_CHECKING:
    from bot.cards.blocks import Block
    from bot.learning.attention import Look
    from bot.store.tx import Tx

_SINCE = timedelta(days=28)


def attention(tx: Tx, category: str | None) -> list[Block]:
    """Of one category, or of all: those with most known errors first."""
    found = looks.latest(tx, tx.now() - _SINCE, category)
    by_category: dict[str, list[Look]] = defaultdict(list)
    for name, look in found:
        by_category[name].append(look)
    seen = [(name, sensitivity(some)) for name, some in by_category.items()]
    seen.sort(key=lambda one: (-one[1].known, -one[1].doubled, one[0]))
    return attention_rows(seen, habits(look for _, look in found))
