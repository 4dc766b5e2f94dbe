"""YAML text as a tree in which everything knows its line.

Values stay the text that was written: the reader of a key knows best what it should be, so
`name: no` is a name and `approvals: "2"` is not a number. Anchors, aliases, tags and second
documents are refused: a policy needs none of them, and they are how a small file grows large.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import yaml

if TYPE_CHECKING:
    from bot.policy.findings import Findings

# A policy of a hundred rules is about 20 KiB, and PyYAML reads about 100 KiB a second.
LARGEST = 256 * 1024
_DEEPEST = 16
# What YAML itself calls printable; an escape in quotes can still name the others.
_UNPRINTABLE = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Text:
    line: int
    text: str
    quoted: bool

    @property
    def nothing(self) -> bool:
        """`key:` with nothing behind it."""
        return not self.quoted and self.text in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class Many:
    line: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Named:
    """Values by key, in the order of the file; `key_lines` says where each key stands."""

    line: int
    values: dict[str, Node]
    key_lines: dict[str, int]


Node: TypeAlias = Text | Many | Named


class _UnreadableError(Exception):
    def __init__(self, line: int, expected: str) -> None:
        super().__init__(expected)
        self.line = line
        self.expected = expected


def read(raw: str | bytes, findings: Findings) -> Node | None:
    """The tree of a file; None, with a finding, when it cannot be read to its end."""
    try:
        text = _decoded(raw)
        lines = max(1, len(text.splitlines()))
        try:
            return _Reader(text, findings).document()
        except _UnreadableError as stop:
            # PyYAML puts the end of a file on the line after its last one.
            raise _UnreadableError(min(stop.line, lines), stop.expected) from stop
    except _UnreadableError as stop:
        findings.note(stop.line, "file", stop.expected)
        return None


def _decoded(raw: str | bytes) -> str:
    if len(raw) > LARGEST:
        raise _UnreadableError(1, f"a policy of at most {LARGEST // 1024} KiB")
    if isinstance(raw, bytes):
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise _UnreadableError(line, "text in UTF-8") from error
    else:
        text = raw
    strange = _UNPRINTABLE.search(text)
    if strange:
        line = text.count("\n", 0, strange.start()) + 1
        raise _UnreadableError(line, f"text without control characters, got {strange.group()!r}")
    return text


class _Reader:
    """Turns PyYAML's events into a tree. Its own composer would recurse and forget lines."""

    def __init__(self, text: str, findings: Findings) -> None:
        self._loader = yaml.SafeLoader(text)
        self._findings = findings

    def document(self) -> Node | None:
        self._next()  # the start of the stream
        if isinstance(self._next(), yaml.StreamEndEvent):
            return None
        node = self._node(self._next(), depth=0)
        self._next()  # the end of the document
        after = self._next()
        if not isinstance(after, yaml.StreamEndEvent):
            raise _UnreadableError(_line(after), "one document, without a second `---`")
        return node

    def _next(self) -> yaml.Event:
        try:
            event: yaml.Event = self._loader.get_event()  # type: ignore[no-untyped-call]
        except yaml.MarkedYAMLError as error:
            # What is never closed is noticed at the end of the file, and mended where it opens.
            unclosed = "stream" in str(error.problem)
            mark = (error.context_mark if unclosed else None) or error.problem_mark
            line = mark.line + 1 if mark else 1
            raise _UnreadableError(line, f"valid YAML, but {error.problem}") from error
        except (ValueError, OverflowError) as error:
            # An escape such as "\Uffffffff" names no character.
            line = self._loader.get_mark().line + 1
            raise _UnreadableError(line, "valid YAML; a character here does not exist") from error
        return event

    def _node(self, event: yaml.Event, depth: int) -> Node:
        line = _line(event)
        if depth > _DEEPEST:
            raise _UnreadableError(line, f"at most {_DEEPEST} levels of nesting")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _UnreadableError(line, "values written out, without & anchors and * aliases")
        if getattr(event, "tag", None):
            raise _UnreadableError(line, "plain values, without ! tags")
        if isinstance(event, yaml.SequenceStartEvent):
            return self._many(line, depth)
        if isinstance(event, yaml.MappingStartEvent):
            return self._named(line, depth)
        assert isinstance(event, yaml.ScalarEvent)  # noqa: S101 - no other event starts a node
        if _UNPRINTABLE.search(event.value):
            raise _UnreadableError(line, "text without control characters")
        return Text(line, event.value, quoted=event.style is not None)

    def _many(self, line: int, depth: int) -> Many:
        items = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return Many(line, tuple(items))

    def _named(self, line: int, depth: int) -> Named:
        values: dict[str, Node] = {}
        key_lines: dict[str, int] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            value = self._node(self._next(), depth + 1)
            if not isinstance(key, Text):
                self._findings.note(key.line, "file", "a plain word as a key")
            elif key.text in values:
                first = key_lines[key.text]
                self._findings.note(
                    key.line, key.text, f"each key once; it stands in line {first} already"
                )
            else:
                values[key.text] = value
                key_lines[key.text] = key.line
        return Named(line, values, key_lines)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1
