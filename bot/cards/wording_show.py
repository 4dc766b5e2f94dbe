"""What `/pullcord show` says besides what stands on cards."""

from __future__ import annotations

from bot.cards.blocks import Markup, joined


def comes_with(digest: Markup, at: Markup) -> Markup:
    return joined(
        "", [Markup("🗂 Has no card yet: it comes with the digest “"), digest, Markup("”, "), at]
    )
