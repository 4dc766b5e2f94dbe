"""The figures of one database, each beside the floor of the same minute."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import processes
from benchmarks.crowd import BareDoors, Doors, Parked, answers, ask_many, load
from benchmarks.depth import Depths, Place, crowded, depth
from benchmarks.outputs import report
from benchmarks.report import Figure, percentile
from benchmarks.wire import ask, request

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.crowd import Asked
    from benchmarks.processes import Running

_CONNECTIONS = 64
# A person is no machine gun: the card of the last click is being redrawn, and that is all.
_GAP_SECONDS = 0.02
_LONGEST_QUIETING = 30
# What the fastest system of this kind takes on two cores with a disk, without idempotency.
_FASTEST_KNOWN = 1374.0
# A category's 100,000 of a day within ten minutes, and no more memory than the last 500 take.
_OUTPUTS_A_SECOND, _OUTPUTS_GROWTH = 170.0, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured; medians of several short rounds bear a neighbour's noise."""

    rounds: int = 3
    load_seconds: float = 3.0
    clicks: int = 120
    idle_seconds: float = 10.0
    parked: tuple[int, ...] = (1, 100, 300, 1_000, 10_000)
    #: When more agents than these park, several of them wait for one answer.
    questions: int = 300
    outputs: int = 100_000
    depths: Depths = field(default_factory=Depths)


#: Every path once, and figures that mean nothing.
QUICK = Sizes(
    rounds=1, load_seconds=0.2, clicks=5, idle_seconds=0.2, parked=(1, 300), questions=20,
    outputs=300,
    depths=Depths(little=100, much=200, still_open=50, looks=2, crowd=40, pace=20),
)  # fmt: skip


