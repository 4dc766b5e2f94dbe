"""Whatever the app calls can be made to fail, in each of the ways Slack fails."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.testing import Stage, stage
from sandbox.webapi import METHODS

README = Path(__file__).parents[2] / "sandbox" / "README.md"
Json = dict[str, Any]

CARD = [
    {
        "type": "actions",
        "elements": [
            {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}
        ],
    }
]
CALLS = [*METHODS, "response_url", "upload"]


@pytest.fixture
async def slack() -> AsyncIterator[Stage]:
    async with stage() as running:
        yield running


async def address(slack: Stage, call: str) -> str:
    """Where to send such a call: a method's address, or one that Slack hands out."""
    if call == "upload":
        file = await said(slack, "files.getUploadURLExternal", filename="a.txt", length=2)
        return str(file["upload_url"])
    if call == "response_url":
        posted = await said(slack, "chat.postMessage", channel="C01REV", text="x", blocks=CARD)
        await slack.act("click", user="U01ALICE", channel="C01REV", ts=posted["ts"], action_id="go")
        return str(slack.app.last["response_url"])
    return f"{slack.url}api/{call}"


async def said(slack: Stage, method: str, **fields: Any) -> Json:
    async with slack.http.post(
        f"{slack.url}api/{method}", json=fields, headers={"Authorization": "Bearer xoxb-sandbox"}
    ) as answer:
        found: Json = await answer.json()
        return found


async def send(slack: Stage, url: str) -> tuple[int, str, str]:
    """Status, Retry-After and body; status 0 when the connection broke."""
    headers = {"Authorization": "Bearer xoxb-sandbox"}
    try:
        async with slack.http.post(url, data=b"{}", headers=headers) as answer:
            return answer.status, answer.headers.get("Retry-After", ""), await answer.text()
    except aiohttp.ClientConnectionError:
        return 0, "", ""


@pytest.mark.parametrize("call", CALLS)
async def test_every_call_fails_on_order(slack: Stage, call: str) -> None:
    """429, 5xx, a refusal, a dropped answer: each once, and the log tells."""
    url = await address(slack, call)
    for fault in (
        {"retry_after": 7},
        {"status": 503},
        {"error": "token_revoked"},
        {"error": "internal_error", "status": 500},
        {"drop": True},
        {"drop": True, "after": True},
    ):
        await slack.act("faults", method=call, **fault)

    limited, broken, refused, confused, dropped, lost, real = [
        await send(slack, url) for _ in range(7)
    ]

    assert limited == (429, "7", '{"ok":false,"error":"ratelimited"}')
    assert (broken[0], broken[2]) == (503, "upstream error")
    assert (refused[0], refused[2]) == (200, '{"ok":false,"error":"token_revoked"}')
    assert (confused[0], confused[2]) == (500, '{"ok":false,"error":"internal_error"}')
    assert dropped[0] == lost[0] == 0
    assert real[0] != 0
    log = [entry for entry in await slack.ask("log") if entry["what"] == call]
    assert [entry["status"] for entry in log[-7:-1]] == [429, 503, 200, 500, 0, 0]
    assert [entry["summary"].startswith("not carried out") for entry in log[-7:]] == [
        *[True] * 5,
        False,
        False,
    ]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", ["chat.postMessage", "response_url", "upload"])
async def test_every_call_can_be_slow(slack: Stage, call: str, after: bool) -> None:
    """The delay comes before or after the call is carried out; the answer is the true one."""
    url = await address(slack, call)
    await slack.act("faults", method=call, delay=0.1, after=after)

    await send(slack, url)

    [entry] = [entry for entry in await slack.ask("log") if entry["what"] == call][-1:]
    assert entry["ms"] >= 100
    assert "not carried out" not in entry["summary"]
    assert (await slack.act("faults", method="x"))[1]["waiting"] == [{"method": "x", "times": 1}]


async def test_a_star_hits_whatever_comes_next(slack: Stage) -> None:
    """Faults are used up in order, only by calls that fit, and can be called off."""
    await slack.act("faults", method="chat.update", status=500)
    await slack.act("faults", method="*", status=502, times=2)

    hit = [(await send(slack, f"{slack.url}api/auth.test"))[0] for _ in range(3)]
    async with slack.http.delete(f"{slack.url}control/faults") as answer:
        left = (await answer.json())["waiting"]
    spared = await said(slack, "chat.update", channel="C01REV", ts="1.1", text="x")

    assert hit == [502, 502, 200]
    assert left == []
    assert spared["error"] == "message_not_found"


async def test_a_fault_must_make_sense(slack: Stage) -> None:
    """Unknown fields, no method, values of the wrong kind: each is a mistake, and no fault."""
    for wrong in (
        {"method": "*", "colour": 1},
        {"status": 500},
        {"method": "*", "delay": "long"},
        {"method": "*", "times": 0},
        {"method": "*", "status": True},
    ):
        status, _ = await slack.act("faults", **wrong)
        assert status == 400, wrong

    assert slack.workspace.faults.waiting == []


async def test_the_examples_of_the_readme_run(slack: Stage) -> None:
    """Each line that is shown there is taken, and says what is now in force."""
    lines = re.findall(r"^\$ (curl .*)$", README.read_text(), re.MULTILINE)
    there = slack.url.removeprefix("http://").rstrip("/")

    for line in lines:
        process = await asyncio.create_subprocess_shell(
            line.replace("127.0.0.1:3200", there), stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0, line
        assert "error" not in json.loads(printed), line

    assert len(lines) > 9
    assert slack.workspace.faults.waiting == []
    assert slack.app.events[0]["type"] == "tokens_revoked"
