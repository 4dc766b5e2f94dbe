"""What of a digest only one person sees: its further pages, and several approved together."""

from __future__ import annotations

from typing import Any

from bot.cards import names, wording_digest, wording_whispers
from bot.cards.blocks import Block, actions, button, context, modal, plain, plain_section, size_of
from bot.cards.digest_card import title
from bot.cards.digest_rows import CAPS, Digest, alike, minimal_blocks, page_blocks, told_whole
from bot.cards.forms import notice

# Slack's limit on a message's text is not documented for modals; we keep to it here as well.
_TEXT = 9000


def digest_page(digest: Digest, at: int) -> dict[str, Any]:
    """One page of rows, decided where they stand; a page out of range is the nearest there is."""
    pages = digest.pages
    at = min(max(at, 0), len(pages) - 1)
    drawn = (page_blocks(digest, at, cap) for cap in CAPS)
    fitting = (blocks for blocks in drawn if size_of(blocks) <= _TEXT)
    rows = next(fitting, None) or minimal_blocks(digest, at)
    blocks: list[Block] = [plain_section(title(digest)), *rows]
    turns = [
        button(label, action, names.pack_page(digest.message_id, to))
        for label, action, to in (
            (wording_digest.PREVIOUS_PAGE, names.DIGEST_PREV, at - 1),
            (wording_digest.NEXT_PAGE, names.DIGEST_NEXT, at + 1),
        )
        if 0 <= to < len(pages)
    ]
    blocks.append(context(plain(wording_digest.page(at + 1, len(pages)))))
    if turns:
        blocks.append(actions(names.pack_page(digest.message_id, at), turns))
    return modal(
        wording_digest.PAGE_TITLE,
        blocks,
        callback_id=names.DIGEST_PAGE,
        metadata=names.returning("", names.pack_page(digest.message_id, at)),
        close=wording_whispers.CLOSE,
    )


def gone_page() -> dict[str, Any]:
    """There is no such digest any more."""
    return notice(wording_digest.GONE_TITLE, wording_digest.GONE)


def together_form(digest: Digest, at: int, first: str) -> dict[str, Any]:
    """Everything that would be approved, before it is; what is settled by now is left out."""
    page = digest.pages[at] if at < len(digest.pages) else []
    rows = alike(page, first)
    if not rows:
        return notice(wording_digest.PAGE_TITLE, wording_digest.NOTHING_ALIKE)
    return modal(
        wording_digest.together_title(len(rows)),
        [
            context(plain(wording_digest.TOGETHER_WHY)),
            *(told_whole(number, row) for number, row in rows),
        ],
        callback_id=names.TOGETHER_FORM,
        metadata=names.pack_all([(one.id, one.action_digest) for _, (one, _) in rows]),
        close=wording_digest.TOGETHER_CLOSE,
        submit=wording_digest.together_yes(len(rows)),
    )
