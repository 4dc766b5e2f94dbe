"""The arguments on a card: at most ten, each whole, values boxed so that none can fake another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.cards import wording
from bot.cards.arguments import difference, rows
from bot.cards.blocks import Block, Element, rich, words
from bot.cards.text import clip, length, one_line
from bot.domain.request import Request, ToolCall

_MOST = 10
_TITLE, _VALUE, _LABEL, _TOGETHER = 200, 300, 60, 1500
_DIFFERENCE = 600
#: A longer value makes every argument stand on its own line.
_SHORT = 40
_NEWLINE = " ⏎ "


@dataclass(frozen=True, slots=True)
class Lines:
    """Blocks, and whether they show everything."""

    blocks: list[Block]
    whole: bool


def argument_lines(tool: ToolCall | None, *, together: int = _TOGETHER) -> Lines:
    """The tool's name and its arguments, masked where sensitive."""
    if tool is None:
        return Lines([], whole=True)
    written = rows(tool)
    whole = len(written) <= _MOST and all(row.readable for row in written)
    pairs = [(row.label, inline(row.text)) for row in written[:_MOST]]
    separator = "\n" if any(length(text) > _SHORT for _, text in pairs) else wording.SEPARATOR
    title = tool.name if tool.server is None else f"{tool.name} ({tool.server})"
    longest = min(_TITLE, together)
    elements = [words(clip(one_line(title), longest) + "\n", bold=True)]
    whole = whole and length(one_line(title)) <= longest
    left = together
    for index, (label, text) in enumerate(pairs):
        if length(text) > _VALUE or length(label) > _LABEL or length(text) + length(label) > left:
            whole = False
        shown = clip(text, max(2, min(_VALUE, left)))
        left -= length(shown) + length(clip(label, _LABEL))
        elements += _pair(separator if index else "", label, shown)
        if left < _LABEL + 2:
            whole = whole and index == len(pairs) - 1
            break
    if not pairs:
        elements.append(words(wording.NO_ARGUMENTS))
    if not whole:
        elements.append(words("\n…"))
    return Lines([rich(*elements)], whole)


def difference_lines(
    request: Request, arguments: Mapping[str, Any], title: str, *, together: int = _DIFFERENCE
) -> tuple[list[Block], bool]:
    """Old → new for each changed argument, and whether all of it is there."""
    changed = [(label, inline(a), inline(b)) for label, a, b in difference(request, arguments)]
    elements: list[Element] = [words(title, bold=True)]
    left = together
    for index, (label, old, new) in enumerate(changed):
        left -= length(label) + length(old) + length(new)
        if left < 0:
            elements.append(words(" …"))
            return [rich(*elements)], False
        elements += _change(wording.SEPARATOR if index else "  ", label, old, new)
    return [rich(*elements)], True


def inline(text: str) -> str:
    """A value on one line; line ends stay visible."""
    return text.replace("\n", _NEWLINE)


def _pair(separator: str, label: str, text: str) -> list[Element]:
    return [words(f"{separator}{clip(label, _LABEL)} "), words(text, code=True)]


def _change(separator: str, label: str, old: str, new: str) -> list[Element]:
    first, arrow, last = wording.arrow(old, new)
    return [
        words(f"{separator}{clip(label, _LABEL)} "), words(first, code=True),
        words(arrow), words(last, code=True),
    ]  # fmt: skip
