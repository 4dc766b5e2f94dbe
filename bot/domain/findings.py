"""The kinds of trouble that the auditor looks for: a closed set."""

from __future__ import annotations

from typing import Literal, get_args

#: What the tables show; every replica sees the same.
OfTheHouse = Literal[
    "no_timer", "no_card", "card_late", "no_callback", "lease_overdue", "pace_far", "unsealed"
]
#: What one process sees of itself.
OfAProcess = Literal["clock", "listener"]
Kind = Literal[OfTheHouse, OfAProcess]
KINDS: tuple[Kind, ...] = get_args(Kind)
