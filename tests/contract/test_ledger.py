"""What both ledgers promise, word for word the same."""

from __future__ import annotations

import asyncio
import tempfile
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from bot.domain.errors import AlreadySettledError, NotFoundError, UnavailableError
from bot.domain.people import Person
from bot.start import TimeOrderedIds
from bot.store import inbound, people, schema, tables
from bot.store.open import open_ledger, sqlite_path
from tests.databases import execute
from tests.wires import wire_to

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Column

    from bot.store.ledger import Ledger
    from bot.store.tx import Tx
    from tests.databases import Postgres


class Clock:
    def tell(self, database_time: datetime) -> datetime:
        return database_time


class Ears:
    """Hears what the commits changed."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def committed(self, topics: Mapping[str, object]) -> None:
        self.heard += topics

    def look_again(self) -> None:
        self.heard.append("everything")


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

    await until(lambda: ears.heard == ["told"])
    assert await ledger.read(recall, "k1")


async def test_time_is_the_databases(ledger: Ledger) -> None:
    """tx.now() is an aware moment, the same during the whole transaction."""

    def look(tx: Tx) -> tuple[datetime, datetime]:
        return tx.now(), tx.now()

    first, again = await ledger.run(look)

    assert first == again
    assert abs(first - datetime.now(UTC)) < timedelta(seconds=5)


#: What a verb of the property below does: add rows, take a key at once, look, fail.
STEPS = st.lists(
    st.sampled_from(["add", "take", "look", "refuse", "keep", "twice"]), min_size=1, max_size=5
)


def row_of(tx: Tx, key: str) -> dict[str, object]:
    return {"agent": "rows", "key": key, "body_hash": "h", "escalation_id": "e",
            "created_at": tx.now()}  # fmt: skip


class Doing:
    """One verb, and what must be there when it is over."""

    def __init__(self, name: str, steps: list[str]) -> None:
        self.name = name
        self.steps = steps

    def __call__(self, tx: Tx) -> None:
        for at, step in enumerate(self.steps):
            match step:
                case "add":
                    tx.add(tables.inbound, row_of(tx, f"{self.name}-{at}"))
                case "take":
                    remember(tx, f"{self.name}-{at}")
                case "look":
                    seen = [inbound.recall(tx, a, k) for a, k in self.written(at)]
                    assert all(seen)
                case "refuse":
                    raise NotFoundError("no")
                case "keep":
                    raise AlreadySettledError("late")
                case _:
                    tx.add(tables.inbound, row_of(tx, "taken before"))

    def written(self, upto: int) -> list[tuple[str, str]]:
        agents = {"add": "rows", "take": "agent"}
        return [
            (agents[step], f"{self.name}-{at}")
            for at, step in enumerate(self.steps[:upto])
            if step in agents
        ]

    @property
    def ended(self) -> int:
        """How many of its steps came about."""
        return next(
            (at for at, one in enumerate(self.steps) if one in {"refuse", "keep"}), len(self.steps)
        )

    @property
    def fails(self) -> type[Exception] | None:
        if "twice" in self.steps[: self.ended]:
            return UnavailableError
        if self.ended == len(self.steps):
            return None
        return NotFoundError if self.steps[self.ended] == "refuse" else AlreadySettledError


@pytest.mark.no_cover
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEPS, min_size=1, max_size=8))
async def test_verbs_of_one_group_are_each_whole_or_nothing(
    tmp_path: Path, doings: list[list[str]]
) -> None:
    """Whatever the others of a commit do: who failed left nothing, all others everything."""
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder:
        ledger = open_ledger(f"sqlite:///{folder}/x.db", Clock(), TimeOrderedIds())
        await ledger.on_connection(schema.upgrade)
        await ledger.run(lambda tx: tx.add(tables.inbound, row_of(tx, "taken before")))
        verbs = [Doing(f"v{number}", steps) for number, steps in enumerate(doings)]

        # None of them awaits before its verb is queued, so that they share a commit.
        ended = await asyncio.gather(*map(ledger.run_behind, verbs), return_exceptions=True)

        for verb, error in zip(verbs, ended, strict=True):
            # A row that is there twice is found when the rows leave, after a refusal too.
            kinds = {verb.fails, NotFoundError} if "refuse" in verb.steps else {verb.fails}
            assert (None if error is None else type(error)) in kinds
            kept = error is None or isinstance(error, AlreadySettledError)
            for agent, key in verb.written(verb.ended):
                assert (await ledger.read(inbound.recall, agent, key) is not None) == kept
        await ledger.close()


async def test_a_verb_sees_what_an_earlier_one_of_its_group_added(ledger: Ledger) -> None:
    """Rows that have not left yet are no secret: a question sends them first."""

    def add(tx: Tx) -> None:
        tx.add(tables.inbound, row_of(tx, "added"))

    def look(tx: Tx) -> bool:
        return inbound.recall(tx, "rows", "added") is not None

    def take(tx: Tx) -> bool:
        return inbound.remember(tx, "rows", "added", "hash", "esc_1")

    await ledger.run(add)
    added = [ledger.run(look), ledger.run(take)]

    assert await asyncio.gather(*added) == [True, False]


async def test_rows_leave_before_those_that_refer_to_them(ledger: Ledger) -> None:
    """A verb may add in any order; a table that others refer to is written first."""

    def backwards(tx: Tx) -> None:
        for table in reversed(tables.metadata.sorted_tables):
            if table.name in {"message", "message_item", "escalation"}:
                tx.add(table, {c.name: value_for(c) for c in table.columns if not c.nullable})

    await ledger.run(backwards)

    count = select(func.count()).select_from(tables.message_item)
    assert await ledger.read(lambda tx: tx.execute(count).scalar_one()) == 1


async def test_a_verb_may_add_more_rows_than_a_statement_takes(ledger: Ledger) -> None:
    """They leave in pieces, and are whole or nothing all the same."""

    def many(tx: Tx) -> None:
        for number in range(9_000):
            tx.add(tables.inbound, row_of(tx, str(number)))

    await ledger.run(many)

    count = select(func.count()).select_from(tables.inbound)
    assert await ledger.read(lambda tx: tx.execute(count).scalar_one()) == 9_000


def value_for(column: Column[Any]) -> Any:
    """Anything that fits; ids are all the same, so that one refers to the other."""
    known = {"Instant": datetime.now(UTC), "Integer": 1, "Boolean": False, "Json": []}
    return known.get(type(column.type).__name__, "one")


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
        ("postgres://u:p%40%2F@[::1]:5433/db?sslmode=verify-full&sslrootcert=/ca.pem", None),
        ("postgresql://u@one:5432,two:5432/db?target_session_attrs=read-write", None),
        ("postgresql:///db?host=/run/postgresql&port=5432&connect_timeout=5", None),
        ("postgresql://?host=/run/postgresql&dbname=db", None),
    ],
)
def test_addresses_of_databases(url: str, path: str | None) -> None:
    """SQLite by its file, PostgreSQL with or without a driver and libpq's options."""
    found = sqlite_path(url)

    assert (found and str(found)) == path


