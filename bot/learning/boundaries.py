"""Learned boundaries: cases that look like those which people overrode go to a person.

They only ever add questions: nothing is delivered because a boundary finds it harmless.
"""

from __future__ import annotations

import json
import math
from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.learning.features import WORD, Features, pattern_of, sure_part
from bot.learning.neighbours import MOST, Neighbours, Similar, rate_of
from bot.learning.regression import BIAS, PRIOR, Regression, logit, sigmoid

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A category is spoken of from so many labels and overrides on.
_LABELS, _OVERRIDES = 50, 5
#: What the neighbours have of the logit.
_NEIGHBOURS = 0.2
#: The name under which that is shown.
NEIGHBOURS = "similar cases"
#: A case is forced when an override is this likely, or so many times likelier than usual.
_LIKELY, _LIKELIER, _AT_LEAST = 0.40, 2.0, 0.25
#: At most so much of a category's cases is forced, by its last ones.
_MOST_FORCED, LAST = 0.10, 200
#: Reviewed overrides that are so near are named.
_NEAR = 0.5
#: The comparison with category and score forgets by this much a label: some 300 count.
_KEPT = 1 - 1 / 300
_RULE_LASTS, _RULE_APPROVALS = timedelta(days=30), 10
_PASSES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is thought of a case when it is decided; recorded then, for an honest comparison."""

    category: str
    #: How likely an override is, and what category and score alone say.
    p: float
    by_score: float
    #: The category's own rate.
    usual: float
    #: By feature, the largest first; they sum to the logit of `p` with `bias`.
    contributions: tuple[tuple[str, float], ...]
    bias: float
    #: The overridden ones among the nearest reviewed cases.
    similar: tuple[Similar, ...]
    #: Whether the case goes to a person for it.
    forces: bool
    #: The override whose rule forces it, where too little is known for anything else.
    rule: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A label with a known way, as it is kept for the replay."""

    case: str
    category: str
    features: Features
    overridden: bool
    at: datetime


@dataclass(slots=True, kw_only=True)
class Record:
    """What is known of one category."""

    labels: int = 0
    overrides: int = 0
    #: Log-losses that were added up with forgetting: ours, and by category and score.
    ours: float = 0.0
    theirs: float = 0.0
    #: How likely its last cases were to be overridden.
    last: deque[float] = field(default_factory=lambda: deque(maxlen=LAST))

    @property
    def rate(self) -> float:
        return (self.overrides + 8 * PRIOR) / (self.labels + 8)

    @property
    def cold(self) -> bool:
        return self.labels < _LABELS or self.overrides < _OVERRIDES

    @property
    def beats_score(self) -> bool:
        """Whether it is of use: else it is switched off until it is."""
        return self.ours < self.theirs


@dataclass(slots=True, kw_only=True)
class Rule:
    """One override, until enough is learned: the same tool and arguments are asked."""

    case: str
    pattern: frozenset[str]
    ends: datetime
    approvals: int = 0


