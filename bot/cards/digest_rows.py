"""A digest as rows: what stands on which page, in which group, and what is alike.

A row is decided like a card; what is risky, or does not fit, under its details.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import names, offers, wording_digest
from bot.cards.blocks import Block, Element, button, rich, section, size_of, words
from bot.cards.question_row import Row, asked_for, minimal_row, open_row, settled_row
from bot.cards.text import clip, length, one_line
from bot.domain.digest_run import ROWS, DigestRun
from bot.domain.durations import in_words
from bot.domain.escalation import Escalation

#: What a text of a row may count; all rows of a page give way alike.
CAPS = (700, 500, 350, 250, 150, 80, 40)
# So much of a question is in view where several are approved together, and so much of all.
_TOGETHER, _TOGETHER_ALL = 700, 9000
_HEADLINE, _CATEGORY, _GLIMPSE = 600, 80, 150

Numbered = tuple[int, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One message of a digest, with everything that it stands for."""

    message_id: str
    run: DigestRun
    #: By whose clocks it says when.
    timezone: str
    #: When the next one comes; None when the policy has it no more.
    next: datetime | None
    rows: Sequence[Row]

    @property
    def waiting(self) -> list[Escalation]:
        return [one for one, _ in self.rows if one.status == "open"]

    @property
    def groups(self) -> dict[str, list[Row]]:
        """By category, the one whose oldest question waits longest first; the oldest first."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(self.rows, key=lambda row: (row[0].created_at, row[0].id)):
            groups[category(row[0])].append(row)
        return groups

    @property
    def pages(self) -> list[list[Numbered]]:
        ordered = [row for group in self.groups.values() for row in group]
        numbered = list(enumerate(ordered, 1))
        return [numbered[at : at + ROWS] for at in range(0, len(numbered), ROWS)]


def category(escalation: Escalation) -> str:
    named = clip(one_line(escalation.request.category or ""), _CATEGORY)
    return named or wording_digest.NO_CATEGORY


def page_blocks(digest: Digest, at: int, cap: int) -> list[Block]:
    """The rows of a page below the names of their groups; at most forty blocks."""
    blocks: list[Block] = []
    before = None
    page = digest.pages[at]
    for number, (escalation, around) in page:
        if category(escalation) != before:
            before = category(escalation)
            blocks.append(_group(digest, before, page, at))
        if escalation.status != "open":
            blocks += settled_row(number, escalation, around, cap, traced=False)
            continue
        age = in_words(digest.run.made_at - escalation.created_at)
        row = open_row(
            number,
            escalation,
            around,
            cap,
            dangerous_too=False,
            way_in=wording_digest.DETAILS,
            also=[wording_digest.waits_since(age)],
            glimpse=_GLIMPSE,
        )
        row[-1]["block_id"] += names.IN_DIGEST
        blocks += row
    return blocks


def minimal_blocks(digest: Digest, at: int) -> list[Block]:
    return [
        block
        for number, (escalation, around) in digest.pages[at]
        for block in minimal_row(number, escalation, around)
    ]


def alike(page: Sequence[Numbered], to: str) -> list[Numbered]:
    """Those of a page that can be approved together with the one of that id, and it itself."""
    kinds = {one.id: _kind(one) for _, (one, _) in page}
    same = [row for row in page if kinds[row[1][0].id] is not None
            and kinds[row[1][0].id] == kinds.get(to)]  # fmt: skip
    found: list[Numbered] = []
    size = 0
    for number, (escalation, around) in same:
        said, whole = asked_for(escalation, around, _TOGETHER)
        size += size_of(said) + length(one_line(escalation.shown.headline))
        if whole and around.predecessor is None and size <= _TOGETHER_ALL:
            found.append((number, (escalation, around)))
    return found


def told_whole(number: int, row: Row) -> Block:
    """One of those that are approved together, with all of its arguments."""
    escalation, around = row
    said, _ = asked_for(escalation, around, _TOGETHER)
    headline = clip(one_line(escalation.shown.headline), _HEADLINE)
    return rich(words(wording_digest.together_item(number, headline), bold=True), *said)


def _kind(escalation: Escalation) -> object | None:
    """What two have in common that differ in the values of their arguments only."""
    request = escalation.request
    tool = request.tool
    if (
        escalation.status != "open"
        or tool is None
        or request.kind != "approval"
        or request.dangerous
        or escalation.proposal is not None
        or escalation.intent is not None
        or not offers.allowed(escalation, "approve")
    ):
        return None
    return tool.name, tool.server, escalation.need, sorted(tool.arguments), request.category


def _group(digest: Digest, name: str, page: Sequence[Numbered], at: int) -> Block:
    waiting = [one for one, _ in digest.groups[name] if one.status == "open"]
    block = section(wording_digest.group_named(name, len(waiting)))
    here = [row for row in page if category(row[1][0]) == name]
    most = max((alike(here, one.id) for _, (one, _) in here), key=len)
    if len(most) > 1:
        block["accessory"] = _together_button(digest, most, at)
    return block


def _together_button(digest: Digest, rows: Sequence[Numbered], at: int) -> Element:
    first = rows[0][1][0].id
    value = names.pack_together(digest.message_id, at, first)
    return button(wording_digest.together(len(rows)), names.TOGETHER, value)
