"""`make bench`: every figure can be taken, and is written down as programs read it."""

from __future__ import annotations

import asyncio
import json
import sys

import pytest

from benchmarks.learning.worlds import DRIFTS, WORLDS
from benchmarks.report import Figure
from tests.processes import ROOT


# They write one file, so one after the other.
@pytest.mark.xdist_group("bench")
@pytest.mark.parametrize(("database", "only"), [("sqlite", ""), ("postgresql", "P2 P5 P9")])
async def test_every_figure_is_taken_beside_its_floor(database: str, only: str) -> None:
    """One quick run has all figures of one database, or those that are asked for; slow ones are
    no failure.
    """
    wanted = ["--only", *only.split()] if only else []
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks", "--quick", "--database", database, *wanted, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()

    found = json.loads((ROOT / "build" / "bench.json").read_text())

    figures = only.split() or ["P1", "P2", "P5", "P6", "P7", "P8", "P9"]
    assert {one["figure"].split()[0] for one in found} == set(figures)
    assert {one["database"] for one in found} == {database}
    assert all(one["value"] >= 0 and one["floor"] >= 0 for one in found)
    for one in found:
        assert one["figure"] in out.decode()


def test_a_figure_is_met_on_its_own_side_of_the_target() -> None:
    """Time and memory have a most, intake a least; the file has exactly the promised keys."""
    slow = Figure(figure="P1", database="sqlite", value=9, unit="ms", floor=1, target=8)
    fast = Figure(
        figure="P2", database="sqlite", value=9, unit="1/s", floor=10, target=8, sense="at least"
    )

    written = [slow.as_json(), fast.as_json()]

    assert [one["met"] for one in written] == [False, True]
    assert set(written[0]) == {"figure", "database", "value", "unit", "floor", "target", "met"}


async def test_what_learning_is_worth_is_told_in_tables() -> None:
    """One short run plays every world under every rule."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.learning", "--runs", "1", "--cases", "150", cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()

    told = out.decode()

    assert all(f"| {world.name} | " in told for world in (*WORLDS, *DRIFTS))