class Boundaries:
    """The boundaries of all categories: mutable, cheap to ask, and rebuilt by a replay."""

    def __init__(self) -> None:
        self._model = Regression()
        self._by_score = Regression()
        self._neighbours = Neighbours()
        self._records: dict[str, Record] = {}
        self._rules: list[Rule] = []
        #: Overrides that somebody has called no reason.
        self._unlike: set[str] = set()

    def judge(self, category: str, features: Features, at: datetime) -> Judgement:
        """What is thought of a case; nothing is learned by asking."""
        record = self._records.get(category, Record())
        near = [one for one in self._neighbours.nearest(features) if one.case not in self._unlike]
        parts = _bounded(
            {
                name: (1 - _NEIGHBOURS) * part
                for name, part in self._model.contributions(features).items()
            }
            | {NEIGHBOURS: _NEIGHBOURS * (logit(rate_of(near)) - BIAS)}
        )
        p = sigmoid(BIAS + sum(parts.values()))
        rule = self._rule_for(features, at) if record.cold else None
        return Judgement(
            category=category,
            p=p,
            by_score=self._by_score.p(sure_part(features)),
            usual=record.rate,
            contributions=tuple(sorted(parts.items(), key=lambda part: -abs(part[1]))),
            bias=BIAS,
            similar=tuple(one for one in near if one.overridden and one.similarity >= _NEAR),
            forces=rule is not None or _forces(p, record),
            rule=rule,
        )

    def saw(self, judgement: Judgement) -> None:
        """A case was decided with it: one of those among which the likeliest are forced."""
        self._record(judgement.category).last.append(judgement.p)

    def learn(self, example: Example, judgement: Judgement | None = None) -> None:
        """What people said; with the judgement of the decision, if there was one."""
        record = self._record(example.category)
        record.labels += 1
        record.overrides += example.overridden
        if judgement is not None:
            record.ours = _KEPT * record.ours + _surprise(judgement.p, example)
            record.theirs = _KEPT * record.theirs + _surprise(judgement.by_score, example)
        self._note_for_rules(example)
        self._fit(example)
        self._remember(example)

    def saw_before(self, category: str, last: Iterable[float]) -> None:
        """How likely its last cases were, where they were decided by another process."""
        self._record(category).last.extend(last)

    def not_similar(self, case: str) -> None:
        """Somebody said that this override is no reason: its rule ends, and it is not named any
        more; what was learned stays.
        """
        self._unlike.add(case)
        self._rules = [rule for rule in self._rules if rule.case != case]

    def standing(self, category: str) -> Record:
        """What is known of a category, for whoever asks how good its boundary is."""
        return self._records.get(category, Record())

    def replayed(self, examples: Iterable[Example]) -> Boundaries:
        """The same records and rules, with all weights learned anew from the last 3000 labels.

        Who is to be forgotten is left out of the examples. What only one of them has is left out
        of the weights: it teaches nothing, and most words are such.
        """
        kept = list(deque(examples, maxlen=MOST))
        had = Counter(name for example in kept for name in example.features)
        fresh = Boundaries()
        fresh._records, fresh._rules = self._records, self._rules
        fresh._unlike = self._unlike
        for _ in range(_PASSES):
            for example in kept:
                shared = {name: part for name, part in example.features.items() if had[name] > 1}
                fresh._fit(replace(example, features=shared))
        for example in kept:
            fresh._remember(example)
        return fresh

    def to_json(self) -> str:
        """Everything but the reviewed cases, which the caller has anyway.

        With long texts it is about 1 MB: to be kept in memory, and written now and then.
        """
        return json.dumps(
            {
                "model": self._model.state,
                "by_score": self._by_score.state,
                "records": {
                    name: [one.labels, one.overrides, one.ours, one.theirs, list(one.last)]
                    for name, one in self._records.items()
                },
                "rules": [
                    [rule.case, sorted(rule.pattern), rule.ends.isoformat(), rule.approvals]
                    for rule in self._rules
                ],
                "unlike": sorted(self._unlike),
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str, reviewed: Iterable[Example] = ()) -> Boundaries:
        """`reviewed` are the last labels, the oldest first."""
        body, found = json.loads(text), cls()
        found._model = Regression({name: tuple(one) for name, one in body["model"].items()})
        found._by_score = Regression({name: tuple(one) for name, one in body["by_score"].items()})
        for name, (labels, overrides, ours, theirs, last) in body["records"].items():
            found._records[name] = Record(
                labels=labels,
                overrides=overrides,
                ours=ours,
                theirs=theirs,
                last=deque(last, maxlen=LAST),
            )
        for case, pattern, ends, approvals in body["rules"]:
            found._rules.append(
                Rule(
                    case=case,
                    pattern=frozenset(pattern),
                    ends=datetime.fromisoformat(ends),
                    approvals=approvals,
                )
            )
        found._unlike = set(body["unlike"])
        for example in reviewed:
            found._remember(example)
        return found

    def _record(self, category: str) -> Record:
        return self._records.setdefault(category, Record())

    def _fit(self, example: Example) -> None:
        self._model.learn(example.features, overridden=example.overridden)
        self._by_score.learn(sure_part(example.features), overridden=example.overridden)

    def _remember(self, example: Example) -> None:
        self._neighbours.remember(example.case, example.features, overridden=example.overridden)

    def _rule_for(self, features: Features, at: datetime) -> str | None:
        names = features.keys()
        return next(
            (rule.case for rule in self._rules if at < rule.ends and rule.pattern <= names), None
        )

    def _note_for_rules(self, example: Example) -> None:
        """An override makes a rule, or renews it; straight approvals and time end it."""
        names = example.features.keys()
        for rule in self._rules:
            if rule.pattern <= names:
                rule.approvals = 0 if example.overridden else rule.approvals + 1
        self._rules = [
            rule
            for rule in self._rules
            if example.at < rule.ends and rule.approvals < _RULE_APPROVALS
        ]
        # Without a tool nothing but its words would tell one case from another.
        tool = any(name.startswith("tool=") for name in names)
        if example.overridden and tool and self._record(example.category).cold:
            pattern = pattern_of(example.features)
            self._rules = [rule for rule in self._rules if rule.pattern != pattern]
            ends = example.at + _RULE_LASTS
            self._rules.append(Rule(case=example.case, pattern=pattern, ends=ends))


def _bounded(parts: dict[str, float]) -> dict[str, float]:
    """Words weigh at most as much as all else: whoever asks the agent may have chosen them."""
    words = sum(part for name, part in parts.items() if name.startswith(WORD))
    others = sum(part for name, part in parts.items() if not name.startswith(WORD))
    if abs(words) <= abs(others):
        return parts
    scale = abs(others) / abs(words)
    return {name: part * scale if name.startswith(WORD) else part for name, part in parts.items()}


def _forces(p: float, record: Record) -> bool:
    if record.cold or not record.beats_score:
        return False
    if p < _LIKELY and p < max(_LIKELIER * record.rate, _AT_LEAST):
        return False
    return sum(other >= p for other in record.last) < _MOST_FORCED * len(record.last)


def _surprise(p: float, example: Example) -> float:
    return -math.log(p if example.overridden else 1 - p)
