"""People and rolls as Slack described them last, and which of them are to be asked for again.

Level-triggered, as cards are: `wanted_rev` is raised when something may have changed, and
`known_rev` is the wish that the last answer of Slack's has met. An answer that was asked for
before the latest wish is not believed: it may be older than what made us ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select, update

from bot.domain.directory import Roll
from bot.domain.people import Person
from bot.store.tables import person, roll

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Column, Table

    from bot.store.tx import Tx

TOPIC = "people"
#: What Slack said is asked again after this long, even when no event has told of a change.
FRESH_FOR = timedelta(minutes=10)
# Far below what either database takes as parameters of one statement.
_AT_ONCE = 500

_PEOPLE = select(person).where(person.c.id.in_(bindparam("wanted", expanding=True)))
_ROLLS = select(roll).where(roll.c.key.in_(bindparam("wanted", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something to ask Slack; the answer meets the wish `rev`."""

    key: str
    rev: int


def remember(tx: Tx, someone: Person, *, rev: int = 0) -> bool:
    """False when Slack has told us of a change after this answer was asked for."""
    facts = {
        "display_name": someone.display_name,
        "team_id": someone.team_id,
        "email": someone.email,
        "tz": someone.tz,
        "deleted": someone.deleted,
        "bot": someone.bot,
        "guest": someone.guest,
    }
    return _remember(tx, person, person.c.id, someone.id, facts, rev)


def remember_roll(tx: Tx, found: Roll, *, rev: int) -> bool:
    """False when Slack has told us of a change after this answer was asked for."""
    facts = {"members": sorted(found.members), "problem": found.problem}
    return _remember(tx, roll, roll.c.key, found.key, facts, rev)


def note_problem(tx: Tx, key: str, problem: str) -> None:
    """Slack does not say who that is; whom it named before stays, and grows old."""
    if tx.execute(update(roll).where(roll.c.key == key).values(problem=problem)).rowcount == 0:
        tx.add_once(roll, {"key": key, "members": [], "problem": problem})


def narrow(tx: Tx, someone: Person) -> None:
    """What takes rights away acts at once; the row is no younger for it."""
    tx.execute(
        update(person)
        .where(person.c.id == someone.id)
        .values(deleted=someone.deleted, bot=someone.bot, guest=someone.guest)
    )


def narrow_roll(tx: Tx, key: str, members: frozenset[str]) -> None:
    """The same for a usergroup or an address."""
    tx.execute(update(roll).where(roll.c.key == key).values(members=sorted(members)))


def want(tx: Tx, *, ids: Iterable[str] = (), keys: Iterable[str] = ()) -> None:
    """Ask Slack again for these, as soon as can be."""
    for table, column, wanted in ((person, person.c.id, ids), (roll, roll.c.key, keys)):
        for few in _few(wanted):
            tx.execute(
                update(table).where(column.in_(few)).values(wanted_rev=table.c.wanted_rev + 1)
            )
    tx.tell(TOPIC)


def want_everything(tx: Tx) -> None:
    """While nobody listened, anything may have changed."""
    for table in (person, roll):
        tx.execute(update(table).values(wanted_rev=table.c.wanted_rev + 1))
    tx.tell(TOPIC)


def find(tx: Tx, ids: Iterable[str]) -> dict[str, Person]:
    """Those of the ids that we know."""
    return {
        row.id: Person(
            id=row.id,
            display_name=row.display_name,
            team_id=row.team_id,
            email=row.email,
            tz=row.tz,
            deleted=row.deleted,
            bot=row.bot,
            guest=row.guest,
            fetched_at=row.fetched_at,
        )
        for few in _few(ids)
        for row in tx.execute(_PEOPLE, {"wanted": few})
    }


def find_rolls(tx: Tx, keys: Iterable[str]) -> dict[str, Roll]:
    """Those of the usergroups and addresses that we have a row for."""
    return {
        row.key: Roll(
            key=row.key,
            members=frozenset(row.members),
            fetched_at=row.fetched_at,
            problem=row.problem,
        )
        for few in _few(keys)
        for row in tx.execute(_ROLLS, {"wanted": few})
    }


def due(tx: Tx, ids: Iterable[str]) -> list[Due]:
    """Which of these people Slack has to be asked for, in the order of their ids."""
    return _due(tx, person, person.c.id, ids)


def due_rolls(tx: Tx, keys: Iterable[str]) -> list[Due]:
    return _due(tx, roll, roll.c.key, keys)


def newest(tx: Tx) -> datetime | None:
    """When Slack told us anything about anybody the last time."""
    moments = [
        tx.execute(select(func.max(table.c.fetched_at))).scalar_one() for table in (person, roll)
    ]
    return max((moment for moment in moments if moment is not None), default=None)


def _remember(
    tx: Tx, table: Table, column: Column[str], key: str, facts: dict[str, Any], rev: int
) -> bool:
    known = facts | {"known_rev": rev, "fetched_at": tx.now()}
    not_overtaken = update(table).where(column == key, table.c.wanted_rev <= rev)
    if tx.execute(not_overtaken.values(known)).rowcount == 1:
        return True
    return tx.add_once(table, {column.name: key, **known})


def _due(tx: Tx, table: Table, column: Column[str], keys: Iterable[str]) -> list[Due]:
    wanted = sorted(set(keys))
    rows = {
        row[0]: row
        for few in _few(wanted)
        for row in tx.execute(
            select(column, table.c.fetched_at, table.c.wanted_rev, table.c.known_rev).where(
                column.in_(few)
            )
        )
    }
    stale = tx.now() - FRESH_FOR
    found = []
    for key in wanted:
        row = rows.get(key)
        if row is None:
            found.append(Due(key=key, rev=0))
        elif row.known_rev < row.wanted_rev or not row.fetched_at or row.fetched_at <= stale:
            found.append(Due(key=key, rev=row.wanted_rev))
    return found


def _few(keys: Iterable[str]) -> list[list[str]]:
    wanted = sorted(set(keys))
    return [wanted[at : at + _AT_ONCE] for at in range(0, len(wanted), _AT_ONCE)]
