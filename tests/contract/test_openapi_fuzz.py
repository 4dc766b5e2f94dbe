"""The server keeps to its own description, whatever is sent: Schemathesis over /openapi.json.

`SCHEMATHESIS_EXAMPLES=1350` makes it the long run of more than 10,000 cases.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from bot.usecases.keys import DEFAULT_SCOPES
from tests.rooms.test_agents_door import open_door

if TYPE_CHECKING:
    from pathlib import Path

# Some are approved at once, so that there is something to redeem, and some stay open.
POLICY = """
version: 1
groups:
  everyone: {users: [U01ALICE]}
routes:
  default: {channel: C01REV, reviewers: [everyone], keys: [fuzzer]}
rules:
  - {name: open, when: 'urgency == "high"', then: escalate}
  - {name: run, when: 'true', then: approve, even_high_risk: true}
"""
# An open escalation is waited for; 55 seconds a case would take weeks.
CONFIG = """
[parameters]
"query.wait" = 0.01
"header.Prefer" = "wait=0"
"""
#: Not among them: "a request that fits the schema is accepted". What a kind needs, what goes
#: together, and whether a moment lies ahead is said in words and answered with 422.
_CHECKS = (
    "not_a_server_error,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance,negative_data_rejection,"
    "missing_required_header,unsupported_method,allow_header_conformance,ignored_auth"
)
_EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "12")


@pytest.mark.no_cover
@pytest.mark.timeout(1800)
async def test_no_case_breaks_the_description(tmp_path: Path) -> None:
    """No 5xx, no undocumented status, no answer of another shape, and nothing without a key."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(CONFIG)

    async with open_door(tmp_path, POLICY) as door:
        key = (await door.agent("refund-bot", *DEFAULT_SCOPES, "decide")).key
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run",
            f"{door.url}/openapi.json", "--header", f"Authorization: Bearer {key}",
            "--include-path-regex", "^/v1", "--checks", _CHECKS, "--max-examples", _EXAMPLES,
            "--phases", "examples,coverage,fuzzing,stateful", "--generation-deterministic",
            "--continue-on-failure", "--no-color",
            cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await process.communicate()

    said = out.decode()
    assert process.returncode == 0, said
    generated = re.search(r"([\d,]+) generated", said)
    assert generated is not None, said
    print(generated[0])
    assert int(generated[1].replace(",", "")) > 500
