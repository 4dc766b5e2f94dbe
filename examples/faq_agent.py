"""A small agent that answers questions from what it was told, in two versions.

The first has learned something wrong; the second is mended, which `eval_loop.py` finds out.
"""

from __future__ import annotations

NOT_KNOWN = "I do not know; a person will answer you."
_KNOWN = {
    "v1": {
        "refund": "Three to five business days after we have booked it.",
        "water": "Yes, for the first two years.",
        "island": "We deliver everywhere.",
    },
}
_KNOWN["v2"] = _KNOWN["v1"] | {"water": "No. Water damage is not covered."}


def answer(question: str, version: str = "v1") -> str:
    """What this version says to a customer."""
    words = question.casefold()
    found = (said for word, said in _KNOWN[version].items() if word in words)
    return next(found, NOT_KNOWN)
