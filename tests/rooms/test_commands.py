"""The commands as an operator types them: real processes, one sentence for a mistake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.processes import ROOT, BotProcess, command, free_port
from tests.receiver import secret_of
from tests.world import POLICY, REFUND

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "policy.yml").write_text(POLICY)
    return {
        "PULLCORD_DATABASE_URL": database_url,
        "PULLCORD_SECRET": "a secret for tests only",
        "PULLCORD_POLICY_FILE": str(tmp_path / "policy.yml"),
        "PULLCORD_PORT": str(free_port()),
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_SIGNING_SECRET": "s",
        "SLACK_API_URL": "http://127.0.0.1:9/api/",
    }


def without_trace(err: str) -> str:
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1, err
    return err


async def test_a_key_is_made_listed_and_revoked(environment: dict[str, str]) -> None:
    """The key stands alone on the last line, its secret nowhere else."""
    code, out, err = await command(
        "keys", "create", "refund-bot", "--owner", "U01ALICE", "--expires", "90d",
        environment=environment,
    )  # fmt: skip
    assert (code, err) == (0, "")
    key = out.strip().splitlines()[-1]
    prefix, key_id, secret = key.split("_", 2)
    assert prefix == "pc"

    _, listed, _ = await command("keys", "list", environment=environment)
    code, _, _ = await command("keys", "revoke", key_id, environment=environment)
    again, _, err = await command("keys", "revoke", key_id, environment=environment)
    _, after, _ = await command("keys", "list", environment=environment)

    assert key_id in listed
    assert "refund-bot" in listed
    assert secret not in listed + after
    assert "live until" in listed
    assert "U01ALICE" in listed
    assert "revoked" in after
    assert (code, again) == (0, 2)
    assert "no live key" in without_trace(err)


async def test_a_key_is_rotated(environment: dict[str, str]) -> None:
    """The successor's secrets are shown as `create` shows them; the list says who follows whom."""
    _, out, _ = await command(
        "keys", "create", "hook-bot", "--callback-secret", environment=environment
    )
    old = out.strip().splitlines()[-1].split("_")[1]

    code, out, err = await command(
        "keys", "rotate", old, "--overlap", "2h", environment=environment
    )
    _, listed, _ = await command("keys", "list", environment=environment)

    assert (code, err) == (0, "")
    said, secret, key = out.strip().splitlines()
    assert "ends in 2 h" in said
    assert secret == secret_of(key, environment["PULLCORD_SECRET"])
    head, first, second = listed.strip().splitlines()
    assert head.split()[:3] == ["ID", "NAME", "STATE"]
    assert first.startswith(old)
    assert f", then {key.split('_')[1]}" in first
    assert " live  " in second
    assert " never  " in second
    assert len({line.index("escalate:cancel") for line in (first, second)}) == 1


async def test_a_callback_secret_is_shown_before_the_key(environment: dict[str, str]) -> None:
    """`whsec_…` alone on the line before the key's; nothing is given up yet."""
    code, out, _ = await command(
        "keys", "create", "hook-bot", "--callback-secret", "--callback-host", "agent.example.com",
        environment=environment,
    )  # fmt: skip
    dead = await command("dead", environment=environment)

    *_, secret, key = out.strip().splitlines()
    assert code == 0
    assert secret == secret_of(key, environment["PULLCORD_SECRET"])
    assert key.startswith("pc_")
    assert dead == (0, "", "Nothing was given up.\n")


