"""`python -m benchmarks.learning`: the tables of docs/learning.md."""

from __future__ import annotations

import argparse
from random import Random
from typing import TYPE_CHECKING

from benchmarks.learning import people
from benchmarks.learning.anomalies import findings
from benchmarks.learning.prequential import prequential
from benchmarks.learning.rules import Ladder, Naive
from benchmarks.learning.runs import (
    RULES,
    closed_after,
    live,
    played,
    share_at,
    violations,
    wrong_of_delivered,
    wrong_per_thousand,
)
from benchmarks.learning.samples import ways
from benchmarks.learning.worlds import DRIFTS, WORLDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.learning.people import Labelled
    from benchmarks.learning.rules import Rule

_MISSING = "Not measured: `pip install -r requirements/bench.txt` brings the labels.\n"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning", description=__doc__)
    parser.add_argument("--runs", type=int, default=40, help="categories a world and rule")
    parser.add_argument("--cases", type=int, default=2500, help="cases a category")
    options = parser.parse_args()
    _worlds(options.runs, options.cases)
    _drifts(options.runs, options.cases)
    _words(options.runs, options.cases)
    _loans(max(1, options.runs // 10))
    _samples(options.runs * 5)
    _anomalies(max(1, options.runs // 10))


def _worlds(runs: int, cases: int) -> None:
    marks = [cases // 5, cases * 2 // 5, cases]
    print(f"How often more than the target was ever delivered wrong ({runs} categories each)\n")
    _row("world", *RULES, f"ladder delivers at {' / '.join(map(str, marks))}")
    _row(*["---"] * (len(RULES) + 2))
    for world in WORLDS:
        lives = {name: played(world, make, runs, cases) for name, make in RULES.items()}
        shares = " / ".join(f"{share_at(lives['ladder'], at):.2f}" for at in marks)
        _row(world.name, *(f"{violations(some):.2f}" for some in lives.values()), shares)
    print()


def _drifts(runs: int, cases: int) -> None:
    print("Wrong answers delivered for each 1000 cases after a change for the worse\n")
    _row("change", *RULES, "the ladder closes after")
    _row(*["---"] * (len(RULES) + 2))
    for world in DRIFTS:
        lives = {name: played(world, make, runs, cases) for name, make in RULES.items()}
        wrong = (f"{wrong_per_thousand(some, cases):.0f}" for some in lives.values())
        _row(world.name, *wrong, closed_after(lives["ladder"]))
    print()


def _words(runs: int, cases: int) -> None:
    print("Labels of people: words rated by ten\n")
    words = people.words()
    if words is None:
        print(_MISSING)
        return
    ranked = sorted((one.case.score, one.overridden) for one in words)
    print(f"{len(words)} words, {sum(wrong for _, wrong in ranked) / len(words):.1%} overridden\n")
    makers: dict[str, Callable[[], Rule]] = {
        "naive, from 20 labels": lambda: Naive(20, target=0.10),
        "naive, 100 labels, each 50": lambda: Naive(100, 50, target=0.10),
        "ladder, low risk": lambda: Ladder("low"),
        "ladder, medium risk": lambda: Ladder("medium"),
    }
    _row("rule", "violated", "wrong of what was delivered", "delivered at the end")
    _row(*["---"] * 4)
    rate = _rate(ranked)
    for name, make in makers.items():
        lives = [live(make(), _drawn(words, cases, run), rate) for run in range(runs)]
        _row(
            name,
            f"{violations(lives):.2f}",
            f"{wrong_of_delivered(lives):.1%}",
            f"{share_at(lives, cases):.2f}",
        )
    print()


def _rate(ranked: list[tuple[float, bool]]) -> Callable[[float], float]:
    known: dict[float, float] = {}

    def rate(cut: float) -> float:
        if cut not in known:
            region = [wrong for score, wrong in ranked if score >= cut]
            known[cut] = sum(region) / max(1, len(region))
        return known[cut]

    return rate


def _drawn(labelled: Sequence[Labelled], cases: int, run: int) -> list[tuple[float, float]]:
    some = Random(run).choices(labelled, k=cases)
    return [(one.case.score, float(one.overridden)) for one in some]


def _loans(runs: int) -> None:
    print("Learned boundaries, each case judged before its label: loans that a bank decided\n")
    loans = people.loans()
    if loans is None:
        print(_MISSING)
        return
    measured, forced = prequential(loans, runs)
    _row("who", "AUC", "overridden of the most suspicious tenth", "log-loss")
    _row(*["---"] * 4)
    for one in measured:
        _row(one.who, f"{one.auc:.3f}", f"{one.precision:.2f}", f"{one.log_loss:.3f}")
    print(
        f"\nForced: {forced.share:.1%} of cases, {forced.precision:.2f} of them overridden "
        f"(of all: {forced.base:.2f}), {forced.recall:.2f} of all overrides.\n"
    )


def _samples(runs: int) -> None:
    print(f"Which outputs are looked at: a tenth of 4,000 words, {runs} periods\n")
    words = people.words()
    if words is None:
        print(_MISSING)
        return
    _row("way", "off by (RMSE)", "the interval holds", "errors found")
    _row(*["---"] * 4)
    for one in ways(words, runs):
        _row(one.name, f"{one.rmse:.4f}", f"{one.held / runs:.2f}", f"{one.found / runs:.0f}")
    print()


def _anomalies(runs: int) -> None:
    print("Anomalies that were planted in one of fifty outputs\n")
    _row("way", "found", "flagged of all")
    _row(*["---"] * 3)
    for one in findings(runs):
        _row(one.name, f"{one.recall:.2f}", f"{one.flagged:.1%}")
    print()


def _row(*cells: str) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
