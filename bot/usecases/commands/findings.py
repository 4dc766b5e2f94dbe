"""`findings [CATEGORY|mine|ID]`: what reviews found wrong, and who mends it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.cards import wording_review_findings as wording
from bot.cards.blocks import Markup, escaped
from bot.cards.command_answers import nearest, sentence
from bot.cards.finding_answer import finding_answer, findings_answer
from bot.domain.errors import NotFoundError
from bot.store import review_findings
from bot.usecases.finding_evidence import counted
from bot.usecases.review_findings import seen_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.cards.around import Card
    from bot.domain.review_finding import ReviewFinding
    from bot.store.tx import Tx
    from bot.usecases.commands.asker import Asker
    from bot.usecases.desk import Desk

_ID = re.compile("fin_[0-9A-Za-z]{1,64}")
_MOST_ERRORS = 50
_WORST = ("critical", "major", "minor")


async def findings(desk: Desk, asker: Asker, words: Sequence[str]) -> Card:
    wanted = " ".join(words)
    if _ID.fullmatch(wanted):
        return await desk.ledger.read(_one, asker, wanted)
    return await desk.ledger.read(_some, asker, wanted)


def _one(tx: Tx, asker: Asker, finding_id: str) -> Card:
    try:
        found = review_findings.find(tx, finding_id)
    except NotFoundError:
        return sentence(escaped(wording.NO_SUCH))
    if not seen_by(asker, found):
        return sentence(escaped(wording.NO_SUCH))
    errors = review_findings.errors_of(tx, finding_id, _MOST_ERRORS)
    return finding_answer(found, errors, counted(tx, found), tx.now())


def _some(tx: Tx, asker: Asker, wanted: str) -> Card:
    """Without a category only what is still to be mended or verified."""
    every = [one for one in review_findings.every(tx) if seen_by(asker, one)]
    if wanted in {"", "mine"}:
        found = [one for one in every if one.state != "verified"]
        if wanted:
            found = [one for one in found if one.owner and one.owner.id == asker.clicker.id]
        if not found:
            return sentence(Markup(wording.NONE_OF_MINE if wanted else wording.NONE))
    else:
        found = [one for one in every if one.kind.category == wanted]
        if not found:
            known = sorted({one.kind.category for one in every})
            return sentence(wording.none_of(wanted, nearest(wanted, known)))
    return findings_answer(sorted(found, key=_urgency), tx.now())


def _urgency(one: ReviewFinding) -> tuple[int, int, int]:
    """What is open first, the worst of it, and what came most often."""
    state = ("open", "fixed", "verified").index(one.state)
    return state, _WORST.index(one.severity), -one.errors