async def test_the_sealed_journal_beside_a_bot(environment: dict[str, str]) -> None:
    """An empty chain is whole; nothing is decided, and nothing was reviewed."""
    await command("migrate", environment=environment)
    verified = await command("audit", "verify", environment=environment)
    witnessed = await command(
        "audit", "verify", "--checkpoint", f"9:{'0' * 64}", environment=environment
    )
    exported = await command(
        "export", "--kind", "decisions", "--since", "2026-01-31", environment=environment
    )
    reviews = await command(
        "export", "--kind", "reviews", "--since", "2026-01-31", environment=environment
    )

    assert verified == (0, f"0 entries, the chain ends at 0:{'0' * 64}\n", "")
    assert witnessed[0] == 1
    assert witnessed[1].startswith("checkpoint 9: the chain ends before it, at 0\n")
    assert exported == (0, "", "0 decisions.\n")
    assert reviews == (0, "", "0 reviews.\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("audit", "verify"),
        ("erase", "U01ALICE"),
        ("export", "--kind", "decisions", "--since", "2026-01-31"),
    ],
)
async def test_a_database_that_is_not_there(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """A slip in the path is told, and makes no empty database that would seem whole."""
    url = f"sqlite:///{tmp_path}/pulcord.db"
    environment = {"PULLCORD_DATABASE_URL": url}

    code, out, err = await command(*arguments, environment=environment)

    assert (code, out) == (2, "")
    assert f"There is no database {tmp_path}/pulcord.db" in without_trace(err)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("keys", "create", "bad name"), "cannot be used"),
        (("keys", "create", "x", "--scope", "everything"), "Unknown scope"),
        (("keys", "create", "x", "--owner", "alice"), "not a Slack user id"),
        (("keys", "create", "x", "--expires", "soon"), "--expires"),
        (("keys", "create", "x", "--callback-host", "a.example"), "--callback-secret"),
        (("keys", "create", "x", "--callback-secret", "--callback-host", "https://a"), "is none"),
        (("keys", "rotate", "x"), "no live key"),
        (("keys", "rotate", "x", "--overlap", "later"), "--overlap"),
        (("replay", "whk_1"), "Nothing that was given up"),
        (("erase", "U09NOBODY"), "Nobody here is 'U09NOBODY'"),
        (("export", "--kind", "decisions", "--since", "yesterday"), "no date"),
        (("audit", "verify", "--checkpoint", "7"), "expected SEQ:HASH"),
        (("policy", "check", "nowhere.yml"), "nowhere.yml"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_mistake_is_one_sentence(
    environment: dict[str, str], arguments: tuple[str, ...], says: str
) -> None:
    """Exit code 2, one line on stderr, no traceback."""
    await command("migrate", environment=environment)

    code, out, err = await command(*arguments, environment=environment)

    assert code == 2
    assert out == ""
    assert says in without_trace(err)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_wrong_policy_names_file_line_and_key(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """`policy check` and `serve` say the same and neither goes on."""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(POLICY.replace("approvals: 2", "approvals: two"))
    environment["PULLCORD_POLICY_FILE"] = str(wrong)

    checked = await command("policy", "check", str(wrong))
    served = await command("serve", environment=environment)

    for code, _, err in (checked, served):
        assert code == 2
        assert f"{wrong}:8: routes.money.approvals: expected" in without_trace(err)


async def test_a_good_policy_is_counted() -> None:
    """The sample of the repository is a good one."""
    code, out, err = await command("policy", "check", "policy.yml")

    assert (code, err) == (0, "")
    assert "nothing wrong" in out


async def test_trying_a_policy_says_what_and_why(tmp_path: Path) -> None:
    """The first line is for programs, the reasons are for people."""
    (tmp_path / "policy.yml").write_text(POLICY)
    question = tmp_path / "question.json"
    question.write_text(json.dumps(REFUND))

    code, out, err = await command("policy", "try", str(tmp_path / "policy.yml"), str(question))

    assert (code, err) == (0, "")
    first, *reasons = out.splitlines()
    assert first == 'escalate rule="the rest" route=default approvals=1 urgency=normal digest='
    assert any("tiny refunds" in reason for reason in reasons)


LATER = POLICY.replace(
    "rules:\n",
    """\
digests:
  desk: {cron: "0 9 * * *", channel: C01REV}
categories: {faq: {threshold: 0.9, sample: 0.1}}
schedules: {on: {ical: "https://calendar.example.com/on.ics"}}
rules:
  - {name: can wait, when: 'urgency == "low"', then: batch, digest: desk, route: money}
  - {name: sure, when: 'category == "faq"', then: by_confidence}
""",
)


async def test_a_good_policy_says_what_is_not_acted_on(tmp_path: Path) -> None:
    """One line a key on stdout, with what happens in its place; the file is right all the same."""
    file = tmp_path / "policy.yml"
    file.write_text(LATER)

    code, out, err = await command("policy", "check", str(file))

    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{file}: 2 routes, 6 rules, nothing wrong.",
        f"{file}:12: schedules.on.ical: not acted on yet: nobody is on call through it",
    ]


async def test_trying_what_can_wait_names_its_digest(tmp_path: Path) -> None:
    """The first line says where it waits, and whose agreement it needs."""
    (tmp_path / "policy.yml").write_text(LATER)
    question = tmp_path / "question.json"
    question.write_text(json.dumps(REFUND | {"urgency": "low"}))

    code, out, _ = await command("policy", "try", str(tmp_path / "policy.yml"), str(question))

    assert code == 0
    assert out.splitlines()[0] == (
        'batch rule="can wait" route=money approvals=2 urgency=low digest=desk'
    )


async def test_trying_a_score_says_what_it_comes_to(tmp_path: Path) -> None:
    """The last reason compares it with the category's threshold."""
    (tmp_path / "policy.yml").write_text(LATER)
    question = tmp_path / "question.json"
    question.write_text(json.dumps(REFUND | {"category": "faq", "confidence": 0.95}))

    _, out, _ = await command("policy", "try", str(tmp_path / "policy.yml"), str(question))

    first, *_, last = out.splitlines()
    assert first.startswith('by_confidence rule="sure" route=default')
    assert last == "sure: confidence 0.95 reaches 0.90 of category faq: delivered"


async def test_trying_a_policy_with_a_wrong_question(tmp_path: Path) -> None:
    """Each fault with its pointer; broken JSON and broken policies alike."""
    (tmp_path / "policy.yml").write_text(POLICY)
    question = tmp_path / "question.json"
    for text, says in (
        ('{"action": "x"}', "/reason"),
        ("{", "question.json"),
        (json.dumps(REFUND | {"deadline": 5}), "/deadline"),
    ):
        question.write_text(text)
        code, _, err = await command("policy", "try", str(tmp_path / "policy.yml"), str(question))
        assert code == 2
        assert says in err
        assert "Traceback" not in err


async def test_a_report_is_written_beside_the_bot(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """On stdout, of any week and category; its charts as files, once there is something to show."""
    await command("migrate", environment=environment)
    charts = tmp_path / "charts"

    code, out, err = await command(
        "report", "--since", "2026-11-02", "--category", "refund", "--out", str(charts),
        environment=environment,
    )  # fmt: skip
    odd, _, wrong = await command("report", "--since", "yesterday", environment=environment)

    assert (code, err) == (0, "")
    assert out.startswith("Weekly report · 2 Nov – 8 Nov\n\nOnly of category refund\n\nReviewed 0 ")
    assert "Findings\n  No finding is open.\n" in out
    assert list(charts.iterdir()) == []
    assert odd == 2
    assert without_trace(wrong) == (
        "--since 'yesterday' is no date: expected one such as 2026-01-31.\n"
    )


async def test_migrate_upgrades_once(environment: dict[str, str]) -> None:
    """The second time there is nothing to do."""
    first = await command("migrate", environment=environment)
    second = await command("migrate", environment=environment)

    assert first[0] == second[0] == 0
    assert "current" in second[1]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_second_serve_on_sqlite_is_refused(
    environment: dict[str, str], tmp_path: Path
) -> None:
    """With a sentence, and the first one is not disturbed."""
    import aiohttp

    async with aiohttp.ClientSession() as http:
        bot = BotProcess(
            http, tmp_path, environment["PULLCORD_DATABASE_URL"], "http://127.0.0.1:9/"
        )
        bot.process = await _serving(bot)
        try:
            code, _, err = await command("serve", environment=environment)
        finally:
            assert await bot.stop() == 0

    assert code == 2
    assert "Another `serve`" in without_trace(err)


async def _serving(bot: BotProcess) -> object:
    """Started and alive, though its Slack never answers: /readyz says so."""
    import asyncio
    import sys

    import aiohttp

    from tests.processes import clean_environment

    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "serve", cwd=ROOT, env=clean_environment(bot.environment),
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    async with asyncio.timeout(20):
        while True:
            try:
                async with bot.http.get(bot.url + "/readyz") as ready:
                    assert ready.status == 503
                    assert (await ready.json())["slack"] == "waiting"
                    return process
            except aiohttp.ClientError:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is not set"),
        ("PULLCORD_PORT", "x", "PULLCORD_PORT is wrong"),
        ("PULLCORD_POLICY_FILE", "/nowhere/policy.yml", "cannot be read"),
        ("PULLCORD_HOST", "203.0.113.7", "Cannot listen on"),
    ],
)
async def test_serve_says_what_is_missing(
    environment: dict[str, str], name: str, value: str, says: str
) -> None:
    """No start without what is needed, and the sentence names it."""
    code, _, err = await command("serve", environment=environment | {name: value})

    assert code == 2
    assert says in err.strip().splitlines()[-1]
    assert "Traceback" not in err
