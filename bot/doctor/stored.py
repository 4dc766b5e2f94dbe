"""The database: reachable, of our schema, with a right clock, on a disk that keeps things."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING

from bot.doctor.clocks import look_at_clock
from bot.doctor.lines import ok, wrong
from bot.domain.errors import UnavailableError
from bot.store.probe import probe

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from bot.doctor.lines import Line
    from bot.domain.ports import Clock, Ids
    from bot.settings import Settings

# Enough for some hundred thousand escalations; SQLite fails without harm, but it fails.
_LEAST_FREE = 200 * 1024 * 1024
_BACKUP = "restore the backup from before, or set PULLCORD_DATABASE_URL"


async def look_at_database(
    settings: Settings, clock: Clock, ids: Ids, machine_now: Callable[[], datetime]
) -> list[Line]:
    """Without creating or changing anything, also while the bot runs."""
    file = settings.sqlite_file
    lines = [] if file is None else _look_at_disk(file.absolute().parent)
    if file is not None and not file.exists():
        return [*lines, ok(f"database: {file} does not exist yet; the first start makes it")]
    before = machine_now()
    try:
        found = await probe(settings.pullcord_database_url, clock, ids)
    except UnavailableError as error:
        if file is None:
            return [wrong("database", str(error))]
        return [*lines, wrong(f"database: {file} cannot be used ({error})", _BACKUP)]
    after = machine_now()
    match found.standing:
        case "current":
            lines.append(ok("database: reachable, and its schema is current"))
        case "empty":
            lines.append(ok("database: reachable, and empty; the first start sets it up"))
        case "ahead":
            lines.append(
                ok("database: reachable, upgraded by a newer version, and still fit for this one")
            )
        case "older":
            lines.append(
                wrong(
                    "database: the schema is older than this version",
                    "make a backup, then run `python -m bot migrate`",
                )
            )
        case "newer":
            lines.append(
                wrong(
                    "database: it was upgraded by a newer Pullcord",
                    "run that version, or restore the backup from before the upgrade",
                )
            )
    lines.append(look_at_clock("the database", found.now, before, after))
    return lines


def _look_at_disk(folder: Path) -> list[Line]:
    try:
        with tempfile.TemporaryFile(dir=folder) as probed:
            probed.write(b"pullcord")
            probed.flush()
            os.fsync(probed.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [
            wrong(
                f"disk: nothing can be kept in {folder} ({error.strerror})",
                "let the bot's user write there, or set PULLCORD_DATABASE_URL",
            )
        ]
    shown = f"{free / 1024**3:.1f} GiB free in {folder}"
    if free < _LEAST_FREE:
        return [wrong(f"disk: only {shown}", "make room before the database cannot grow")]
    return [ok(f"disk: writes and fsync work, {shown}")]
