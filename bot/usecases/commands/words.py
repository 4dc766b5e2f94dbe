"""The entry of a command in the list that people read."""

from __future__ import annotations

from bot.cards.command_list import COMMANDS, Command

_BY_NAME = {one.name: one for one in COMMANDS}


def command(name: str) -> Command:
    return _BY_NAME[name]
