"""Evidence that is read best as it was set: diffs, and tables with their columns in line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.cards import wording
from bot.cards.arguments import value_in_words
from bot.cards.text import clip, disclosed, length, one_line
from bot.domain.request import Evidence

_ROWS, _COLUMNS, _CELL = 200, 12, 40


def shown_evidence(evidence: Evidence) -> str | None:
    """Text for a box of even letters; None where the content is prose, or has another shape."""
    if evidence.type == "diff" and isinstance(evidence.content, str):
        return disclosed(evidence.content)
    if evidence.type == "table":
        rows = _rows(evidence.content)
        return _in_columns(rows) if rows else None
    return None


def _rows(content: Any) -> list[list[str]]:
    """Lists of cells, or objects whose keys are the columns; none where it is too wide for lines.

    What has more columns is shown as data, or those on the right would be missing unsaid.
    """
    if not isinstance(content, list) or not content:
        return []
    if all(isinstance(row, list) for row in content):
        if any(len(row) > _COLUMNS for row in content):
            return []
        rows = [[_cell(cell) for cell in row] for row in content[:_ROWS]]
    elif all(isinstance(row, dict) for row in content):
        names = list(dict.fromkeys(name for row in content[:_ROWS] for name in row))
        if len(names) > _COLUMNS:
            return []
        rows = [[_cell(name) for name in names]]
        rows += [[_cell(row.get(name, "")) for name in names] for row in content[:_ROWS]]
    else:
        return []
    left = len(content) - _ROWS
    return [*rows, [wording.more_rows(left)]] if left > 0 else rows


def _cell(value: Any) -> str:
    words = value if isinstance(value, str) else value_in_words(value) or wording.TOO_DEEP
    return clip(one_line(words), _CELL)


def _in_columns(rows: Sequence[Sequence[str]]) -> str:
    widths: list[int] = []
    for row in rows:
        for at, cell in enumerate(row):
            if at == len(widths):
                widths.append(0)
            widths[at] = max(widths[at], length(cell))
    lines = []
    for row in rows:
        padded = (cell + " " * (widths[at] - length(cell)) for at, cell in enumerate(row))
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)
