"""The doctor as an operator calls it: a real process, and one thing after another broken."""

from __future__ import annotations

import sqlite3
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from aiohttp import web

from bot.doctor.examine import _surely
from sandbox.server import BOT_TOKEN, SIGNING_SECRET, make_app
from sandbox.testing import serving
from sandbox.workspace import Workspace
from tests.processes import BotProcess, command, free_port
from tests.world import POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from bot.doctor.lines import Line

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@dataclass
class Patient:
    """A bot's surroundings, each part of which can be broken."""

    slack: Workspace
    sandbox_url: str
    folder: Path
    environment: dict[str, str]
    http: aiohttp.ClientSession
    lines: list[str] = field(default_factory=list)

    async def examined(self, **over: str) -> int:
        """Run `doctor`; the exit code."""
        code, out, err = await command("doctor", environment=self.environment | over)
        assert err == "", err
        *self.lines, summary = out.splitlines()
        assert all(line.startswith(("ok     ", "note   ", "WRONG  ")) for line in self.lines), out
        if code == 0:
            assert summary == "Nothing is wrong."
            assert self.findings == []
        else:
            assert (code, summary) == (1, f"WRONG: {len(self.findings)} of the lines above.")
        return code

    @property
    def findings(self) -> list[str]:
        return [line.removeprefix("WRONG  ") for line in self.lines if line.startswith("WRONG  ")]

    def about(self, *words: str) -> str:
        """The one line that has all the words."""
        (line,) = [line for line in self.lines if all(word in line for word in words)]
        return line

    async def control(self, verb: str, **fields: Any) -> None:
        async with self.http.post(f"{self.sandbox_url}control/{verb}", json=fields) as answer:
            assert answer.status == 200, await answer.text()


@pytest.fixture
async def patient(database_url: str, tmp_path: Path) -> AsyncIterator[Patient]:
    # A doctor may come before the first start.
    (tmp_path / "pullcord.db").unlink(missing_ok=True)
    (tmp_path / "policy.yml").write_text(POLICY)
    slack = Workspace()
    async with (
        serving(make_app(slack, events_url="http://127.0.0.1:9/")) as url,
        aiohttp.ClientSession() as http,
    ):
        environment = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": f"{url}api/",
            "PULLCORD_DATABASE_URL": database_url,
            "PULLCORD_SECRET": "a secret for tests only",
            "PULLCORD_POLICY_FILE": str(tmp_path / "policy.yml"),
            "PULLCORD_PORT": str(free_port()),
            "PULLCORD_ADMIN_CHANNEL": "#pullcord-admin",
        }
        yield Patient(slack, url, tmp_path, environment, http)


