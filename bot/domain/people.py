"""Who acts: a person in Slack, a rule, a key, or the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ActorType = Literal["human", "rule", "timeout", "key", "system"]
Via = Literal[
    "button", "modal", "thread", "digest", "home", "command", "api", "mcp", "rule", "timer"
]
Proof = Literal["slack", "api_key", "policy", "clock"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did something, how we know, and through which door."""

    type: ActorType
    id: str
    display_name: str | None
    authenticated_by: Proof
    via: Via


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody as others read of them."""

    type: ActorType
    id: str
    display_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A Slack user as our own people table knows them."""

    id: str
    display_name: str
    team_id: str | None = None
    email: str | None = None
    tz: str | None = None
    deleted: bool = False
    bot: bool = False
    guest: bool = False
    #: When Slack said so; None: not yet remembered.
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an event of Slack's says of an account; only what takes rights away acts at once."""

    id: str
    email: str | None = None
    deleted: bool = False
    bot: bool = False
    guest: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clicker:
    """A person at the moment of a click: what Slack's signed payload says of them."""

    id: str
    name: str
    team_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An API key that has proved itself; `agent` is the key's NAME."""

    key_id: str
    agent: str
    scopes: frozenset[str]
    owners: frozenset[str] = frozenset()
    #: Callbacks of this key can be signed, and go to these hosts only (empty: to any).
    callback_secret: bool = False
    callback_hosts: frozenset[str] = frozenset()

    def may(self, scope: str) -> bool:
        return scope in self.scopes

    @property
    def reads_everything(self) -> bool:
        """`decide` and `admin` see every agent's escalations."""
        return bool(self.scopes & {"decide", "admin"})
