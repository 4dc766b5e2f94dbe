"""Pictures that were drawn elsewhere, and what is wanted of whoever draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG; `alt` says the same in words."""

    name: str
    title: str
    alt: str
    content: bytes


class DrawingFailedError(Exception):
    """There are no pictures; the words say why."""


class Draw(Protocol):
    """Draws a report's charts, away from everything else. Raises DrawingFailedError."""

    async def __call__(self, report: Report) -> Sequence[Picture]: ...
