"""What both ledgers promise, word for word the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.errors import AlreadySettledError, NotFoundError, UnavailableError
from bot.domain.people import Person
from bot.start import TimeOrderedIds
from bot.store import inbound, people, schema
from bot.store.open import open_ledger, sqlite_path

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from bot.store.ledger import Ledger
    from bot.store.tx import Tx


class Clock:
    def tell(self, database_time: datetime) -> datetime:
        return database_time


class Ears:
    """Hears what the commits changed."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def committed(self, topics: Iterable[str]) -> None:
        self.heard += topics


@pytest.fixture
async def ledger(database_url: str) -> AsyncIterator[Ledger]:
    made = open_ledger(database_url, Clock(), TimeOrderedIds())
    if await made.on_connection(schema.standing) == "empty":
        await made.on_connection(schema.upgrade)
    yield made
    await made.close()


def remember(tx: Tx, key: str) -> bool:
    return inbound.remember(tx, "agent", key, "hash", "esc_1")


def recall(tx: Tx, key: str) -> bool:
    return inbound.recall(tx, "agent", key) is not None


async def test_what_a_verb_wrote_can_be_read(ledger: Ledger) -> None:
    """When run() returns, every reader sees the work."""
    await ledger.run(remember, "k1")

    assert await ledger.read(recall, "k1")


async def test_a_refusal_undoes_the_work(ledger: Ledger) -> None:
    """A verb that raises has done nothing."""

    def refuse(tx: Tx) -> None:
        remember(tx, "k1")
        raise NotFoundError("no")

    with pytest.raises(NotFoundError):
        await ledger.run(refuse)

    assert not await ledger.read(recall, "k1")


async def test_some_refusals_keep_the_work(ledger: Ledger) -> None:
    """Whoever finds an overdue escalation settles it and still says no."""

    def settle_and_refuse(tx: Tx) -> None:
        remember(tx, "k1")
        tx.tell("told")
        raise AlreadySettledError("late")

    ears = Ears()
    ledger.tell(ears)
    with pytest.raises(AlreadySettledError):
        await ledger.run(settle_and_refuse)

    assert await ledger.read(recall, "k1")
    assert ears.heard == ["told"]


async def test_one_verbs_failure_is_only_its_own(ledger: Ledger) -> None:
    """Verbs that share a commit do not share their mistakes."""

    def fail(tx: Tx) -> None:
        remember(tx, "bad")
        raise ZeroDivisionError

    results = await asyncio.gather(
        *(ledger.run(remember, f"k{n}") for n in range(10)),
        ledger.run(fail),
        *(ledger.run_behind(remember, f"b{n}") for n in range(10)),
        return_exceptions=True,
    )

    assert [r for r in results if isinstance(r, BaseException)] == [results[10]]
    assert isinstance(results[10], ZeroDivisionError)
    assert await ledger.read(recall, "k9")
    assert await ledger.read(recall, "b9")
    assert not await ledger.read(recall, "bad")


async def test_a_wrong_statement_is_unavailable_not_a_crash(ledger: Ledger) -> None:
    """An error of the database is one kind of error for the doors, and the next verb works."""

    def wrong(tx: Tx) -> None:
        tx.execute(text("SELECT * FROM nowhere"))

    with pytest.raises(UnavailableError):
        await ledger.run(wrong)
    with pytest.raises(UnavailableError):
        await ledger.read(wrong)

    assert await ledger.run(remember, "k1")


async def test_the_same_key_is_taken_once(ledger: Ledger) -> None:
    """Twenty at once: one takes the key, nobody gets an error."""
    taken = await asyncio.gather(*(ledger.run_behind(remember, "k1") for _ in range(20)))

    assert sorted(taken) == [False] * 19 + [True]


async def test_listeners_hear_after_the_commit_only(ledger: Ledger) -> None:
    """What a verb said is told when it is true, and not when it was undone."""
    ears = Ears()
    ledger.tell(ears)

    def speak(tx: Tx, word: str, *, fail: bool) -> None:
        tx.tell(word)
        if fail:
            raise NotFoundError("no")

    await ledger.run(speak, "good", fail=False)
    with pytest.raises(NotFoundError):
        await ledger.run(speak, "bad", fail=True)

    assert ears.heard == ["good"]


async def test_a_caller_that_goes_away_changes_nothing(ledger: Ledger) -> None:
    """The verb of a cancelled caller still commits, and the listeners still hear of it."""
    ears = Ears()
    ledger.tell(ears)

    def slowly(tx: Tx) -> None:
        remember(tx, "k1")
        tx.tell("told")

    task = asyncio.create_task(ledger.run(slowly))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await ledger.run(remember, "k2")

    assert await ledger.read(recall, "k1")
    assert ears.heard == ["told"]