@asynccontextmanager
async def answering(answer: Callable[[web.Request], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """Something that stands in the way to Slack; yields a value for SLACK_API_URL."""
    between = web.Application()
    between.router.add_route("*", "/api/{method}", answer)
    async with serving(between) as url:
        yield f"{url}api/"


def with_headers(patient: Patient, **headers: str) -> Callable[[web.Request], Any]:
    """Passes calls on to the sandbox, and changes headers of its answers."""

    async def pass_on(request: web.Request) -> web.Response:
        kept = {name: request.headers[name] for name in ("Authorization", "Content-Type")}
        url = patient.sandbox_url + request.path_qs.removeprefix("/")
        async with patient.http.post(url, data=await request.read(), headers=kept) as answered:
            told = {"X-OAuth-Scopes": answered.headers["X-OAuth-Scopes"]} | headers
            return web.json_response(await answered.json(), headers=told)

    return pass_on


async def test_a_healthy_bot_has_no_findings(patient: Patient) -> None:
    """Each check says that it was made; exit code 0."""
    await command("migrate", environment=patient.environment)

    code = await patient.examined()

    assert code == 0
    patient.about("ok", "policy.yml, 2 routes")
    patient.about("ok", "database: reachable, and its schema is current")
    patient.about("ok", "Slack: pullcord (U00PULLCORD) in Sandbox (T01SANDBOX)")
    patient.about("ok", "scopes: all")
    patient.about("ok", "clock", "the database agree")
    patient.about("ok", "clock", "Slack agree")
    patient.about("ok", "channel C03MONEY (route money): the bot is in it, #money")
    patient.about("ok", "channel #pullcord-admin (PULLCORD_ADMIN_CHANNEL)", "C09ADMIN")
    patient.about("ok", "people: 3 of the policy can decide")
    patient.about("ok", "is free; the bot is not running")
    patient.about("note", "https://YOUR-HOST/slack/events")


async def test_it_looks_while_the_bot_runs(patient: Patient) -> None:
    """The bot is asked how it is, and is not disturbed."""
    bot = BotProcess(
        patient.http,
        patient.folder,
        patient.environment["PULLCORD_DATABASE_URL"],
        patient.sandbox_url,
    )
    await bot.start()
    try:
        well = await patient.examined(**bot.environment)
        line = patient.about("port: the bot runs at", "is ready")
        await patient.control("channels", id="C01REV", is_archived=True)
        ill = await patient.examined(**bot.environment)
    finally:
        assert await bot.stop() == 0

    assert (well, ill) == (0, 1)
    assert line.startswith("ok ")


@on_sqlite
async def test_a_bot_that_is_not_well_says_where(patient: Patient) -> None:
    """What /readyz knows is a finding, although something answers."""

    async def ill(_: web.Request) -> web.Response:
        return web.json_response({"database": "ok", "slack": "waiting"}, status=503)

    app = web.Application()
    app.router.add_get("/readyz", ill)
    async with serving(app) as url:
        port = url.rstrip("/").rpartition(":")[2]
        code = await patient.examined(PULLCORD_PORT=port, PULLCORD_HOST="0.0.0.0")

    assert code == 1
    assert "is not well (slack waiting)" in patient.findings[0]


@on_sqlite
async def test_before_the_first_start_nothing_is_made(patient: Patient) -> None:
    """No database and no secret yet is in order, and the doctor leaves it so."""
    before = sorted(patient.folder.iterdir())

    code = await patient.examined(PULLCORD_SECRET="")

    assert code == 0
    patient.about("secret:", "does not exist yet; the first start makes it")
    patient.about("database:", "does not exist yet; the first start makes it")
    assert sorted(patient.folder.iterdir()) == before


@on_sqlite
async def test_an_empty_database_is_fine(patient: Patient) -> None:
    """The first start sets it up."""
    file = patient.folder / "pullcord.db"
    file.touch()

    code = await patient.examined()

    assert code == 0


@on_sqlite
async def test_a_wrong_token_keeps_nothing_else_from_being_looked_at(patient: Patient) -> None:
    """The finding says where to copy it from, and database and port are looked at all the same."""
    code = await patient.examined(SLACK_BOT_TOKEN="xoxb-of-yesterday")

    assert code == 1
    (finding,) = patient.findings
    assert finding.startswith("Slack: auth.test says invalid_auth: copy the Bot User OAuth Token")
    patient.about("note", "channels and people could not be looked at")
    patient.about("ok", "database")
    patient.about("ok", "port")


@on_sqlite
async def test_every_channel_has_to_be_there(patient: Patient) -> None:
    """Archived, without the bot, unknown, misspelt: each finding says what to do."""
    await patient.control("channels", id="C01REV", is_archived=True)
    await patient.control("channels", id="C03MONEY", bot_member=False)
    report = 'report: {cron: 0 9 * * 1, channel: "#quality"}\n'
    (patient.folder / "policy.yml").write_text(POLICY + report)

    code = await patient.examined(PULLCORD_ADMIN_CHANNEL="#nowhere")
    first = patient.findings
    again = await patient.examined(PULLCORD_ADMIN_CHANNEL="C0NOWHERE")

    assert (code, again) == (1, 1)
    archived, outside, unknown, misspelt = first
    assert "channel #quality (the weekly report): there is none of that name" in unknown
    assert archived.startswith("channel C01REV (route default): #reviews is archived")
    assert outside.endswith("the bot is not in #money: write /invite @Pullcord in that channel")
    assert "channel #nowhere (PULLCORD_ADMIN_CHANNEL): there is none of that name" in misspelt
    assert "channel C0NOWHERE" in patient.findings[3]
    assert "channel_not_found" in patient.findings[3]


@on_sqlite
async def test_a_direct_message_is_taken_for_what_it_is(patient: Patient) -> None:
    """The bot cannot look into it, and needs not to."""
    code = await patient.examined(PULLCORD_ADMIN_CHANNEL="D01ALICE")

    assert code == 0
    assert patient.about("channel D01ALICE").startswith("note ")


@on_sqlite
async def test_whoever_cannot_decide_is_named(patient: Patient) -> None:
    """Deactivated, guest, bot, stranger, unknown; and a route that can never come to an end."""
    policy = POLICY.replace("U03CAROL", "U03CAROL, U05GUEST, U00PULLCORD, U0NOBODY")
    (patient.folder / "policy.yml").write_text(policy)
    await patient.control("users", id="U01ALICE", deleted=True, display_name="Al\x1b[31mice")
    await patient.control("users", id="U02BOB", team_id="T0ELSEWHERE")
    await patient.control("users", id="U03CAROL", is_ultra_restricted=True)

    code = await patient.examined()

    assert code == 1
    said = "\n".join(patient.findings)
    assert "person U01ALICE (Al[31mice) is deactivated, and cannot decide: name somebody" in said
    assert "person U02BOB (Bob) is of another workspace" in said
    assert "person U03CAROL (Carol) is a guest" in said
    assert "person U05GUEST (Gus) is a guest" in said
    assert "person U00PULLCORD (Pullcord) is a bot" in said
    assert "person U0NOBODY: Slack says user_not_found: correct the id" in said
    assert "route money: 2 approvals needed, and only 1 can give one: name more" in said


@on_sqlite
async def test_usergroups_and_addresses_are_looked_at(patient: Patient) -> None:
    """Whom Slack means by them can decide too; what names nobody is a finding."""
    policy = POLICY.replace(
        "reviewers: {users: [U01ALICE, U02BOB]}", "reviewers: {usergroup: S01LEADS}"
    ).replace(
        "seconds: {users: [U02BOB, U03CAROL]}",
        "seconds: {usergroup: S09NONE, emails: [Carol@sandbox.example, x@sandbox.example]}",
    )
    (patient.folder / "policy.yml").write_text(policy)

    code = await patient.examined()

    assert code == 1
    said = "\n".join(patient.findings)
    assert "e-mail x@sandbox.example: Slack says users_not_found: correct the address" in said
    assert "usergroup S09NONE: Slack says no_such_subteam: correct the id" in said
    assert "route " not in said


@on_sqlite
async def test_each_missing_scope_is_named(patient: Patient) -> None:
    """With what it is for, and where to add it; one that nobody needs is only noted."""
    granted = "chat:write,users:read,users:read.email,channels:read,groups:read,commands,pins:write"
    between = with_headers(patient, **{"X-OAuth-Scopes": granted})
    async with answering(between) as url:
        code = await patient.examined(SLACK_API_URL=url)

    assert code == 1
    missing = [line for line in patient.findings if line.startswith("scopes: ")]
    assert any("channels:history is missing, for replies in the threads" in m for m in missing)
    assert any("add groups:history (or put manifest.yml once more" in m for m in missing)
    assert "pins:write" in patient.about("note", "the bot has no use for")


@on_sqlite
@pytest.mark.parametrize(
    ("minutes", "says"), [(10, "s behind Slack"), (-10, "s ahead of Slack")], ids=["slow", "fast"]
)
async def test_a_clock_that_is_off_is_a_finding(patient: Patient, minutes: int, says: str) -> None:
    """Slack's own clock stands in each of its answers; clicks would be refused."""
    wrong = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    async with answering(with_headers(patient, Date=wrong)) as url:
        code = await patient.examined(SLACK_API_URL=url)

    assert code == 1
    (finding,) = patient.findings
    assert says in finding
    assert "time service" in finding


@on_sqlite
@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (200, "application/json", "[]"),
        (200, "application/json", "not JSON"),
        (502, "text/html", "<h1>Bad gateway</h1>"),
    ],
)
async def test_whatever_answers_instead_of_slack(
    patient: Patient, status: int, kind: str, body: str
) -> None:
    """A proxy's page, or another program, is a finding and never a traceback."""

    async def odd(_: web.Request) -> web.Response:
        return web.Response(status=status, content_type=kind, text=body)

    async with answering(odd) as url:
        code = await patient.examined(SLACK_API_URL=url, SLACK_APP_TOKEN="xapp-1")

    assert code == 1
    assert any("auth.test says" in finding for finding in patient.findings)
    assert any("apps.connections.open says" in finding for finding in patient.findings)


