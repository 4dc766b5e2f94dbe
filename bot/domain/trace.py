"""The caller's place in a trace, as W3C Trace Context writes it in `traceparent`."""

from __future__ import annotations

import re

_FORM = re.compile(
    r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-"
    r"(?P<flags>[0-9a-f]{2})(?P<more>-.*)?"
)


def trace_of(traceparent: str) -> str | None:
    """The header in its form of version 00; None where it is not valid, which is no error.

    A later version begins alike; only what version 00 knows of it is kept (§4.3).
    """
    found = _FORM.fullmatch(traceparent)
    if found is None or found["version"] == "ff":
        return None
    if found["version"] == "00" and found["more"]:
        return None
    if not found["trace"].strip("0") or not found["parent"].strip("0"):
        return None
    flags = found["flags"] if found["version"] == "00" else f"{int(found['flags'], 16) & 1:02x}"
    return f"00-{found['trace']}-{found['parent']}-{flags}"
