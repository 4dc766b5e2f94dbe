"""What people ask an agent about its question, and what it answers: no part of any decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.people import Named

#: As much as fits into one input of Slack's.
LONGEST_TEXT = 3000
#: How much each side may say about one question: people, and their agent.
MOST_MESSAGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One question of a person's, or one answer of the agent's."""

    id: str
    sender: Named
    text: str
    at: datetime
    #: The thread in Slack that it belongs to, where there is one: channel and ts.
    thread: tuple[str, str] | None = None
    #: What it came by, so that a delivery that comes again is known.
    source: str | None = None

    @property
    def from_agent(self) -> bool:
        return self.sender.type == "key"
