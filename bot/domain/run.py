"""What a person said for the rest of a run: all that one agent asks under one `group_key`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import Named

#: So many of the newest are repeated; a run with more has a person who should write a policy.
MOST_GUIDANCE = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RunGuidance:
    """`text` as it was given with the decision of another escalation of the same run."""

    escalation_id: str
    text: str
    sender: Named
    at: datetime
