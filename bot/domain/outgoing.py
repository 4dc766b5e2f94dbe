"""What we owe the outside: cards, which follow the state, and words that are said once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from bot.domain.pacing import Paced

#: What an agent is told at its own address.
RelayEvent = Literal[
    "escalation.decided", "escalation.expired", "escalation.cancelled", "escalation.message"
]
#: A card shows one escalation; a storm card shows several, when so many come that each
#: could not have its own in time; a digest shows what could wait. A reminder leads to the cards
#: of some that are still open.
#: A review asks whether what went out without a person was right; a session asks it of several.
#: A report tells of a week.
MessageKind = Literal["card", "storm", "digest", "reminder", "review", "session", "report"]


def is_person(channel: str) -> bool:
    """Whether a message's channel is the direct one to the person of that id."""
    return channel.startswith(("U", "W"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisper:
    """A private word to one person, where they clicked."""

    user: str
    channel: str
    text: str
    #: Slack's own address for an answer to the click: 5 uses, 30 minutes.
    response_url: str | None = None
    #: The thread in which they wrote.
    thread_ts: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Direct:
    """A message to one person, in their own conversation with the bot."""

    user: str
    text: str

    @property
    def place(self) -> str:
        return self.user


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """Something said in the thread of a card."""

    escalation_id: str
    channel: str
    #: None: its first card stood nowhere yet, and has to be looked for.
    thread_ts: str | None
    text: str
    blocks: list[dict[str, Any]] = field(default_factory=list)
    #: The Slack id of whose words these are, so that they can be forgotten.
    by: str | None = None

    @property
    def place(self) -> str:
        return self.channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What the operators should know of: mostly trouble."""

    text: str
    #: Where there is something to press.
    blocks: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Where the sealed journal ends, for a witness outside of the database."""

    text: str


Owed = Whisper | Direct | Reply | Alert | Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It stands in Slack, there."""

    channel: str
    ts: str
    #: Of which of our messages it is, where that was read in a channel's history.
    message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A person's Home tab looks so now; the hash names this look."""

    hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overtaken:
    """Nothing was published: the tab does not look as we thought any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not now; nothing happened. `after` seconds at least, when Slack named them."""

    reason: str
    after: float | None = None
    #: It was too much for this method's limit: nobody may call it before `after`.
    limit: Paced | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsure:
    """Nobody knows whether it was posted: the answer was lost."""

    reason: str
    #: Looking for it was too much for the limit of reading: as with `Later`.
    limit: Paced | None = None
    after: float | None = None
    #: False: it was an earlier post whose answer was lost, and nothing was sent now.
    sent_now: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Slack does not like what the message says; a plainer one may pass."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """It cannot go there at all: the channel, the token or the message is gone."""

    reason: str


Outcome = Sent | Later | Unsure | Refused | Never


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The agent's address has taken it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """It has not, or nobody knows; `after` seconds at least, when it named them."""

    reason: str
    after: float | None = None
    #: It would be the same the next time.
    final: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """It never wants to hear from us again (410)."""
