"""What the doctor says: one line a check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.cards.text import one_line


@dataclass(frozen=True, slots=True)
class Line:
    """`WRONG` is a finding; `note` is worth knowing and nothing to mend."""

    verdict: Literal["ok", "note", "WRONG"]
    words: str

    def __str__(self) -> str:
        # Names out of Slack may hold anything, and this goes to somebody's terminal.
        return f"{self.verdict:<5}  {one_line(self.words)}"


def ok(words: str) -> Line:
    return Line("ok", words)


def note(words: str) -> Line:
    return Line("note", words)


def wrong(what: str, to_do: str) -> Line:
    return Line("WRONG", f"{what}: {to_do}")
