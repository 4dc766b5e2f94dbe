"""What learned boundaries thought of a case when it came in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.domain.people import Actor

#: What a person said: of a case; or of an override, that another case is not like it.
Said = Literal["approved", "overridden", "not_similar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Why a case was held by a boundary, as its card says it."""

    #: How likely an override was thought to be, and how often one is usual in the category.
    p: float
    usual: float
    #: What speaks most for an override: a feature's name, and what it adds to the logit.
    because: tuple[tuple[str, float], ...] = ()
    #: Cases that it is like, which people overrode; the nearest first.
    similar: tuple[str, ...] = ()
    #: One override asked for it, by the same tool and arguments: little else was known.
    by_rule: bool = False
    #: It measures how often boundaries are right, so whoever is asked is not told of them.
    control: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Recorded at the intake, whatever became of the case: only so the comparison is honest."""

    features: Mapping[str, float]
    p: float
    #: The same by category and score alone.
    by_score: float
    #: Set where it wants a person.
    held: Held | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A case that people overrode, as another one's card names it."""

    id: str
    permalink: str | None
    #: Who said so, when and why; None where their word is not kept any more.
    who: Actor | None = None
    at: datetime | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OnCard:
    """Why a card's question was held, with the overrides as they stand now."""

    held: Held
    overrides: tuple[Override, ...] = ()
    #: Somebody has said that they are no reason.
    unlike: bool = False