async def test_time_is_the_databases(ledger: Ledger) -> None:
    """tx.now() is an aware moment, the same during the whole transaction."""

    def look(tx: Tx) -> tuple[datetime, datetime]:
        return tx.now(), tx.now()

    first, again = await ledger.run(look)

    assert first == again
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=5)


NEWER = Person(id="U1", display_name="Ada")


async def test_an_upsert_brings_up_to_date(ledger: Ledger) -> None:
    """What Slack said of a person last is what we know."""
    await ledger.run(people.remember, Person(id="U1", display_name="Ada"))
    await ledger.run(people.remember, Person(id="U1", display_name="Ada L.", guest=True))

    known = await ledger.read(people.find, ["U1", "U2"])

    assert known.keys() == {"U1"}
    assert (known["U1"].display_name, known["U1"].guest) == ("Ada L.", True)


async def test_an_answer_from_before_the_last_change_is_not_believed(ledger: Ledger) -> None:
    """Slack was asked, then told of a change, and only then its older answer arrived."""
    await ledger.run(people.remember, Person(id="U1", display_name="Ada", guest=True))
    await ledger.run(lambda tx: people.want(tx, ids=["U1"]))
    (due,) = await ledger.read(people.due, ["U1"])

    old = await ledger.run(people.remember, Person(id="U1", display_name="Ada"))
    young = await ledger.run(lambda tx: people.remember(tx, NEWER, rev=due.rev))

    assert (old, young) == (False, True)
    assert not (await ledger.read(people.find, ["U1"]))["U1"].guest
    assert await ledger.read(people.due, ["U1"]) == []


async def test_a_crowd_of_people_is_read_in_pieces(ledger: Ledger) -> None:
    """No statement carries more parameters than the databases take."""
    crowd = [f"U{number}" for number in range(1200)]
    await ledger.run(people.remember, Person(id="U7", display_name="Ada"))

    assert (await ledger.read(people.find, crowd)).keys() == {"U7"}
    assert len(await ledger.read(people.due, crowd)) == 1199


async def test_closing_finishes_what_is_under_way(database_url: str) -> None:
    """A verb that was accepted is committed; one that comes later is refused kindly."""
    ledger = open_ledger(database_url, Clock(), TimeOrderedIds())
    if await ledger.on_connection(schema.standing) == "empty":
        await ledger.on_connection(schema.upgrade)
    under_way = asyncio.create_task(ledger.run(remember, "k1"))
    await asyncio.sleep(0)

    await ledger.close()

    assert await under_way


async def test_an_error_at_commit_fails_the_whole_group(tmp_path: object) -> None:
    """Nobody is told that it worked when the commit did not."""
    ledger = open_ledger(f"sqlite:///{tmp_path}/x.db", Clock(), TimeOrderedIds())
    await ledger.on_connection(schema.upgrade)

    def poison(tx: Tx) -> None:
        tx.execute(text("PRAGMA defer_foreign_keys=ON"))
        tx.execute(
            text("INSERT INTO timer (escalation_id, kind, due_at) VALUES ('nobody', 'expire', 1)")
        )

    ears = Ears()
    ledger.tell(ears)

    def speak(tx: Tx) -> None:
        remember(tx, "k1")
        tx.tell("told")

    results = await asyncio.gather(
        ledger.run(speak), ledger.run(poison), ledger.run(speak), return_exceptions=True
    )

    failed = [type(result) for result in results]
    assert failed[1] is UnavailableError
    together = [result for result in (failed[0], failed[2]) if result is UnavailableError]
    assert len(ears.heard) == 2 - len(together)
    assert await ledger.run(remember, "k2")
    await ledger.close()
    with pytest.raises(UnavailableError):
        await ledger.run(remember, "k3")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///here.db", "here.db"),
        ("postgresql://u:p@host/db", None),
        ("postgresql+asyncpg://u:p@host/db", None),
    ],
)
def test_addresses_of_databases(url: str, path: str | None) -> None:
    """SQLite by its file, PostgreSQL with or without a driver in the address."""
    found = sqlite_path(url)

    assert (found and str(found)) == path


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_addresses_are_refused(url: str) -> None:
    """With a sentence that says what was expected."""
    with pytest.raises(ValueError, match="expected sqlite:///FILE or postgresql://"):
        sqlite_path(url)
