"""Every sentence of the "Show everything" modal that is not on the card as well."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.blocks import Markup, joined

DETAILS_TITLE = "Everything"
PREVIOUS, NEXT = "Previous page", "Next page"
APPROVE_ON_LAST_PAGE = "Approve stands on the last page, when all of it has been in view."
NOT_READABLE = "Part of this cannot be shown, so it cannot be approved here."
BODY, RISK, REASONING, TRIED, READ = "More", "Risk", "How the agent thinks", "It tried", "It read"
HOW_SURE, HOW_IT_CAME_HERE, TOOL_SAYS = "How sure it is", "Why you", "What the tool says of itself"


STATE = "Where the workflow stands"


def item(words: str) -> str:
    return f"• {words}"


def page(number: int, count: int) -> str:
    return f"Page {number} of {count}"


def due(moment: Markup) -> Markup:
    return joined("", [Markup("answer by "), moment])


def tool(name: str, server: str | None) -> str:
    return name if server is None else f"{name} ({server})"


def continued(heading: str) -> str:
    return f"{heading} (continued)"


def blast_radius(what: str) -> str:
    return f"Reaches: {what}"


def data_classes(classes: Sequence[str]) -> str:
    return f"Data: {', '.join(classes)}"


def attempt(what: str, result: str | None) -> str:
    return f"{what} → {result}" if result else what


def source(title: str | None, score: float | None) -> str:
    read = f"{READ}: {title}" if title else READ
    return read if score is None else f"{read} ({score:.2f})"


def route(name: str) -> str:
    return f"It went to the route “{name}”."


def on_behalf_of(who: str) -> str:
    return f"The agent says that {who} started the run."