@on_sqlite
async def test_answers_without_substance(patient: Patient) -> None:
    """Slack says ok and nothing else: nobody is taken for somebody who can decide."""

    async def hollow(_: web.Request) -> web.Response:
        odd = {
            "user": 5,
            "channel": {"is_ext_shared": True},
            "channels": 7,
            "response_metadata": "x",
        }
        return web.json_response({"ok": True} | odd, headers={"Date": "yesterday"})

    async with answering(hollow) as url:
        code = await patient.examined(SLACK_API_URL=url)

    assert code == 1
    assert any("belongs to a person" in finding for finding in patient.findings)
    assert any("the bot is not in" in finding for finding in patient.findings)
    patient.about("note", "channel C01REV", "shared with another company")


@on_sqlite
async def test_without_slack_the_rest_is_looked_at(patient: Patient) -> None:
    """Nobody answers at all."""
    code = await patient.examined(SLACK_API_URL="http://127.0.0.1:9/api/")

    assert code == 1
    (finding,) = patient.findings
    assert "see whether this machine reaches Slack" in finding


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (
            {"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": "", "PULLCORD_HOST": "203.0.113.7"},
            (
                "SLACK_BOT_TOKEN is not set: copy the Bot User OAuth Token",
                "SLACK_SIGNING_SECRET is not set",
                "the bot cannot listen on 203.0.113.7",
            ),
        ),
        (
            {
                "SLACK_BOT_TOKEN": "xapp-1",
                "SLACK_SIGNING_SECRET": "xoxb-1",
                "PULLCORD_POLICY_FILE": "/nowhere.yml",
                "PULLCORD_DATABASE_URL": "sqlite:////nowhere/a.db",
            },
            (
                "SLACK_BOT_TOKEN does not begin with xoxb-",
                "SLACK_SIGNING_SECRET holds a token",
                "policy: /nowhere.yml cannot be read",
                "disk: nothing can be kept in /nowhere",
            ),
        ),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-…",
                "SLACK_APP_TOKEN": "xoxb-1",
                "PULLCORD_DATABASE_URL": "postgresql://u@127.0.0.1:9/d",
            },
            (
                "SLACK_BOT_TOKEN has characters that no token has",
                "SLACK_APP_TOKEN does not begin with xapp-",
                "database: PostgreSQL at PULLCORD_DATABASE_URL cannot be used",
            ),
        ),
        (
            {"PULLCORD_DATABASE_URL": f"postgresql://u@{'a' * 70}/d"},
            ("database: PostgreSQL at PULLCORD_DATABASE_URL cannot be used",),
        ),
    ],
    ids=["missing", "mixed up", "for sockets", "no name of a host"],
)
async def test_a_setting_that_cannot_work_is_a_finding(
    patient: Patient, wrong: dict[str, str], says: tuple[str, ...]
) -> None:
    """Each is named in one look, with where to find the right value."""
    code = await patient.examined(**wrong)

    assert code == 1
    for words in says:
        assert any(words in finding for finding in patient.findings), patient.findings


