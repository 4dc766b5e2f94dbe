"""`make chaos`: every fault test on both databases, one line a test, and build/chaos.json."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.chaos import crashes, crowds, doors, outages, replicas, slots, storms
from tests.chaos.result import Result
from tests.databases import postgres

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.databases import Postgres

    Test = Callable[[str, Postgres, int], AsyncIterator[Result]]

_TESTS = (
    crashes.kills,
    crashes.sleepers,
    crowds.crowd,
    outages.restarts,
    outages.cuts,
    outages.slack_down,
    replicas.replicas,
    slots.slots,
    doors.addresses,
    doors.signatures,
    storms.storm,
    storms.refusals,
)


async def main(names: set[str]) -> int:
    """`names` limits the run to some of the tests; `CHAOS_SCALE` multiplies the trials."""
    scale = int(os.environ.get("CHAOS_SCALE", "1"))
    results = []
    with postgres() as server:
        for test in _TESTS:
            if names and test.__name__ not in names:
                continue
            for database in ("sqlite", "postgres"):
                started = time.monotonic()
                async for result in _tried(test, database, server, scale):
                    results.append(result)
                    print(f"{result.line()}  [{time.monotonic() - started:.0f} s]", flush=True)
                    for problem in result.problems[:20]:
                        print(f"    {problem}", flush=True)
    build = Path("build")
    build.mkdir(exist_ok=True)
    (build / "chaos.json").write_text(json.dumps([r.as_json() for r in results], indent=1) + "\n")
    return int(not all(result.met for result in results))


async def _tried(test: Test, database: str, server: Postgres, scale: int) -> AsyncIterator[Result]:
    """What never came to pass is a promise that was not kept, and the other tests go on."""
    try:
        async for result in test(database, server, scale):
            yield result
    except (TimeoutError, AssertionError) as never:
        broken = Result(test.__name__, database)
        broken.missed(f"it did not come to its end: {never or type(never).__name__}")
        yield broken


if __name__ == "__main__":
    sys.exit(asyncio.run(main(set(sys.argv[1:]))))
