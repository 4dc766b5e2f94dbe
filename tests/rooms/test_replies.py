"""Reading what somebody wrote in a thread."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.slack.replies import read_reply, readable

ME = "U00PULLCORD"
EVENT: dict[str, Any] = {
    "type": "message", "user": "U01ALICE", "text": "Why?", "channel": "C01REV", "team": "T01",
    "ts": "1700000000.000100", "thread_ts": "1700000000.000001",
}  # fmt: skip


def test_a_reply_is_read_with_its_place() -> None:
    """Who, where, below what; and from which workspace, also in a shared channel."""
    reply = read_reply(EVENT | {"user_team": "T02", "subtype": "thread_broadcast"}, ME)

    assert reply is not None
    assert (reply.by.id, reply.by.team_id, reply.text) == ("U01ALICE", "T02", "Why?")
    assert (reply.channel, reply.thread_ts, reply.ts) == (
        "C01REV", "1700000000.000001", "1700000000.000100",
    )  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        {"subtype": "message_changed"}, {"subtype": "message_deleted"}, {"subtype": ["odd"]},
        {"subtype": "bot_message"}, {"bot_id": "B01"}, {"user": ME}, {"user": None},
        {"user": "U 1"}, {"text": " "}, {"text": 7}, {"thread_ts": None}, {"ts": "x"},
        {"thread_ts": "1700000000.000100"}, {"channel": "a/b"}, {"channel": None},
    ],
)  # fmt: skip
def test_everything_else_is_no_reply(more: dict[str, Any]) -> None:
    """Edits, deletions, programs, our own words, what starts a thread, and odd shapes."""
    assert read_reply(EVENT | more, ME) is None
    assert read_reply(None, None) is None


@pytest.mark.parametrize(
    ("text", "to", "said"),
    [
        ("<@U02BOB> what do you think?", "U02BOB", "<@U02BOB> what do you think?"),
        (f"<@{ME}> why?", None, "why?"),
        ("why, <@U02BOB>?", None, "why, <@U02BOB>?"),
    ],
)
def test_a_name_in_front_says_for_whom_it_is(text: str, to: str | None, said: str) -> None:
    """For a colleague it is no question to the agent; our own name in front is left out."""
    reply = read_reply(EVENT | {"text": text}, ME)

    assert reply is not None
    assert (reply.to, reply.text) == (to, said)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<https://example.com/p?a=1&amp;b=2|the page>", "the page (https://example.com/p?a=1&b=2)"),
        ("<https://example.com>", "https://example.com"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("<#C01REV|reviews> <#C02> <!here> <!subteam^S01|@leads> <!date^1^x|noon>",
         "#reviews #C02 @here @leads noon"),
    ],
)  # fmt: skip
def test_what_slack_encodes_is_read_as_typed(written: str, said: str) -> None:
    """Links, channels and calls as people see them; nothing is decoded twice."""
    assert readable(written) == said
