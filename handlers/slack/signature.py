"""Whether a delivery really comes from Slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Seal:
    """Slack's signature, version 0, by any of our secrets; stale after five minutes."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._verifiers = [SignatureVerifier(secret) for secret in secrets]

    def genuine(self, headers: Mapping[str, str], body: bytes) -> bool:
        """False for anything wrong, missing, stale or strange; never an exception."""
        timestamp = headers.get("X-Slack-Request-Timestamp", "")
        signature = headers.get("X-Slack-Signature", "")
        # The library compares texts and converts numbers: junk would raise instead of fail.
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 15):
            return False
        if not signature.isascii():
            return False
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return False
        return any(v.is_valid(text, timestamp, signature) for v in self._verifiers)
