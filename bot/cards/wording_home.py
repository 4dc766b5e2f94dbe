"""What people read on their Home tab."""

from __future__ import annotations

YOU_TOOK, WAITING = "You took", "Waiting for you"
MORE = "And more, which are less urgent or have more time. They stand in their channels."


def nothing(*, reviews: bool, took: bool) -> str:
    if not reviews:
        return "Nothing here is asked of you: no route of the policy names you as a reviewer."
    return "Nothing else waits for you." if took else "Nothing waits for you."
