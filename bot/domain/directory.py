"""Who is who, as our own tables have it at one moment: every question of authority is asked of it.

No click waits for a call to Slack; so what Slack said too long ago does not count any more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.people import Person

STALE_AFTER = timedelta(hours=1)

#: Why an account decides nothing, whatever the policy says of it.
Bar = Literal["unknown", "bot", "deactivated", "foreign", "guest", "stale"]


Why = Literal[
    "stranger", "unknown", "bot", "deactivated", "foreign", "guest", "stale", "stale_roll",
    "owner", "author", "on_behalf", "no_address",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """Why somebody may not, and whom to ask instead; `bot/cards` has the words."""

    why: Why
    #: Slack ids, the first few; `more` counts the others.
    instead: tuple[str, ...] = ()
    more: int = 0
    #: Since when Slack has told us nothing new, where that is the reason; None: it never has.
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """Whom Slack counts to a usergroup, or who has an e-mail address; its `key` is either."""

    key: str
    members: frozenset[str] = frozenset()
    #: When Slack said so; None: it never has.
    fetched_at: datetime | None = None
    #: Why Slack names nobody, in its own word.
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Nobody:
    """Slack's clear answer that there is no such person or usergroup."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """People and rolls as one reading of the database has them."""

    now: datetime
    #: Our own workspace; None until Slack has answered for the first time.
    team_id: str | None
    people: Mapping[str, Person] = field(default_factory=dict)
    rolls: Mapping[str, Roll] = field(default_factory=dict)

    def roll(self, key: str) -> Roll:
        return self.rolls.get(key) or Roll(key=key)

    def is_old(self, fetched_at: datetime | None) -> bool:
        return fetched_at is None or self.now - fetched_at > STALE_AFTER

    def bar(self, user_id: str, claimed_team: str | None = None) -> Bar | None:
        """None for a full and active member of our workspace whom Slack described lately.

        `stale` comes last: nothing that we know stands against them. `claimed_team` is the
        workspace that the click says it comes from.
        """
        known = self.people.get(user_id)
        if known is None:
            return "unknown"
        if known.bot:
            return "bot"
        if known.deleted:
            return "deactivated"
        teams = {team for team in (claimed_team, known.team_id) if team}
        if self.team_id is not None and teams != {self.team_id}:
            return "foreign"
        if known.guest:
            return "guest"
        return "stale" if self.team_id is None or self.is_old(known.fetched_at) else None
