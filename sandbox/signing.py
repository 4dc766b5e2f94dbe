"""Slack's request signature, version 0."""

import hashlib
import hmac


def signed_headers(secret: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the two headers by which an app knows that a request is from Slack."""
    base = b"v0:%d:%b" % (timestamp, body)
    digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={digest}"}
