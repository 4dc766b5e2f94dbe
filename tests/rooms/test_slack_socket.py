"""The socket's manners: how long it waits, and what it makes of a delivery."""

from __future__ import annotations

import json
from random import Random

import pytest

from handlers.slack.envelopes import Envelope, read_envelope
from handlers.slack.socket import delay_before


def test_a_failing_socket_is_tried_ever_more_slowly() -> None:
    """At once, after half a second, and twice as long each time, up to half a minute."""
    dice = Random(3)

    waits = [delay_before(attempt, dice) for attempt in range(10)]

    assert waits[0] == 0
    for wait, expected in zip(waits[1:], [0.5, 1, 2, 4, 8, 16, 30, 30, 30], strict=True):
        assert expected <= wait <= expected * 1.1
    assert delay_before(10**9, dice) <= 33


@pytest.mark.parametrize("said", [{}, {"envelope_id": None}, {"envelope_id": ""}, {"payload": {}}])
def test_without_an_id_there_is_nothing_to_answer(said: dict[str, object]) -> None:
    """Slack's own messages and nonsense are no deliveries."""
    assert read_envelope(said) is None


def test_a_repeated_event_says_so_as_over_http() -> None:
    """Listeners find the try and its reason where HTTP has them."""
    envelope = read_envelope(
        {"envelope_id": "e1", "payload": {}, "retry_attempt": 2, "retry_reason": "timeout"}
    )

    assert envelope == Envelope(
        "e1", {}, {"x-slack-retry-num": "2", "x-slack-retry-reason": "timeout"}
    )
    assert json.loads(envelope.received()) == {"envelope_id": "e1"}
