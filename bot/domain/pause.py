"""The circuit breaker: an agent that people have stopped for a while."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from bot.domain.errors import AgentPausedError
from bot.domain.people import Actor

#: Nobody knows when a pause without an end is over; a minute is a polite distance.
_TRY_AGAIN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """Until it is over the agent asks and runs nothing; what it asked before stays open."""

    agent: str
    since: datetime
    #: None: until somebody ends it.
    until: datetime | None
    by: Actor

    def over(self, now: datetime) -> bool:
        return self.until is not None and now >= self.until

    def refusal(self, now: datetime) -> AgentPausedError:
        """What an agent's program is told, and whoever would let it run something."""
        if self.until is None:
            return AgentPausedError(
                f"{self.agent} is paused until somebody resumes it. Nothing was used up: send the "
                "same again later.",
                agent=self.agent, until=None, retry_after=_TRY_AGAIN,
            )  # fmt: skip
        left = max(1, math.ceil((self.until - now).total_seconds()))
        return AgentPausedError(
            f"{self.agent} is paused until {self.until.isoformat(timespec='seconds')}. Nothing "
            f"was used up: send the same again in {left} s.",
            agent=self.agent, until=self.until, retry_after=left,
        )  # fmt: skip