@dataclass
class Bench:
    """One database; `wanted` are names of figures such as P1."""

    kind: str
    folder: Path
    bot_url: str
    floor_url: str
    deep_url: str
    wanted: frozenset[str]
    sizes: Sizes = Sizes()
    figures: list[Figure] = field(default_factory=list)

    async def run(self) -> list[Figure]:
        async with processes.slack(self.folder) as slack:
            environment = processes.settings(self.folder, self.bot_url, slack.port)
            key = await processes.make_key(environment)
            if "P7" in self.wanted:
                await self._start(environment)
            if self.wanted & {"P1", "P3", "P8"}:
                await self._parked(environment, key, slack)
            place = Place(self.folder, self.deep_url, slack)
            if "P6" in self.wanted:
                value = await crowded(place, self.sizes.depths)
                self._note("P6 a crowd in one channel", value, "×", 1, 0.15)
            if "P5" in self.wanted:
                await self._depth(place)
            if "P9" in self.wanted:
                await self._outputs(environment, key)
            # Last: thousands of questions, whose cards would be posted all the while.
            if "P2" in self.wanted:
                await self._intake(environment, key)
        return self.figures

    async def _depth(self, place: Place) -> None:
        """Each look beside the same look with a hundredth of the past."""
        depths = self.sizes.depths
        for name, (little, much) in (await depth(place, depths)).items():
            self._note(f"P5 {name}, {depths.much:,} past ÷ {depths.little:,}", much / little, "×",
                       1, 1.5)  # fmt: skip
            if name != "claim":
                self._note(f"P5 {name}, {depths.still_open:,} open", much, "ms", little, 300)

    def _note(self, figure: str, value: float, unit: str, floor: float, target: float) -> None:
        at_least = unit == "1/s"
        self.figures.append(
            Figure(
                figure=figure, database=self.kind, value=value, unit=unit, floor=floor,
                target=target, sense="at least" if at_least else "at most",
            )
        )  # fmt: skip

    async def _start(self, environment: dict[str, str]) -> None:
        """From the command to ready, on a database that is there; then memory at rest."""
        seconds, memory = [], []
        for _ in range(self.sizes.rounds):
            async with processes.bot(self.folder, environment) as bot:
                await asyncio.sleep(1)
                seconds.append(bot.ready_seconds)
                memory.append(bot.mebibytes())
        async with processes.floor(self.folder, self.floor_url) as bare:
            await asyncio.sleep(1)
            self._note("P7 start to ready", median(seconds), "s", bare.ready_seconds, 2)
            self._note("P7 idle memory", median(memory), "MiB", bare.mebibytes(), 90)

    async def _outputs(self, environment: dict[str, str], key: str) -> None:
        """A day's outputs of one category in one go, and what the bot has grown by."""
        async with processes.floor(self.folder, self.floor_url) as bare:
            floor = await load(BareDoors(bare, key), 4, self.sizes.load_seconds)
        async with processes.bot(self.folder, environment) as bot:
            # Buffers and caches have their size after the first few.
            await report(bot, key, self.sizes.outputs // 50, first="warm")
            before = bot.mebibytes()
            value = await report(bot, key, self.sizes.outputs)
            after = bot.mebibytes()
        self._note("P9 outputs taken", value, "1/s", floor, _OUTPUTS_A_SECOND)
        self._note(
            f"P9 memory after {self.sizes.outputs:,} outputs", after, "MiB", before,
            before + _OUTPUTS_GROWTH,
        )  # fmt: skip

    async def _intake(self, environment: dict[str, str], key: str) -> None:
        async with processes.bot(self.folder, environment) as bot:
            await load(Doors(bot, key), _CONNECTIONS, 1)  # warm
            ours = await self._rounds(Doors(bot, key))
        async with processes.floor(self.folder, self.floor_url) as bare:
            floors = await self._rounds(BareDoors(bare, key))
        value, floor = median(ours), median(floors)
        self._note("P2 accepted, half the floor", value, "1/s", floor, floor / 2)
        self._note("P2 accepted, the fastest known", value, "1/s", floor, _FASTEST_KNOWN)

    async def _rounds(self, doors: Doors) -> list[float]:
        seconds = self.sizes.load_seconds
        return [await load(doors, _CONNECTIONS, seconds) for _ in range(self.sizes.rounds)]

    async def _parked(self, environment: dict[str, str], key: str, slack: Running) -> None:
        async with processes.floor(self.folder, self.floor_url) as server:
            doors: Doors = BareDoors(server, key)
            bare = await self._measured(doors, server, await ask_many(doors, self.sizes.questions))
        async with processes.bot(self.folder, environment) as server:
            doors = Doors(server, key)
            asked = await ask_many(doors, self.sizes.questions)
            await _until_quiet(slack)
            _, seen = await ask(slack.port, request("GET", "/seen"))
            doors.card = seen["card"]
            for name, value in (await self._measured(doors, server, asked)).items():
                unit, target = _target_of(name)
                self._note(name, value, unit, bare[name], target)

    async def _measured(
        self, doors: Doors, server: Running, asked: list[Asked]
    ) -> dict[str, float]:
        """Ever more agents park, and what there is to see is seen on the way."""
        found: dict[str, float] = {}
        parked = Parked(doors)
        try:
            for count in self.sizes.parked:
                await parked.grow(asked, count)
                await asyncio.sleep(1)
                if count in {1_000, 10_000} and "P3" in self.wanted:
                    found[f"P3 memory, {count:,} parked"] = server.mebibytes()
                if count == 300 and "P8" in self.wanted:
                    before = server.cpu_seconds()
                    await asyncio.sleep(self.sizes.idle_seconds)
                    found["P8 processor at rest, 300 parked"] = (
                        server.cpu_seconds() - before
                    ) / self.sizes.idle_seconds
                if count in {1, 100, 1_000} and "P1" in self.wanted:
                    found |= await self._clicked(doors, count)
        finally:
            await parked.leave()
        return found

    async def _clicked(self, doors: Doors, parked: int) -> dict[str, float]:
        waited: list[float] = []
        # A few first, uncounted: a bot that has just started has not run this path yet.
        await answers(doors, await ask_many(doors, 10), _GAP_SECONDS, lambda _: None)
        await answers(doors, await ask_many(doors, self.sizes.clicks), _GAP_SECONDS, waited.append)
        return {
            f"P1 click to agent p{percent}, {parked:,} parked": percentile(waited, percent)
            for percent in (50, 95)
        }


def _target_of(name: str) -> tuple[str, float]:
    """Its unit, and what it may be at most."""
    match name.split()[0]:
        case "P1":
            return "ms", 4.0 if "p50" in name else 8.0
        case "P3":
            return "MiB", 200.0 if "10,000" in name else 100.0
        case _:
            return "core", 0.02


async def _until_quiet(slack: Running) -> None:
    """Until every card stands, or the bot holds back what Slack would not take faster."""
    before = -1
    for _ in range(_LONGEST_QUIETING):
        _, seen = await ask(slack.port, request("GET", "/seen"))
        if seen["calls"] == before:
            return
        before = seen["calls"]
        await asyncio.sleep(1.5)
