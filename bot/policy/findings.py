"""What is wrong with a policy file, in words for the person who wrote it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import TYPE_CHECKING

from bot.domain.errors import PullcordError
from bot.policy.book import Idle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Whoever mends this many reads the file again. A file made to be slow has tens of thousands.
_MOST = 100
_MOST_OPTIONS = 700


@dataclass(frozen=True)
class Finding:
    """One thing wrong: where, under which key, and what was expected there instead."""

    line: int
    key: str
    expected: str

    def within(self, file: str) -> str:
        """`policy.yml:12: routes.money.approvals: expected …, got 'two'`."""
        return f"{file}:{self.line}: {self.key}: expected {self.expected}"


class PolicyError(PullcordError):
    """The policy file cannot be used. One finding a line, in the order of the file."""

    code = "policy"

    def __init__(self, file: str, findings: Sequence[Finding]) -> None:
        self.findings = tuple(sorted(findings, key=lambda finding: finding.line))
        super().__init__("\n".join(finding.within(file) for finding in self.findings))


class TooManyFindingsError(Exception):
    """It is not worth while to read on."""


class Findings:
    """Collects what is wrong, so that one look at the file can mend all of it."""

    def __init__(self) -> None:
        self.all: list[Finding] = []
        #: What is right, and waits for a later release.
        self.idle: list[Idle] = []

    def note(self, line: int, key: str, expected: str) -> None:
        """Raises TooManyFindingsError, after saying so in the last finding."""
        if len(self.all) == _MOST:
            self.all.append(
                Finding(line, "file", f"fewer mistakes; reading ended here, after {_MOST}")
            )
            raise TooManyFindingsError
        self.all.append(Finding(line, key, expected))

    def set_aside(self, line: int, key: str, instead: str) -> None:
        """A key that is not acted on yet, and what happens in its place."""
        self.idle.append(Idle(line=line, key=key, instead=instead))


def one_of(options: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = options
    return f"{', '.join(most)} or {last}" if most else last


def nearest(word: str, options: Iterable[str]) -> str:
    """`; did you mean money?`, or nothing when no option comes close."""
    close = get_close_matches(word[:100], list(islice(options, _MOST_OPTIONS)), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def quoted(text: str) -> str:
    """A value as it may stand in a sentence: short, and on one line."""
    return repr(text if len(text) <= 60 else text[:59] + "…")
