"""`python -m bot …` from a process that has its imports already: a second less for each command.

The child is one of its own, with the arguments, environment and streams of a command; what a real
start does besides is tried where the bot is served.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, cast

# As `bot/__main__.py` does it.
cast("dict[str, Any]", sys.modules).setdefault("rich", None)

from bot.cli import main  # noqa: E402

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


async def forked(
    arguments: tuple[str, ...], environment: dict[str, str], stdin: bytes, home: Path
) -> tuple[int, str, str]:
    """Exit code, stdout, stderr."""
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
        streams[0].write_bytes(stdin)
        process = _CONTEXT.Process(target=_command, args=(arguments, environment, streams, home))
        process.start()
        await asyncio.to_thread(process.join, 60)
        assert process.exitcode is not None, f"{arguments} does not end"
        return process.exitcode, streams[1].read_text(), streams[2].read_text()


def _command(
    arguments: tuple[str, ...], environment: dict[str, str], streams: list[Path], home: Path
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(home)
    for number, path in enumerate(streams):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    # They know their encoding and buffers anew.
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(fd, way) for fd, way in enumerate("rww"))
    sys.argv = ["bot", *arguments]
    main()
