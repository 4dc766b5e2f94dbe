"""What a card needs to know beside the escalation, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.domain.boundary import OnCard
from bot.domain.escalation import Escalation, OnTimeout
from bot.domain.people import Actor, Named
from bot.domain.person_settings import Absence


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    now: datetime
    #: The policy's ready-made reasons to reject.
    quick_reasons: tuple[str, ...] = ()
    #: Slack id → display name, as our own people table has them.
    names: Mapping[str, str] = field(default_factory=dict)
    #: For texts in which Slack cannot show each reader their own time.
    timezone: str = "UTC"
    #: What the route does when nobody answers.
    on_timeout: OnTimeout = "expire"
    #: How long nobody had answered when the newest of its tiers came, and whom the tiers ask.
    raised_after: timedelta | None = None
    also_asked: tuple[str, ...] = ()
    #: The least confidence that the category delivers by itself; None: there is none.
    threshold: float | None = None
    #: Why a learned boundary held it.
    boundary: OnCard | None = None
    #: What it is an alternative to, and what its agent came back with.
    predecessor: Escalation | None = None
    successors: Sequence[Escalation] = ()
    #: What was settled earlier in the same run, the newest first; the first few.
    run: Sequence[Escalation] = ()
    #: Slack id → display name of those who can be named; only read for the form that names them.
    colleagues: Mapping[str, str] = field(default_factory=dict)
    #: Those of them who say that they are not there.
    absences: Mapping[str, Absence] = field(default_factory=dict)

    def name_of(self, actor: Actor | Named) -> str:
        return self.names.get(actor.id) or actor.display_name or actor.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A message; `text` is for notifications and screen readers and is safe to send."""

    text: str
    blocks: list[dict[str, Any]]