async def test_a_check_that_breaks_is_a_finding() -> None:
    """What nobody foresaw is said in a line as well, and the other checks are still made."""

    async def broken() -> list[Line]:
        raise ZeroDivisionError("by accident")

    (line,) = await _surely("database", broken())

    assert line.verdict == "WRONG"
    assert "database: the check itself failed (ZeroDivisionError: by accident)" in str(line)


@on_sqlite
async def test_an_opened_network_is_said_loudly(patient: Patient) -> None:
    """What operators have opened to callbacks is no finding, but nobody overlooks it."""
    code = await patient.examined(PULLCORD_CALLBACK_ALLOW="10.0.0.0/8, fd00::/8")

    (line,) = [line for line in patient.lines if "PULLCORD_CALLBACK_ALLOW" in line]
    assert code == 0
    assert line.startswith("note   ")
    assert "any address and port in 10.0.0.0/8, fd00::/8" in line


@on_sqlite
async def test_a_setting_that_cannot_be_read_is_a_mistake(patient: Patient) -> None:
    """Exit code 2 and one sentence, as with every command."""
    code, out, err = await command(
        "doctor", environment=patient.environment | {"PULLCORD_PORT": "eighty"}
    )

    assert (code, out) == (2, "")
    assert err.startswith("PULLCORD_PORT is wrong")
    assert len(err.splitlines()) == 1


