"""What happens to a category, append-only: everything that is known of it is a fold over these."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

from bot.learning.terms import Risk

Way = Literal["person", "rule", "audit"]
#: Where a label comes from. Only the first four are evidence: why the others were looked at is
#: not known as a probability, so they change nothing here.
Source = Literal["person", "audit", "timeout", "withdrawn", "anomaly", "complaint"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """The category is learned from now on, under the terms of this risk; or its risk changed."""

    at: datetime
    risk: Risk


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A case came in; all of it was fixed then, by `admit`."""

    at: datetime
    case: str
    score: float
    pi: float
    pi_min: float
    way: Way
    coin: bool
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A person judged the case, or nobody did in time: 0 is agreement, 1 is an override.

    The loss of `timeout` and `withdrawn` is 1, whatever is given.
    """

    at: datetime
    case: str
    loss: float
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class TimePassed:
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionChanged:
    """The agent's prompt, model or tools, or how we score: what was learned is of another."""

    at: datetime
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """An admin stops deliveries; evidence is gathered on."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfrozen:
    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reset:
    """An admin, or the quarterly review, lets the evidence be gathered anew."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overridden:
    """An admin has everything asked, or no longer; nobody can have more delivered than is known."""

    at: datetime
    by: str
    reason: str
    always_ask: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Complained:
    """Somebody who was served said that it was wrong: a rule, not a statistic, closes."""

    at: datetime
    case: str
    by: str
    reason: str


Event = (
    Began
    | Scored
    | Labelled
    | TimePassed
    | VersionChanged
    | Frozen
    | Unfrozen
    | Reset
    | Overridden
    | Complained
)
_KINDS: dict[str, type[Event]] = {
    "began": Began,
    "scored": Scored,
    "labelled": Labelled,
    "time_passed": TimePassed,
    "version_changed": VersionChanged,
    "frozen": Frozen,
    "unfrozen": Unfrozen,
    "reset": Reset,
    "overridden": Overridden,
    "complained": Complained,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def event_to_json(event: Event) -> str:
    """Numbers keep all their bits, and times their zone."""
    body: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    body["at"] = event.at.isoformat()
    return json.dumps({"event": _NAMES[type(event)], **body}, separators=(",", ":"))


def event_from_json(text: str) -> Event:
    body = json.loads(text)
    kind = _KINDS[body.pop("event")]
    return kind(**body | {"at": datetime.fromisoformat(body["at"])})
