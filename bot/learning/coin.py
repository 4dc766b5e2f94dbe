"""Which cases people look at by chance: a coin that nobody can foresee, and that stays tossed."""

from __future__ import annotations

import hashlib
import hmac


def draw(secret: bytes, case: str, purpose: str = "audit") -> float:
    """A number in [0, 1) that follows from the secret and the case's id alone.

    It is the same after a restart and on every replica, and knows nothing of the case's text.
    """
    message = f"{len(purpose)}:{purpose}:{case}".encode()
    digest = hmac.new(secret, message, hashlib.sha256).digest()
    return (int.from_bytes(digest[:8], "big") >> 11) / 2**53


def toss(secret: bytes, case: str, pi: float, purpose: str = "audit") -> bool:
    """True with probability `pi`, for ever the same for one case and purpose."""
    return draw(secret, case, purpose) < pi
