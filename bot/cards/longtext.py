"""A text that is longer than one of Slack's inputs: edited in pieces, joined to the letter."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate
from math import ceil
from typing import Any

from bot.cards import names, wording_forms
from bot.cards.blocks import Block, field_of
from bot.cards.states import LONGEST_TEXT, FormError, left_over, sendable, state_of, typed
from bot.cards.text import between_clusters, clean, fitting, length, showable, units

#: More would no longer be one text to a reader.
MOST_PIECES = 5
#: Pieces begin this small, so that each has room for more words.
_ROOMY = 2500
_BOUNDARIES = [re.compile(p) for p in (r"\n[^\S\n]*\n\s*", r"\n\s*", r"[.!?…]\s+", r"\s+")]


def pieces(text: str) -> list[str]:
    """The text in pieces that an input takes, cut after paragraphs where there are any.

    Joined they are the text. At most five, unless it is longer than about 15,000 characters.
    """
    found: list[str] = []
    start = 0
    count = min(MOST_PIECES, ceil(length(text) / _ROOMY))
    while start < len(text):
        rest = length(text[start:])
        more = max(count - len(found), ceil(rest / LONGEST_TEXT))
        end = len(text)
        if more > 1:
            end = _cut(text, start, least=rest - (more - 1) * LONGEST_TEXT, aim=rest // more)
        found.append(text[start:end])
        start = end
    return found or [""]


def fits(text: str) -> bool:
    """Whether a form shows the whole text and hands it back to the letter."""
    return (
        length(text) <= MOST_PIECES * LONGEST_TEXT
        and showable(text)
        and len(pieces(_unix(text))) <= MOST_PIECES
    )


def long_text_inputs(
    block_prefix: str, label: str, text: str, *, hint: str | None = None,
    optional: bool = False, meaning: str = "",
) -> list[Block]:  # fmt: skip
    """One input a piece, the first under `block_prefix` itself, the second under `…_2`."""
    cut = pieces(_unix(text))
    blocks = []
    for number, piece in enumerate(cut):
        element: dict[str, Any] = {
            "type": "plain_text_input", "action_id": _action_id(meaning, piece),
            "multiline": True, "max_length": LONGEST_TEXT,
        }  # fmt: skip
        if _shown(piece):
            element["initial_value"] = _shown(piece)
        many = len(cut) > 1
        blocks.append(
            field_of(
                names.piece(block_prefix, number),
                wording_forms.piece(label, number + 1, len(cut)) if many else label,
                element, hint=hint if number == 0 else None,
                # Any piece may go, and Slack sends no form with an empty required input.
                optional=optional or many,
            )
        )  # fmt: skip
    return blocks


def read_long_text(
    block_prefix: str, text: str, values: Mapping[str, Any], *, meaning: str = ""
) -> str:
    """The edited text; a piece that came back as it was shown is exactly as it was.

    Raises FormError.
    """
    errors = left_over(
        values, re.escape(block_prefix) + r"(_\d+)?", action_ids(block_prefix, text, meaning)
    )
    before = _unix(text)
    after = ""
    for number, piece in enumerate(pieces(before)):
        block_id = names.piece(block_prefix, number)
        state = state_of(values, block_id, _action_id(meaning, piece))
        try:
            after += piece if state is None else _edited(piece, typed(state) or "")
        except ValueError as error:
            errors.setdefault(block_id, str(error))
    if errors:
        raise FormError(errors)
    if after == before:
        return text
    return after.replace("\n", "\r\n") if "\r\n" in text else after


def action_ids(block_prefix: str, text: str, meaning: str = "") -> dict[str, str]:
    """Block id → action id of each piece's input."""
    return {
        names.piece(block_prefix, number): _action_id(meaning, piece)
        for number, piece in enumerate(pieces(_unix(text)))
    }


def _action_id(meaning: str, piece: str) -> str:
    return names.input_of(meaning, _shown(piece))


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")


def _shown(piece: str) -> str:
    """The piece without the space around it, which clients may trim and nobody sees."""
    return (piece if showable(piece) else clean(piece)).strip()


def _edited(piece: str, raw: str) -> str:
    shown = _shown(piece)
    # Slack and browsers may hand line ends back in another form than they got them.
    if clean(raw).strip() == clean(shown).strip():
        return piece
    raw = sendable(_unix(raw).replace("\r", "\n"))
    if not raw.strip():
        return ""
    # The space around it is kept, or the pieces would run into each other.
    bare = piece.strip()
    head, tail = piece.split(bare, 1) if bare else (piece, "")
    return head + raw + tail


def _cut(text: str, start: int, *, least: int, aim: int) -> int:
    """Where the next piece ends: at the boundary nearest to `aim` that leaves room for the rest."""
    stop = fitting(text, start, LONGEST_TEXT)
    size = [0, *accumulate(map(units, text[start:stop]))]
    for boundary in _BOUNDARIES:
        ends = [found.end() for found in boundary.finditer(text, start, stop)]
        ends = [end for end in ends if size[end - start] >= least]
        if ends:
            return min(ends, key=lambda end: abs(size[end - start] - aim))
    return between_clusters(text, fitting(text, start, max(least, aim)), start)
