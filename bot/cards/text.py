"""Untrusted text made presentable: nothing hidden in it, nothing cut in half.

Lengths are counted in UTF-16 units: Slack does not say how it counts, and no other way of
counting gives more.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

ELLIPSIS = "…"

#: Joiners carry no meaning of their own beside the letters they shape, so they go silently.
_JOINERS = re.compile("[\u200c\u200d]")
#: Controls (but not tab and newline), format and bidi characters, blank fillers, tags, surrogates.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_NEWLINES = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_ODD_NEWLINES = re.compile("[\u0085\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")
#: A pile of accents taller than this covers the lines around it.
_ACCENTS = re.compile("([\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})"
                      "[\u0300-\u036f\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")  # fmt: skip
_LONGEST_CLUSTER = 32


def clean(untrusted: str) -> str:
    """The text without characters that nobody can see or that reorder what is around them."""
    text = _NEWLINES.sub("\n", untrusted)
    return _ACCENTS.sub(r"\1", _HIDDEN.sub("", _JOINERS.sub("", text)))


def disclosed(untrusted: str) -> str:
    """The text with hidden characters spelled out, for values that will run as they are."""
    text = _JOINERS.sub("", _NEWLINES.sub("\n", untrusted))
    return _HIDDEN.sub(lambda hidden: f"⟨U+{ord(hidden[0]):04X}⟩", text)


def showable(text: str) -> bool:
    """Whether an input shows the whole text and hands it back: one kind of line end, nothing
    hidden. Joiners stay where they are in an input.
    """
    unix = text.replace("\r\n", "\n")
    ends = unix.count("\n")
    same_ends = "\r" not in unix and len(text) - len(unix) in {0, ends}
    return same_ends and clean(unix) == _JOINERS.sub("", unix)


def spelled_out(written: str) -> str:
    """JSON with its hidden characters escaped, which means the same and can be seen."""
    for hidden in (_HIDDEN, _ODD_NEWLINES):
        written = hidden.sub(lambda found: json.dumps(found[0])[1:-1], written)
    return written


def one_line(untrusted: str) -> str:
    """The cleaned text on one line."""
    return " ".join(clean(untrusted).split())


def paragraphs(untrusted: str) -> str:
    """Cleaned prose; a run of empty lines is one, or it pushes the question out of view."""
    return _EMPTY_LINES.sub("\n\n", clean(untrusted)).strip()


def units(character: str) -> int:
    """What one character counts."""
    return 2 if character > "\uffff" else 1


def length(text: str) -> int:
    """What a text counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def clip(text: str, limit: int, weigh: Callable[[str], int] = units) -> str:
    """The text within `limit`; what had to be cut off leaves an ellipsis."""
    end = fitting(text, 0, limit, weigh)
    if end == len(text):
        return text
    return text[: between_clusters(text, fitting(text, 0, limit - 1, weigh))] + ELLIPSIS


def chunks(text: str, limit: int) -> list[str]:
    """The whole text in pieces within `limit`; at line ends where there are any."""
    pieces = []
    start = 0
    while start < len(text):
        end = fitting(text, start, limit)
        if end < len(text):
            line_end = text.rfind("\n", start, end)
            end = line_end + 1 if line_end >= start else between_clusters(text, end, start)
        pieces.append(text[start:end])
        start = end
    return pieces


def fitting(text: str, start: int, limit: int, weigh: Callable[[str], int] = units) -> int:
    """The end of the longest piece from `start` that counts at most `limit`."""
    left = limit
    for end in range(start, len(text)):
        left -= weigh(text[end])
        if left < 0:
            return end
    return len(text)


def between_clusters(text: str, end: int, start: int = 0) -> int:
    """A place at or shortly before `end` that does not part a letter from its accents."""
    for place in range(end, max(start, end - _LONGEST_CLUSTER), -1):
        if not _belongs_to_the_one_before(text, place):
            return place
    return end


def _belongs_to_the_one_before(text: str, place: int) -> bool:
    character = text[place]
    if _is_regional(character):  # two of them make a flag
        run = 0
        while run < place and _is_regional(text[place - run - 1]):
            run += 1
        return run % 2 == 1
    return (
        unicodedata.category(character).startswith("M") or "\U0001f3fb" <= character <= "\U0001f3ff"
    )


def _is_regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
