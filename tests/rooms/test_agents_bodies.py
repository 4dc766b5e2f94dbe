"""Bodies and frames: what is no request is refused by name, and never read without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.rooms.test_agents_door import Door, open_door

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b"\xff\xfe", 400, "malformed_json"),
        (b'{"confidence": NaN}', 400, "malformed_json"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b"[" * 200_000, 422, "invalid"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, 422, "invalid"),
        (b'{"action": "a", "action": "b"}', 422, "invalid"),
        (b'{"confidence": 1e999}', 422, "invalid"),
        (b'{"metadata": ' + b"9" * 5000 + b"}", 422, "invalid"),
        (b'{"action": "\\ud800"}', 422, "invalid"),
        (b'{"\\u0000": 1}', 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'"' + b"a" * 300_000 + b'"', 413, "too_large"),
    ],
)
async def test_a_body_that_is_no_request_is_refused_by_name(
    door: Door, body: bytes, status: int, code: str
) -> None:
    """What is not JSON, not safe to read, or too long has its own code each."""
    agent = await door.agent()

    answer = await agent.send(
        "POST",
        "/v1/escalations",
        data=body,
        Content_Type="application/json",
        Idempotency_Key="k",
    )

    assert (answer.status, answer.code) == (status, code)


async def test_a_body_without_a_length_is_cut_off_at_the_limit(door: Door) -> None:
    """Chunked bodies meet the limit while they are read."""
    agent = await door.agent()
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 64 * 1024**2:
            sent += 65536
            yield b"a" * 65536

    try:
        answer = await agent.send(
            "POST",
            "/v1/escalations",
            data=endless(),
            Content_Type="application/json",
            Idempotency_Key="k",
        )
    except aiohttp.ClientConnectionError:
        # The server may close while we are still talking.
        pass
    else:
        assert (answer.status, answer.code) == (413, "too_large")

    assert sent < 32 * 1024**2


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/json; charset=latin-1"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": ";;;"},
        {"Content_Type": "application/json", "Content_Encoding": "br"},
    ],
)
async def test_only_json_is_taken(door: Door, headers: dict[str, str]) -> None:
    """Another media type, character set or encoding is 415, whatever the body says."""
    agent = await door.agent()

    answer = await agent.send("POST", "/v1/escalations", data=b"{}", Idempotency_Key="k", **headers)

    assert (answer.status, answer.code) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("first_line", "more", "status"),
    [
        (b"GET /v1/escalations/" + b"x" * 10_000, b"", b"400"),
        (b"GET /v1/escalations/\x00", b"", b"400"),
        (b"BREW /v1/escalations", b"", b"400"),
        (b"POST /v1/escalations", b"Content-Length: -1\r\n\r\n{}", b"400"),
        (b"POST /v1/escalations", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n", b"400"),
        (b"GET /v1/escalations", b"X: " + b"y" * 20_000 + b"\r\n", b"400"),
        (b"GET /v1/escalations", b"Expect: money\r\n", b"417"),
        (b"GET /nowhere", b"Expect: money\r\n", b"417"),
    ],
)
async def test_what_is_not_quite_http_is_a_problem_too(
    door: Door, first_line: bytes, more: bytes, status: bytes
) -> None:
    """Endless addresses, unheard-of methods and broken frames are the sender's mistakes."""
    answer = await door.raw(first_line + b" HTTP/1.1\r\nHost: x\r\n" + more + b"\r\n")

    assert answer.split()[1] == status
    assert b"Content-Type: application/problem+json" in answer
