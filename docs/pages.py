"""The pages of the documentation, and the blocks in them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page.relative_to(ROOT)
    for folder in (ROOT.glob("*.md"), ROOT.glob("docs/**/*.md"), ROOT.glob("changes/*.md"))
    for page in folder
)
_FENCED = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return (ROOT / page).read_text()


def prose(text: str) -> str:
    """The text without its fenced blocks."""
    return _FENCED.sub("", text)


def blocks(page: Path, *languages: str) -> list[str]:
    """What stands between the fences of these languages, in the order of the page."""
    return [
        re.sub(rf"^{indent}", "", block, flags=re.MULTILINE)
        for indent, language, block in _FENCED.findall(text_of(page))
        if language in languages
    ]
