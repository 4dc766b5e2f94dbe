"""The process that draws: a report in on stdin, its pictures out on stdout, and it is gone.

Matplotlib takes a second and some 100 MiB, and may hang on a sick font; nothing of that is the
bot's then. It gets no settings and no secrets, and what it remembers of fonts lies in a folder
that is removed with it. Its parent has a stopwatch, and kills it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from pydantic import TypeAdapter

from bot.cards import wording_charts, wording_report
from bot.domain.drawn import DrawingFailedError, Picture
from bot.domain.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

log = structlog.get_logger()

SECONDS = 60.0
_REPORT = TypeAdapter(Report)
# Where `python -m bot…` finds the code.
_ROOT = Path(__file__).parent.parent.parent


class Drawing:
    """Starts such a process when it is needed; one at a time."""

    def __init__(self, seconds: float = SECONDS, program: Sequence[str] = ()) -> None:
        """`program`: what is started in the place of the one that draws."""
        self._seconds = seconds
        self._program = program or (sys.executable, "-m", "bot.workers.drawing")
        self._one = asyncio.Lock()

    async def __call__(self, report: Report) -> tuple[Picture, ...]:
        """Raises DrawingFailedError."""
        async with self._one:
            try:
                # Making and removing the folder touches a disk.
                folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="pullcord-")
                try:
                    drawn = await self._drawn(_REPORT.dump_json(report), folder.name)
                finally:
                    await asyncio.to_thread(folder.cleanup)
            except OSError as error:
                log.warning("charts.not_drawn", reason=str(error))
                raise DrawingFailedError(wording_report.DRAWING_FAILED) from error
        return tuple(
            Picture(
                name=f"{chart}.png",
                title=wording_charts.TITLES[chart],
                alt=wording_charts.alt_text(chart, report),
                content=content,
            )
            for chart, content in zip(report.charts, drawn, strict=True)
        )

    async def _drawn(self, facts: bytes, folder: str) -> list[bytes]:
        process = await asyncio.create_subprocess_exec(
            *self._program,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=_ROOT,
            env={"MPLCONFIGDIR": folder, "MPLBACKEND": "agg", "HOME": folder, "TMPDIR": folder},
        )
        try:
            async with asyncio.timeout(self._seconds):
                said, trouble = await process.communicate(facts)
        except TimeoutError as error:
            log.warning("charts.hung", seconds=self._seconds)
            raise DrawingFailedError(wording_report.HUNG) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        if process.returncode != 0:
            tail = trouble.decode(errors="replace")[-1000:]
            log.warning("charts.not_drawn", code=process.returncode, trouble=tail)
            raise DrawingFailedError(wording_report.DRAWING_FAILED)
        return [base64.b64decode(one) for one in json.loads(said)]


def main() -> None:
    """What the process does."""
    from bot.cards.charts import draw

    report = _REPORT.validate_json(sys.stdin.buffer.read())
    drawn = [base64.b64encode(draw(chart, report)).decode() for chart in report.charts]
    sys.stdout.write(json.dumps(drawn))


if __name__ == "__main__":
    main()
