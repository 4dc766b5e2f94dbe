"""What is said of categories that learn, and never more than the evidence allows.

The promise is about an override rate: how often a person would have decided otherwise, on average
over the category's cases of this epoch. It is no promise about one case, and none about the truth.
"""

from __future__ import annotations

import math
from datetime import datetime

from bot.cards.blocks import Markup, joined, said
from bot.domain.category import Closing, Learned, Measured, Order, Phase

CRITICAL = "a review found something that somebody must act on"

_WHY: dict[str, str] = {
    "start": "it is new",
    "terms": "the policy states another risk for it",
    "version": "something new sends its cases",
    "reset": "an admin has reset it",
    "expired": "its certificate has ended",
    "alarm": "reviews found too much that was wrong",
    "complaint": "a person has closed it",
}
_PHASES: dict[Phase, str] = {
    "warming": "collecting its first cases; people see all of them",
    "gathering": "gathering evidence; people see all of it",
    "open": "delivering what is sure enough",
    "suspicious": "delivering, and every delivery is reviewed: reviews found more wrong than usual",
    "closed": "closed; people see all of it, and evidence is gathered anew",
    "frozen": "frozen by an admin; people see all of it",
    "always_ask": "always asked, by an admin's word; evidence is gathered on",
}


def of_version(agent: str, version: str) -> str:
    return f"{agent} {version}".strip()


def why_closed(reason: str) -> str:
    return _WHY.get(reason, reason)


def phase(seen: Learned) -> str:
    return _PHASES[seen.phase]


def percent(share: float) -> str:
    """`1.8 %`, and no more digits than it deserves."""
    return f"{share * 100:.1f}".rstrip("0").rstrip(".") + " %"


def above(cut: float, share: int) -> str:
    """`at or above .83 (70 % of cases)`"""
    if math.isinf(cut):
        return "all of its cases"
    return f"what scores {cut:.2f} or more ({share} % of its first cases)"


def odds_of(evidence: float) -> str:
    """Rounded down, and beyond a thousand nobody needs the figure."""
    return "more than 1000:1" if evidence > 1000 else f"{math.floor(evidence)}:1"


def evidence(seen: Learned) -> str | None:
    """`Evidence 24:1 that at most 10 % would be overridden`"""
    if seen.alpha is None:
        return None
    most = percent(seen.alpha)
    return f"Evidence {odds_of(seen.evidence)} that at most {most} would be overridden"


def measured(rate: Measured | None) -> str | None:
    """`Measured 1.8 % [0.6–4.1 %] on 212 reviewed, 38 of them by chance`"""
    if rate is None:
        return None
    between = f"{percent(rate.low).removesuffix(' %')}–{percent(rate.high)}"
    audits = f", {rate.audits} of them by chance" if rate.audits else ""
    return f"Measured {percent(rate.rate)} [{between}] on {rate.reviewed} reviewed{audits}"


def audited(rate: float) -> str:
    """Apart from what people are asked beforehand: this stops nothing."""
    return f"Afterwards {percent(rate)} of what goes out is reviewed by chance"


def ends(at: datetime) -> str:
    return f"Ends {at:%d %b %Y} or at the drift alarm"


def in_words(seen: Learned) -> list[str]:
    """Sentence by sentence, without the name."""
    words = [phase(seen)]
    if seen.cut is not None:
        words = [f"{words[0]}: {above(seen.cut, seen.share)}"]
    elif seen.warming < 1:
        words.append(f"{round(seen.warming * 100)} of the first 100 cases are in")
    found = [
        *words,
        evidence(seen),
        measured(seen.measured),
        None if seen.cut is None else audited(seen.audit_rate),
        ends(seen.ends) if seen.ends else None,
    ]
    if seen.missing > 0.1:
        share = percent(seen.missing)
        found.append(f"Not enough answers: nobody judged {share} of what was asked, so it stays")
    return [one[:1].upper() + one[1:] + "." for one in found if one]


# --- for the operators ---------------------------------------------------------------------------


