"""What was measured: a table for eyes, and build/bench.json for programs."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import quantiles
from typing import TYPE_CHECKING, Literal

import orjson
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number beside its floor; `target` is what it may be at most, or at least."""

    figure: str
    database: str
    value: float
    unit: str
    floor: float
    target: float
    sense: Literal["at most", "at least"] = "at most"

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.sense == "at most" else self.value >= self.target

    def as_json(self) -> dict[str, object]:
        numbers = {name: round(getattr(self, name), 4) for name in ("value", "floor", "target")}
        words = {"figure": self.figure, "database": self.database, "unit": self.unit}
        return words | numbers | {"met": self.met}


def percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def show(figures: list[Figure], machine: str) -> None:
    table = Table(title=f"Pullcord on {machine}", title_justify="left")
    for name in ("figure", "database"):
        table.add_column(name, no_wrap=True)
    for name in ("value", "floor", "target"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    table.add_column("met", no_wrap=True)
    for one in figures:
        sign = "≤" if one.sense == "at most" else "≥"
        table.add_row(
            one.figure, one.database, _short(one.value), _short(one.floor),
            f"{sign} {_short(one.target)}", one.unit, "yes" if one.met else "NO",
        )  # fmt: skip
    # Wide enough for every column, also where there is no terminal.
    Console(width=110).print(table)


def write(figures: list[Figure], file: Path) -> None:
    file.parent.mkdir(exist_ok=True)
    listed = [one.as_json() for one in figures]
    file.write_bytes(orjson.dumps(listed, option=orjson.OPT_INDENT_2) + b"\n")


def _short(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
