"""Typed pieces of Block Kit, within Slack's limits.

Markup is the only thing Slack parses. It is made by our own sentences and by `escaped`; all
other text goes out as plain_text or as rich_text elements, where nothing is parsed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NewType

from bot.cards.text import clean, clip, length, one_line, units

Markup = NewType("Markup", str)
Block = dict[str, Any]
Element = dict[str, Any]

# Slack's limits, from the reference of Block Kit.
HEADER = 150
SECTION = 3000
CONFIRM_TEXT = 300
OPTION_TEXT = 75
OPTION_VALUE = 150
LABEL = 2000
VIEW_TITLE = 24
PICTURE_TEXT = 2000
#: The texts of a message together; Slack begins to refuse at about 11,000.
MESSAGE = 10_500

#: An empty text is refused by Slack.
NOTHING = "–"

#: What one place of a sentence may hold.
_WORDS = 300
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_PINGS = re.compile(r"@(?=here|channel|everyone|group)", re.IGNORECASE)
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)|<(?!!date\^\d+\^[^<>|]*\|[^<>|]*>)")
_DATE = re.compile(r"<!date\^\d+\^[^<>|]*\|[^<>|]*>")


def escaped(untrusted: str, limit: int = SECTION) -> Markup:
    """Untrusted text as one line of Markup: it pings nobody and links nowhere."""
    safe = _PINGS.sub("＠", one_line(untrusted))
    clipped = clip(safe, limit, lambda c: len(_ENTITIES[c]) if c in _ENTITIES else units(c))
    return Markup("".join(_ENTITIES.get(c, c) for c in clipped))


def said(sentence: str, /, **untrusted: object) -> Markup:
    """One of our own sentences, with untrusted words in its places."""
    return Markup(sentence.format(**{k: escaped(str(v), _WORDS) for k, v in untrusted.items()}))


def joined(separator: str, parts: Sequence[Markup]) -> Markup:
    return Markup(separator.join(parts))


def time_of_reader(at: datetime, shape: str, fallback: str) -> Markup:
    """A moment that each reader sees in their own zone."""
    return Markup(f"<!date^{int(at.timestamp())}^{shape}|{escaped(fallback)}>")


def kept_safe(sentence: str) -> Markup:
    """Markup from a text of unknown making: everything but entities and times is escaped."""
    parts, start = [], 0
    for date in _DATE.finditer(sentence):
        parts += [_without_tokens(sentence[start : date.start()]), date[0]]
        start = date.end()
    safe = "".join([*parts, _without_tokens(sentence[start:])])
    return Markup(safe) if length(safe) <= SECTION else escaped(sentence)


def _without_tokens(text: str) -> str:
    bare = _BARE.sub(lambda found: _ENTITIES[found[0]], clean(text))
    return _PINGS.sub("＠", bare.replace(">", "&gt;"))


def plain(text: str, limit: int = SECTION) -> Element:
    return {
        "type": "plain_text",
        "text": clip(clean(text).strip(), limit) or NOTHING,
        "emoji": False,
    }


def mrkdwn(text: Markup) -> Element:
    return {"type": "mrkdwn", "text": text or NOTHING, "verbatim": True}


def words(text: str, **style: bool) -> Element:
    """A run of rich text. The caller has cleaned and clipped it."""
    element: Element = {"type": "text", "text": text}
    return {**element, "style": style} if style else element


def size_of(piece: object) -> int:
    """What all the texts in some blocks count together."""
    match piece:
        case dict():
            return sum(map(size_of, piece.values())) + sum(
                length(text) for name in ("text", "url") if isinstance(text := piece.get(name), str)
            )
        case list():
            return sum(map(size_of, piece))
        case _:
            return 0


def header(text: str) -> Block:
    return {"type": "header", "text": plain(one_line(text), HEADER)}


def divider() -> Block:
    return {"type": "divider"}


def section(text: Markup) -> Block:
    return {"type": "section", "text": mrkdwn(text)}


def plain_section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def rich(*elements: Element) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": list(elements)}],
    }


def prose(label: str, text: str) -> Block:
    """A bold label and a text below it. The caller has cleaned and clipped the text."""
    return rich(words(label + "\n", bold=True), words(text or NOTHING))


def quote(text: str) -> Block:
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_quote", "elements": [words(text or NOTHING)]}],
    }


def boxed(text: str) -> Block:
    """Text as it is, in a box that shows where it begins and ends."""
    return {
        "type": "rich_text",
        "elements": [{"type": "rich_text_preformatted", "elements": [words(text or NOTHING)]}],
    }


def link(url: str) -> Element:
    """A link that shows nothing but where it leads."""
    return {"type": "link", "url": url, "text": url}


def link_to(url: str, label: str) -> Element:
    """A link of our own: neither the address nor the words come from outside."""
    return {"type": "link", "url": url, "text": label}


def picture(file_id: str, alt: str) -> Block:
    """A file that was shared in this workspace, as a picture within the message."""
    return {
        "type": "image", "alt_text": clip(alt, PICTURE_TEXT), "slack_file": {"id": file_id},
    }  # fmt: skip


def context(*elements: Element) -> Block:
    return {"type": "context", "elements": list(elements)}


def actions(block_id: str, elements: Sequence[Element]) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def button(
    label: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    confirm: Element | None = None,
) -> Element:
    element: Element = {
        "type": "button", "text": plain(label, 75), "action_id": action_id, "value": value,
    }  # fmt: skip
    if style:
        element["style"] = style
    if confirm:
        element["confirm"] = confirm
    return element


def confirm(title: str, text: str, yes: str, no: str) -> Element:
    return {
        "title": plain(title, 100), "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, 30), "deny": plain(no, 30), "style": "primary",
    }  # fmt: skip


def option(label: str, value: str) -> Element:
    return {"text": plain(one_line(label), OPTION_TEXT), "value": value}


def overflow(action_id: str, options: Sequence[Element]) -> Element:
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def field_of(
    block_id: str,
    label: str,
    element: Mapping[str, Any],
    *,
    optional: bool,
    hint: str | None = None,
) -> Block:
    """One input of a form."""
    block: Block = {
        "type": "input", "block_id": block_id, "label": plain(one_line(label), 150),
        "element": dict(element), "optional": optional,
    }  # fmt: skip
    if hint:
        block["hint"] = plain(hint, LABEL)
    return block


def modal(
    title: str, blocks: Sequence[Block], *, callback_id: str, metadata: str, close: str,
    submit: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    view: dict[str, Any] = {
        "type": "modal", "callback_id": callback_id, "private_metadata": metadata,
        "title": plain(title, VIEW_TITLE), "close": plain(close, VIEW_TITLE),
        "blocks": list(blocks),
    }  # fmt: skip
    if submit:
        view["submit"] = plain(submit, VIEW_TITLE)
    return view
