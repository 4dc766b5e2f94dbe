"""`traceparent` is kept when W3C says that it is valid, and else as if it had not come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.trace import trace_of

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        # The example of the specification, §3.2.3.
        (f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-01"),
        (f"00-{TRACE}-{PARENT}-ff", f"00-{TRACE}-{PARENT}-ff"),
        (f"cc-{TRACE}-{PARENT}-09-what-comes", f"00-{TRACE}-{PARENT}-01"),
        (f"cc-{TRACE}-{PARENT}-08", f"00-{TRACE}-{PARENT}-00"),
        (f"00-{TRACE}-{PARENT}-01-more", None),
        (f"cc-{TRACE}-{PARENT}-01more", None),
        (f"ff-{TRACE}-{PARENT}-01", None),
        (f"00-{'0' * 32}-{PARENT}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE.upper()}-{PARENT}-01", None),
        (f"00-{TRACE}-{PARENT}", None),
        ("", None),
    ],
)
def test_what_is_valid(sent: str, kept: str | None) -> None:
    """By the specification's own words."""
    assert trace_of(sent) == kept


@given(st.text() | st.from_regex(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*"))
def test_what_is_kept_can_be_sent_along(sent: str) -> None:
    """Whatever arrives: nothing, or a header of version 00 that is itself valid."""
    kept = trace_of(sent)

    assert kept is None or (len(kept) == 55 and trace_of(kept) == kept)