def opened(seen: Learned) -> Markup:
    assert seen.cut is not None  # noqa: S101 - it has just been opened
    parts = [
        said("Category {category} now delivers {above} by itself. ", category=seen.name,
             above=above(seen.cut, seen.share)),
        said("{evidence}. {measured}. {ends}. ", evidence=evidence(seen) or "",
             measured=measured(seen.measured) or "",
             ends=ends(seen.ends) if seen.ends else ""),
        said("{audits}. `/pullcord stats {category}` shows it, and "
             "lets admins stop it.", audits=audited(seen.audit_rate), category=seen.name),
    ]  # fmt: skip
    return joined("", parts)


def closed(category: str, closing: Closing) -> Markup:
    because = closing.said or _WHY[closing.reason]
    wrong = ", ".join(closing.cases)
    return joined(
        "",
        [
            said(
                "Category {category} delivers nothing by itself any more: {because}. People see "
                "all of its cases again, and evidence is gathered anew.",
                category=category, because=because,
            ),
            *([said(" The last that were wrong: {wrong}.", wrong=wrong)] if wrong else []),
        ],
    )  # fmt: skip


def doubted(category: str) -> Markup:
    return said(
        "Category {category}: reviews found more wrong than usual, so every delivery is reviewed "
        "until that is clear. If it goes on, the category closes by itself.",
        category=category,
    )


# --- what admins order ---------------------------------------------------------------------------

CHANGE, FORM_TITLE, SUBMIT = "Change…", "Change a category", "Save"
ORDER_LABEL, REASON_LABEL = "What shall hold from now on", "Why"
REASON_HINT = "It stands in the journal and is told to the operators."
REASON_MISSING = "Please write why."
ORDER_THIS = "change what a category delivers"
ORDERS: dict[Order, str] = {
    "freeze": "Deliver nothing for now; keep what was learned",
    "unfreeze": "Deliver again what the evidence allows",
    "always_ask": "People see all of it, whatever is learned",
    "as_learned": "Deliver again what the evidence allows",
    "reset": "Forget what was learned, and start anew",
}
_ORDERED: dict[Order, str] = {
    "freeze": "delivers nothing by itself until an admin lets it go on",
    "unfreeze": "delivers again what the evidence allows",
    "always_ask": "is always asked from now on",
    "as_learned": "delivers again what the evidence allows",
    "reset": "has forgotten what was learned, and starts anew",
}


def ordered(category: str, order: Order, who: str, reason: str) -> Markup:
    words = f"{{who}}: category {{category}} {_ORDERED[order]}. Why: {{reason}}"
    return said(words, who=who, category=category, reason=reason)


def said_by_admin(reason: str) -> str:
    return f"An admin's reason: {reason}"


DONE = "Done. `/pullcord stats` shows how the category stands now."
NOT_LEARNED = "This category is not learned: its policy says what it delivers."
OVERTAKEN = "Somebody has changed this category meanwhile. Please look at it again."


# --- the quarterly review ------------------------------------------------------------------------


def quarter_title(quarter: str, count: int) -> str:
    many = "category that learns" if count == 1 else "categories that learn"
    return f"{quarter}: {count} {many}"


QUARTER_INTRO = (
    "Once in a quarter somebody should look at what goes out without a person. Each opening may be "
    "wrong by itself, so some of many are; what stands for all of them together is marked."
)
STANDS = "Proposed: keep it. It stands up together with all others."
NOT_TOGETHER = (
    "Proposed: start anew if you doubt it. By itself it stands, together with all others it does "
    "not."
)
NOTHING_OPEN = "Proposed: nothing. People see all of it."
FEW_ANSWERS = "Proposed: see that its cards are answered. What nobody answers opens nothing."


def more_categories(count: int) -> str:
    return f"{count} more: `/pullcord stats CATEGORY` shows each."


def does_not_add_up(category: str) -> str:
    """To the operators: somebody has changed the database by hand, or a release folds otherwise."""
    return (
        f"What is kept of category {category} is not what its events come to. It was folded anew "
        "from them. Whoever changes the database by hand should know; after an update of Pullcord "
        "please report it."
    )
