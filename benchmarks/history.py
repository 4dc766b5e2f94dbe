"""Fills the bot's tables with a past and a present, as fast as the database itself can copy."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Callable

_AT_ONCE = 100_000
_DAY = 86_400_000_000
#: What a copy gets in place of what the row that is copied has: SQL over the number `n`.
Change = dict[str, str]
#: A table, its changes, and the first and the last number.
Part = tuple[str, Change, int, int]
_PATIENCE = 900
_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = $1"


async def fill(url: str, template: str, *, settled: int, still_open: int, before: int = 0) -> None:
    """Copy the escalation `template`: so many that were settled long ago, each with its decision,
    card, callback and a word that was said; and so many that are open. `before` are there already.
    """
    sqlite = url.startswith("sqlite:")
    made = _statements(sqlite, int(time.time() * 1e6))
    parts = [
        (table, changes, first, min(first + _AT_ONCE, end) - 1)
        for kind, start, end in (("settled", before, before + settled), ("open", 0, still_open))
        for first in range(start, end, _AT_ONCE)
        for table, changes in made[kind]
    ]
    if sqlite:
        _fill_file(url.removeprefix("sqlite:///"), template, parts)
    else:
        await _fill_server(url, template, parts)


def _fill_file(file: str, template: str, parts: list[Part]) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        for table, changes, first, last in parts:
            listed = connection.execute(f"PRAGMA table_info({table})")
            columns = [str(row[1]) for row in listed]
            series = (
                f"WITH RECURSIVE s(n) AS (SELECT {first} UNION ALL SELECT n + 1 FROM s "
                f"WHERE n < {last}) "
            )
            copied = _copy(table, template, columns, changes, series, "s")
            connection.execute(copied)
            connection.commit()


async def _fill_server(url: str, template: str, parts: list[Part]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for table, changes, first, last in parts:
            listed = await connection.fetch(_COLUMNS, table)
            columns = [str(row["column_name"]) for row in listed]
            series = f"generate_series({first}::bigint, {last}::bigint) n"
            copied = _copy(table, template, columns, changes, "", series)
            await connection.execute(copied, timeout=_PATIENCE)
        # As it would be after a while: what was written is known to be seen by everybody.
        await connection.execute("VACUUM ANALYZE", timeout=_PATIENCE)
    finally:
        await connection.close()


def _statements(sqlite: bool, now: int) -> dict[str, list[tuple[str, Change]]]:
    """Table by table, in the order in which they refer to each other."""

    def padded(prefix: str) -> str:
        number = "printf('%020d', n)" if sqlite else "lpad(n::text, 20, '0')"
        return f"'{prefix}' || {number}"

    def rows(mark: str) -> Callable[[str], str]:
        return lambda kind: padded(f"{kind}_{mark}")

    past, present = rows("00A"), rows("01A")
    agent = "'agent-' || (n % 50)"
    old = str(now - 40 * _DAY)

    def card(id_: Callable[[str], str], at: str) -> list[tuple[str, Change]]:
        standing = {"id": id_("msg"), "ts": padded("1.") if id_ is past else padded("2."),
                    "posted_rev": "1", "wanted_rev": "1", "created_at": at, "due_at": at,
                    "owner": "NULL", "lease_until": "NULL"}  # fmt: skip
        item = {"message_id": id_("msg"), "escalation_id": id_("esc")}
        return [("message", standing), ("message_item", item)]

    settled = [
        ("escalation", {"id": past("esc"), "agent": agent, "status": "'decided'",
                        "created_at": f"{old} + n", "settled_at": f"{old} + n",
                        "expires_at": f"{old} + n", "action_digest": padded("sha256:"),
                        "route": "'r' || (n % 20)"}),
        ("decision", {"id": past("dec"), "escalation_id": past("esc"), "type": "'approve'",
                      "decided_at": f"{old} + n", "body": "'{}'"}),
        *card(past, f"{old} + n"),
        ("relay", {"id": past("whk"), "escalation_id": past("esc"), "agent": agent,
                   "event": "'escalation.decided'", "url": "'https://agent.example.com/'",
                   "host": "'agent.example.com'", "state": "'delivered'", "created_at": old,
                   "due_at": old, "attempts": "1", "delivered_at": old}),
        ("outbox", {"id": past("out"), "kind": "'whisper'", "payload": "'{}'", "created_at": old,
                    "due_at": old, "attempts": "1", "done_at": old}),
    ]  # fmt: skip
    later = f"{now} + 14400000000 + n"
    waiting = [
        ("escalation", {"id": present("esc"), "agent": agent, "created_at": f"{now} + n",
                        "expires_at": later, "action_digest": padded("sha256:o"),
                        "urgency": "CASE WHEN n % 50 = 0 THEN 'high' ELSE 'normal' END",
                        "route": "'r' || (n % 20)"}),
        ("timer", {"escalation_id": present("esc"), "kind": "'expire'", "due_at": later}),
        *card(present, f"{now} + n"),
    ]  # fmt: skip
    return {"settled": settled, "open": waiting}


_COPIED = {
    "escalation": "SELECT * FROM escalation WHERE id = '{0}'",
    "message": "SELECT message.* FROM message JOIN message_item ON message_id = message.id "
    "WHERE escalation_id = '{0}' LIMIT 1",
}


def _copy(
    table: str, template: str, columns: list[str], changes: Change, before: str, series: str
) -> str:
    """One INSERT for all rows of the series."""
    copied = _COPIED.get(table)
    used = [name for name in columns if copied or name in changes]
    values = ", ".join(changes.get(name, f"t.{name}") for name in used)
    names = ", ".join(f'"{name}"' for name in used)
    source = f", ({copied.format(template)}) t" if copied else ""
    return f"INSERT INTO {table} ({names}) {before}SELECT {values} FROM {series}{source}"
