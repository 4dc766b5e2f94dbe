"""What every verb works with, handed in by whoever puts the house together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.pacing import SLACKS_PACE, Pace
from bot.domain.ports import Waker
from bot.usecases.boundary_memory import BoundaryMemory
from bot.usecases.key_ring import KeyRing
from bot.usecases.limits import Crowds
from bot.usecases.overlays import Overlays
from bot.usecases.pauses import Pauses
from bot.usecases.places import Places
from bot.usecases.shortcuts import Shortcuts
from bot.usecases.unusual_memory import UnusualMemory
from bot.usecases.viewers import Viewers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.domain.addresses import Network
    from bot.policy.book import Book
    from bot.store.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """The Slack workspace that the bot's token belongs to."""

    team_id: str
    url: str
    bot_user_id: str

    def permalink(self, channel: str, ts: str) -> str:
        """Slack's own form of a link to a message."""
        return f"{self.url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"


@dataclass(slots=True, kw_only=True)
class Desk:
    """The one mutable thing on it is which policy and workspace are in force."""

    ledger: Ledger
    waker: Waker
    book: Book
    #: Derived from PULLCORD_SECRET; without it a stolen table of key hashes is worth nothing.
    #: Newest first; after a rotation keys made under the older ones still work.
    key_peppers: tuple[bytes, ...]
    #: For callbacks: a secret of 32 bytes from PULLCORD_SECRET (each that lives) and a key's id.
    callback_secrets: Callable[[str], tuple[bytes, ...]]
    #: Which cases are reviewed by chance follows from it and their ids.
    coin_secret: bytes = b""
    #: Networks that callbacks may reach although they are private.
    callback_allow: tuple[Network, ...] = ()
    #: How often Slack may be called.
    pace: Pace = SLACKS_PACE
    #: Known once Slack has answered for the first time.
    workspace: Workspace | None = None
    #: Of this process only: who was recognised within the last second.
    ring: KeyRing = field(default_factory=KeyRing)
    #: Of this process only: how many questions each agent had open within the last second.
    crowds: Crowds = field(default_factory=Crowds)
    #: Of this process only: who was paused within the last second.
    pauses: Pauses = field(default_factory=Pauses)
    #: Of this process only: the learned rules in force within the last second.
    overlays: Overlays = field(default_factory=Overlays)
    #: Of this process only: where clicks came from lately.
    places: Places = field(default_factory=Places)
    #: Of this process only: how to answer clicks at once.
    shortcuts: Shortcuts = field(default_factory=Shortcuts)
    #: Of this process only: what the learned boundaries have learned so far.
    boundaries: BoundaryMemory = field(default_factory=BoundaryMemory)
    #: Of this process only: what outputs of each kind usually look like.
    unusual: UnusualMemory = field(default_factory=UnusualMemory)
    #: Of this process only: so many reports are read at once, since each takes several times its
    #: length while it is.
    reports: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))
    #: Of this process only: who has looked at their Home tab lately.
    viewers: Viewers = field(default_factory=Viewers)

    #: What this process sees of itself, part by part: the house says so once it is put together.
    checkup: Callable[[], Awaitable[dict[str, str]]] = field(init=False)

    @property
    def team_id(self) -> str | None:
        return self.workspace.team_id if self.workspace else None
