"""A part of the policy file, read key by key; what nobody asked for is a finding.

A wrong value is noted and its default handed out, so that reading goes on to the next mistake.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from bot.policy.findings import nearest, quoted
from bot.policy.source import Many, Named, Text

if TYPE_CHECKING:
    from bot.policy.findings import Findings
    from bot.policy.kinds import Kind
    from bot.policy.source import Node

T = TypeVar("T")
D = TypeVar("D")

# Far beyond any company's; a file made to be slow has tens of thousands.
_MOST_NAMES = 1000


class Section:
    """A mapping of the file. `path` names it in findings: `routes.money`."""

    def __init__(self, node: Node, path: str, findings: Findings) -> None:
        self.line = node.line
        self._path = path
        self._findings = findings
        self._node = node if isinstance(node, Named) else Named(node.line, {}, {})
        self._asked: list[str] = []
        #: False when there is nothing to ask for, so that missing keys are no news.
        self._is_one = isinstance(node, Named)
        if not self._is_one:
            findings.note(node.line, path or "file", f"keys with values, got {shown(node)}")

    def has(self, key: str) -> bool:
        return key in self._node.values

    def lacks(self, key: str) -> bool:
        """Whether a section that has keys has nothing under this one."""
        node = self.take(key)
        return self._is_one and (node is None or (isinstance(node, Named) and not node.values))

    def line_of(self, key: str) -> int:
        """Where a value stands; the section itself when it is left out."""
        node = self._node.values.get(key)
        return node.line if node else self.line

    def note(self, key: str, expected: str) -> None:
        self._findings.note(self.line_of(key), self._at(key), expected)

    def note_at(self, line: int, key: str, expected: str) -> None:
        """A finding about one item of a list."""
        self._findings.note(line, self._at(key), expected)

    def take(self, key: str) -> Node | None:
        """The tree under a key; None when the key or its value is missing."""
        self._asked.append(key)
        node = self._node.values.get(key)
        return None if isinstance(node, Text) and node.nothing else node

    def one(self, key: str, kind: Kind[T], default: D) -> T | D:
        """An optional value."""
        self._asked.append(key)
        node = self._node.values.get(key)
        return default if node is None else self._read(node, key, kind, default)

    def needed(self, key: str, kind: Kind[T], default: D) -> T | D:
        """A value that must be there; `default` only keeps the reading going."""
        if self._is_one and not self.has(key):
            self.note(key, f"{kind.what}; it is missing")
        return self.one(key, kind, default)

    def many(self, key: str, kind: Kind[T]) -> list[tuple[T, int]]:
        """The items of a list, each with its line; those that are wrong are left out."""
        read = []
        for item in self.nodes(key):
            value = self._read(item, key, kind, None)
            if value is not None:
                read.append((value, item.line))
        return read

    def nodes(self, key: str) -> tuple[Node, ...]:
        """The items of a list, unread."""
        node = self.take(key)
        if isinstance(node, Many):
            return node.items
        if node is not None:
            self.note(key, f"a list such as [a, b], got {shown(node)}")
        return ()

    def named(self, key: str, kind: Kind[str]) -> list[tuple[str, Section]]:
        """The sections under a key, by their names."""
        node = self.take(key)
        if node is None:
            return []
        if not isinstance(node, Named):
            self.note(key, f"names with keys below them, got {shown(node)}")
            return []
        if len(node.values) > _MOST_NAMES:
            self.note(key, f"at most {_MOST_NAMES:,} names, got {len(node.values):,}")
        sections = []
        for name, below in islice(node.values.items(), _MOST_NAMES):
            written = Text(node.key_lines[name], name, quoted=True)
            self._read(written, key, kind, None)
            path = f"{self._at(key)}.{quoted(name)[1:-1]}"
            sections.append((name, Section(below, path, self._findings)))
        return sections

    def parts(self, key: str) -> list[Section]:
        """The items of a list, each a section: `routes.money.tiers.#1`."""
        return [
            Section(node, f"{self._at(key)}.#{number}", self._findings)
            for number, node in enumerate(self.nodes(key), start=1)
        ]

    def part(self, key: str) -> Section | None:
        """The section under a key; None when there is none."""
        node = self.take(key)
        return None if node is None else Section(node, self._at(key), self._findings)

    def not_yet(self, key: str, instead: str) -> None:
        """This release reads the key and does not act on it; `instead` is what happens.

        Somebody who believes that their reminders work would be harmed, so it is always said.
        """
        if self.take(key) is not None:
            self._findings.set_aside(self._node.key_lines[key], self._at(key), instead)

    def section(self, node: Node, path: str) -> Section:
        """An item of a list as a section of its own."""
        return Section(node, path, self._findings)

    def close(self) -> None:
        """Notes every key that was not asked for."""
        for key, line in self._node.key_lines.items():
            if key not in self._asked:
                expected = f"a key that exists{nearest(key, self._asked)}"
                self._findings.note(line, self._at(quoted(key)[1:-1]), expected)

    def _read(self, node: Node, key: str, kind: Kind[T], default: D) -> T | D:
        if isinstance(node, Text) and not node.nothing:
            try:
                return kind.read(node.text, node.quoted)
            except ValueError as error:
                expected = str(error) or f"{kind.what}, got {quoted(node.text)}"
        else:
            expected = f"{kind.what}, got {shown(node)}"
        self._findings.note(node.line, self._at(key), expected)
        return default

    def _at(self, key: str) -> str:
        return f"{self._path}.{key}" if self._path else key


def shown(node: Node) -> str:
    """What stands there instead, in a word or two."""
    if isinstance(node, Text):
        return "nothing" if node.nothing else quoted(node.text)
    return "a list" if isinstance(node, Many) else "keys with values"
