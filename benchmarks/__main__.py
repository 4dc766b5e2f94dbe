"""`python -m benchmarks`: a table, and build/bench.json. Slow numbers are no failure."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import resource
import tempfile
from pathlib import Path

import uvloop

from benchmarks.databases import database, fsync_ms
from benchmarks.figures import QUICK, Bench, Sizes
from benchmarks.processes import ROOT
from benchmarks.report import Figure, show, write

_FIGURES = ("P1", "P2", "P3", "P5", "P6", "P7", "P8", "P9")
_DATABASES = ("sqlite", "postgresql")
_MOST_FILES = 16_384


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=_FIGURES, default=_FIGURES)
    parser.add_argument("--database", choices=_DATABASES, help="one of them; both without it")
    parser.add_argument("--quick", action="store_true", help="only whether it can be measured")
    options = parser.parse_args()
    _raise_file_limit()
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    sizes = QUICK if options.quick else Sizes()
    figures: list[Figure] = []
    # Beside the code, where a disk is: what lies in memory is durable for nobody.
    with tempfile.TemporaryDirectory(prefix="bench-", dir=build) as name:
        folder = Path(name)
        machine = _machine(folder)
        for kind in [options.database] if options.database else _DATABASES:
            with database(kind, folder) as (ours, bare, deep):
                bench = Bench(kind, folder, ours, bare, deep, frozenset(options.only), sizes)
                figures += uvloop.run(_said(bench))
    show(figures, machine)
    write(figures, build / "bench.json")


async def _said(bench: Bench) -> list[Figure]:
    print(f"Measuring on {bench.kind} …", flush=True)
    return await asyncio.wait_for(bench.run(), 3600)


def _machine(folder: Path) -> str:
    return (
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"fdatasync {fsync_ms(folder):.2f} ms"
    )


def _raise_file_limit() -> None:
    """Each parked agent is a file here and one in the server, which has its limit from us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(_MOST_FILES, hard)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