@pytest.mark.parametrize(
    "url",
    ["", "nonsense", "mysql://x/y", "sqlite://", "sqlite:///:memory:", "postgresql://"],
)
def test_other_addresses_are_refused(url: str) -> None:
    """With a sentence that says what was expected."""
    with pytest.raises(ValueError, match="expected sqlite:///FILE or postgresql://"):
        sqlite_path(url)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("channel_binding=require", "'channel_binding' is not known here"),
        ("work_mem=1GB", "'work_mem' is not known here"),
        ("sslmode", "'sslmode' has no value"),
        ("sslmode=yes", "sslmode is one of"),
        ("target_session_attrs=master", "target_session_attrs is one of"),
        ("connect_timeout=0", "a whole number of seconds"),
        ("connect_timeout=soon", "a whole number of seconds"),
        ("port=five", "a port is a number"),
    ],
)
def test_wrong_options_are_refused(query: str, sentence: str) -> None:
    """Before anything is tried, since the driver would take them for settings of the server."""
    with pytest.raises(ValueError, match=sentence):
        sqlite_path(f"postgresql://u:p@host/db?{query}")
    with pytest.raises(ValueError, match="a port is a number"):
        sqlite_path("postgresql://u:p@host:five/db")


async def test_a_server_without_tls_is_not_used_when_tls_is_required(
    postgres_server: Postgres,
) -> None:
    """`sslmode=require` is kept and not passed over; `application_name` reaches the server."""
    async with wire_to(postgres_server.url) as wire:
        strict = open_ledger(f"{wire.url}?sslmode=require", Clock(), TimeOrderedIds())
        named = open_ledger(
            f"{wire.url}?sslmode=prefer&application_name=ours", Clock(), TimeOrderedIds()
        )

        with pytest.raises(UnavailableError, match="SSL"):
            await strict.on_connection(schema.standing)
        name = await named.read(lambda tx: tx.execute(text("SHOW application_name")).scalar())
        await strict.close()
        await named.close()

    assert name == "ours"


async def test_two_ledgers_hear_each_other(postgres_server: Postgres) -> None:
    """Thousands of topics at once, each as it was said; its own commits are heard once."""
    async with two_ledgers(postgres_server) as ((one, ears), (_, other_ears)):
        topics = [f"escalation:esc_{number:026}" for number in range(3000)]

        await one.run_behind(lambda tx: [tx.tell(topic) for topic in topics])
        await one.run(lambda tx: tx.tell("urgent"))

        await until(lambda: set(other_ears.heard) >= {*topics, "urgent"})
        assert sorted(ears.heard) == sorted([*topics, "urgent"])
        assert sorted(other_ears.heard) == sorted(ears.heard)


async def test_a_ledger_that_was_cut_off_looks_again(postgres_server: Postgres) -> None:
    """What was said meanwhile is lost, so everybody looks; what it had to say itself is said."""
    async with two_ledgers(postgres_server) as ((one, ears), (_, other_ears)):
        await execute(
            postgres_server.url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'pullcord listener'",
        )
        await one.run_behind(lambda tx: tx.tell("said"))

        await until(lambda: "everything" in ears.heard and "everything" in other_ears.heard)
        await one.run(lambda tx: tx.tell("again"))
        await until(lambda: "again" in other_ears.heard)


@asynccontextmanager
async def two_ledgers(
    server: Postgres,
) -> AsyncIterator[tuple[tuple[Ledger, Ears], tuple[Ledger, Ears]]]:
    pairs = []
    for _ in range(2):
        ledger, ears = open_ledger(server.url, Clock(), TimeOrderedIds()), Ears()
        ledger.listen()
        await until(lambda: ledger.hears_others)  # noqa: B023 - awaited before the next
        ledger.tell(ears)
        pairs.append((ledger, ears))
    try:
        yield pairs[0], pairs[1]
    finally:
        for ledger, _ in pairs:
            await ledger.close()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - the other side is a server
            await asyncio.sleep(0.01)