@on_sqlite
async def test_every_mistake_in_the_policy_is_a_line(patient: Patient) -> None:
    """With file, line and key; people and channels cannot be looked at without it."""
    wrong = POLICY.replace("approvals: 2", "approvals: two").replace("version: 1", "version: 9")
    (patient.folder / "policy.yml").write_text(wrong)

    code = await patient.examined()

    assert code == 1
    version, approvals = patient.findings
    assert "policy.yml:1: version: expected 1" in version
    assert "policy.yml:8: routes.money.approvals: expected" in approvals


@on_sqlite
@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            "UPDATE alembic_version SET version_num = '0001'",
            "older than this version: make a backup, then run",
        ),
        (
            "UPDATE alembic_version SET version_num = '9999';"
            "UPDATE schema_compat SET works_since = '9999'",
            "upgraded by a newer Pullcord",
        ),
    ],
)
async def test_a_schema_of_another_version(patient: Patient, change: str, says: str) -> None:
    """Neither upgraded nor used, and the finding says what to run."""
    await command("migrate", environment=patient.environment)
    connection = sqlite3.connect(patient.folder / "pullcord.db")
    connection.executescript(change)
    connection.close()

    code = await patient.examined()

    assert code == 1
    (finding,) = patient.findings
    assert says in finding


@on_sqlite
async def test_a_newer_schema_that_still_fits_is_well(patient: Patient) -> None:
    """An upgrade is under way, replica by replica."""
    await command("migrate", environment=patient.environment)
    connection = sqlite3.connect(patient.folder / "pullcord.db")
    connection.executescript("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    code = await patient.examined()

    assert (code, patient.findings) == (0, [])
    code, _, err = await command("migrate", environment=patient.environment)
    assert (code, err) == (2, "The database belongs to a newer Pullcord; nothing was changed.\n")


@on_sqlite
async def test_a_file_that_is_no_database(patient: Patient) -> None:
    """Said in a line, and not touched."""
    file = patient.folder / "pullcord.db"
    file.write_bytes(b"minutes of the meeting " * 50)

    code = await patient.examined()

    assert code == 1
    assert "cannot be used (file is not a database): restore the backup" in patient.findings[0]
    assert file.read_bytes().startswith(b"minutes")


@on_sqlite
@pytest.mark.parametrize(
    ("content", "mode", "says"),
    [
        (b"a secret for tests only", 0o644, "others can read"),
        (b"cut", 0o600, "is empty or cut off: put it back from your backup"),
        (b"\xff" * 40, 0o600, "cannot be read"),
    ],
)
async def test_the_secret_beside_the_database(
    patient: Patient, content: bytes, mode: int, says: str
) -> None:
    """Readable for the bot, and for nobody else."""
    file = patient.folder / "pullcord.db.secret"
    file.write_bytes(content)
    file.chmod(mode)

    code = await patient.examined(PULLCORD_SECRET="")
    file.write_bytes(b"a secret for tests only")
    file.chmod(0o600)
    mended = await patient.examined(PULLCORD_SECRET="")

    assert (code, mended) == (1, 0)
    assert "mode 0600" in patient.about("ok", "secret:")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_postgres_needs_a_secret(patient: Patient) -> None:
    """There is no file beside it that all replicas could read."""
    code = await patient.examined(PULLCORD_SECRET="")

    assert code == 1
    assert patient.findings[0].startswith("PULLCORD_SECRET is not set, and PostgreSQL needs it")


@on_sqlite
async def test_a_port_that_somebody_else_has(patient: Patient) -> None:
    """The sandbox answers there, and is not taken for the bot."""
    taken = patient.sandbox_url.rstrip("/").rpartition(":")[2]

    code = await patient.examined(PULLCORD_PORT=taken)
    any_port = await patient.examined(PULLCORD_PORT="0")

    assert (code, any_port) == (1, 0)
    patient.about("port: any free one")


@on_sqlite
async def test_slack_refuses_one_question(patient: Patient) -> None:
    """A refused list of channels or people is a finding of its own."""
    await patient.control("faults", method="conversations.list", error="missing_scope")
    await patient.control("faults", method="users.info", error="internal_error")

    code = await patient.examined()

    assert code == 1
    listed, person = patient.findings
    assert listed.startswith("channels: conversations.list says missing_scope: under OAuth")
    assert "person U" in person
