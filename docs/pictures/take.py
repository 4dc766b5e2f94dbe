"""The README's pictures, taken of the real thing: `python -m docs.pictures.take`.

A bot on SQLite, the sandbox, a browser, and the article's refund; about ten seconds.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.async_api import expect

from bot.observe import start_logging
from examples.refund_agent import REFUND
from tests.browser.screen import PHONE, WIDE, BrowserMissingError, Screen, chromium, screen_of
from tests.world import World

if TYPE_CHECKING:
    from playwright.async_api import FloatRect, Locator

_HERE = Path(__file__).parent
_ROOT = _HERE.parent.parent
_SHARP = 2.0
#: A card's text is 660 pixels wide; beside it there is nothing to see.
_CARD = 740
_MOST_BYTES = 200_000
_NOTE = "Shipping is not refundable"


async def region_of(thing: Locator, widest: float = 1000) -> FloatRect:
    box = await thing.bounding_box()
    assert box is not None, "it is not on the page"  # noqa: S101 - the caller waited for it
    return {**box, "width": min(box["width"], widest)}


async def take(screen: Screen, name: str, region: FloatRect | None = None) -> None:
    # Nobody's pointer hovers over anything.
    await screen.page.mouse.move(0, 0)
    path = _HERE / name
    await screen.page.screenshot(path=path, clip=region, animations="disabled", caret="hide")
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise SystemExit(f"{name} has {size:,} bytes; a README wants less than {_MOST_BYTES:,}.")
    sys.stdout.write(f"{path.relative_to(_ROOT)}: {size // 1000} kB\n")


async def story(world: World) -> None:
    """Alice sees the refund, lowers it, and the agent runs it."""
    async with chromium() as browser:
        asked = await (await world.agent()).asks(**REFUND)
        await world.card_of(asked)
        url = world.sandbox_url
        async with screen_of(browser, url, size=PHONE, sharpness=_SHARP) as phone:
            await expect(phone.button("Approve")).to_be_visible()
            await take(phone, "phone.png")
        async with screen_of(browser, url, size=WIDE, sharpness=_SHARP) as alice:
            await expect(alice.button("Approve")).to_be_visible()
            await take(alice, "card.png", await region_of(alice.card, _CARD))

            await alice.press("Modify…")
            await alice.dialog.get_by_label("Note to the agent").fill(_NOTE)
            await alice.dialog.get_by_label("Amount").fill("200")
            await take(alice, "modify.png", await region_of(alice.dialog))
            world.clock.forward(minutes=3)
            await alice.send("Approve this")

            await asked.answer()
            await asked.do("redeem", redeem_id="refund-89234")
            await asked.do("outcome", status="succeeded")
            await expect(alice.card).to_contain_text("succeeded")
            await take(alice, "settled.png", await region_of(alice.card, _CARD))

            for name in ("paused_claim", "unsure_answer"):
                question = json.loads((_ROOT / f"examples/questions/{name}.json").read_text())
                await (await world.agent()).posts(**question)
                button = "Answer…" if name == "paused_claim" else "Approve"
                await expect(alice.button(button)).to_be_visible()
                await take(alice, f"{name}.png", await region_of(alice.card, _CARD))


async def main() -> None:
    start_logging("json")
    with tempfile.TemporaryDirectory() as folder:
        policy = (_ROOT / "policy.yml").read_text()
        world = World(f"sqlite:///{folder}/pullcord.db", Path(folder), policy)
        await world.open()
        try:
            await story(world)
        finally:
            await world.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BrowserMissingError as missing:
        sys.exit(str(missing))
