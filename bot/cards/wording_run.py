"""What a card says of the run that its question belongs to."""

from __future__ import annotations

EARLIER = "Earlier in this run"


def said_for_the_run(who: str) -> str:
    return f"{who} said, for the rest of this run:"


def earlier(headline: str, became: str, *, stopped: bool) -> str:
    return f"{headline}: {became}{' The agent was told to stop this run.' if stopped else ''}"
