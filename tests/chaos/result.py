"""One line of the table: what was tried how often, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.chaos.verdict import Verdict


@dataclass
class Result:
    """`met`: nothing lost, nothing doubled, and every disaster did happen."""

    test: str
    database: str
    trials: int = 0
    lost: int = 0
    doubled: int = 0
    #: Sentences about what went wrong.
    problems: list[str] = field(default_factory=list)
    #: What else is worth reading: a time, a count.
    note: str = ""

    def add(self, verdict: Verdict, where: str = "") -> None:
        self.trials += 1
        self.lost += len(verdict.lost)
        self.doubled += len(verdict.doubled)
        self.problems += [f"{where}: {one}" for one in verdict.lost + verdict.doubled]

    def missed(self, sentence: str) -> None:
        """The disaster did not happen, or a promise other than lost and doubled was broken."""
        self.problems.append(sentence)

    @property
    def met(self) -> bool:
        return not self.problems

    def line(self) -> str:
        verdict = "met" if self.met else "NOT MET"
        return (
            f"{self.test:<44} {self.database:<9} {self.trials:>6} trials  {self.lost:>3} lost  "
            f"{self.doubled:>3} doubled  {verdict}  {self.note}"
        ).rstrip()

    def as_json(self) -> dict[str, object]:
        return {
            "test": self.test,
            "database": self.database,
            "trials": self.trials,
            "lost": self.lost,
            "doubled": self.doubled,
            "met": self.met,
        }
