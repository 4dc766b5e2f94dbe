"""`/pullcord`, answered to the person who wrote it and to nobody else."""

from __future__ import annotations

from typing import Any

from bot.cards.command_answers import answer


async def pullcord(ack: Any, body: Any) -> None:
    """What Slack gets as the answer to a command is ephemeral."""
    text = body.get("text")
    await ack(text=answer(text if isinstance(text, str) else ""))
