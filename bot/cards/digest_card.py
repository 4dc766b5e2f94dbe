"""The digest in its channel: ten rows to decide, and a way to those behind them."""

from __future__ import annotations

from bot.cards import names, wording_digest
from bot.cards.around import Card
from bot.cards.blocks import MESSAGE, Block, actions, button, context, header, plain, size_of
from bot.cards.digest_rows import CAPS, Digest, category, minimal_blocks, page_blocks
from bot.cards.moments import fallback
from bot.domain.durations import in_words


def digest_card(digest: Digest) -> Card:
    """All rows as they should look now; it never pages, because it is everybody's."""
    drawn = (_drawn(digest, page_blocks(digest, 0, cap)) for cap in CAPS)
    fitting = (blocks for blocks in drawn if size_of(blocks) <= MESSAGE)
    blocks = next(fitting, None) or minimal_digest_card(digest).blocks
    return Card(text=_text(digest), blocks=blocks)


def minimal_digest_card(digest: Digest) -> Card:
    """The plainest there is, for when Slack refused the full one."""
    why = context(plain(wording_digest.MINIMAL_WHY))
    return Card(text=_text(digest), blocks=_drawn(digest, [why, *minimal_blocks(digest, 0)]))


def title(digest: Digest) -> str:
    """`Desk digest · 14 waiting · oldest 5 h · Tue 15:00`."""
    waiting = digest.waiting
    since = min((one.created_at for one in waiting), default=None)
    return wording_digest.title(
        digest.run.digest,
        len(digest.rows),
        len(waiting),
        None if since is None else in_words(digest.run.made_at - since),
        wording_digest.clock(digest.run.made_at, digest.timezone),
    )


def _drawn(digest: Digest, rows: list[Block]) -> list[Block]:
    run, pages = digest.run, digest.pages
    blocks = [header(title(digest))]
    if run.due is not None and run.late:
        late = wording_digest.late(run.due, run.made_at, digest.timezone)
        blocks.append(context(plain(late)))
    blocks += rows
    if len(pages) > 1:
        behind = len(digest.rows) - len(pages[0])
        blocks += [
            context(plain(wording_digest.more_behind(behind, len(pages)))),
            actions(
                names.pack_page(digest.message_id, 1),
                [button(wording_digest.NEXT_PAGE, names.DIGEST_NEXT,
                        names.pack_page(digest.message_id, 1))],
            ),
        ]  # fmt: skip
    coming = None if digest.next is None else wording_digest.clock(digest.next, digest.timezone)
    below = wording_digest.below(run.alone, coming)
    return [*blocks, context(plain(below))] if below else blocks


def _text(digest: Digest) -> str:
    """For a phone's notification and for screen readers: how much of what, and until when."""
    waiting = digest.waiting
    if not waiting:
        return wording_digest.settled_text(digest.run.digest, len(digest.rows))
    first = min(waiting, key=lambda one: one.expires_at)
    counts = {name: [one for one in waiting if category(one) == name] for name in digest.groups}
    groups = [wording_digest.group(name, len(those)) for name, those in counts.items() if those]
    by = fallback(first.expires_at, digest.run.made_at, digest.timezone)
    return wording_digest.text(digest.run.digest, len(waiting), groups, by)
