"""Reports for tests: a full week, with numbers that can be told apart."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from bot.domain.report import (
    CategoryInReport,
    FindingInReport,
    Report,
    Reviewed,
    Share,
    Turn,
    TypeOfError,
    WeekOfAnswers,
    WeekOfErrors,
    week_starts,
)

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
SUNDAY = date(2026, 11, 29)
RATES = (0.058, 0.061, 0.055, 0.064, 0.05, 0.057, None, 0.031)


def share(rate: float, reach: float = 0.025) -> Share:
    return Share(rate=rate, low=max(0.0, rate - reach * 0.7), high=rate + reach)


def full_report() -> Report:
    starts = week_starts(SUNDAY)
    weeks = tuple(
        WeekOfErrors(
            began=began,
            seen=Reviewed(outputs=4000, reviewed=9)
            if rate is None
            else Reviewed(outputs=4100, reviewed=200, errors=share(rate)),
        )
        for began, rate in zip(starts, RATES, strict=True)
    )
    return Report(
        first=starts[-1],
        last=SUNDAY,
        due=MONDAY,
        week=Reviewed(
            outputs=4310, reviewed=212, errors=Share(rate=0.031, low=0.014, high=0.059)
        ),
        before=Reviewed(
            outputs=16_000, reviewed=800, errors=Share(rate=0.088, low=0.071, high=0.107)
        ),
        types=(
            TypeOfError(type="accuracy", count=4, share=share(0.019, 0.02)),
            TypeOfError(type="tone", count=2, share=share(0.009, 0.018)),
            TypeOfError(type="completeness", count=1, share=share(0.004, 0.015)),
            TypeOfError(type="safety", count=0, share=share(0.0, 0.012)),
        ),
        weeks=weeks,
        categories=(
            CategoryInReport(
                name="refund", cases=2100, escalation_rate=0.12, band=(0.05, 0.15), state="open",
                threshold=0.83, evidence=24.6, ends=MONDAY + timedelta(days=60),
            ),
            CategoryInReport(
                name="faq", cases=1500, escalation_rate=0.31, band=(0.05, 0.15), state="gathering"
            ),
            CategoryInReport(
                name="policy question about cancellations", cases=400, escalation_rate=0.02,
                band=(0.033, 0.1), state="fixed", threshold=0.9,
            ),
            CategoryInReport(
                name="contract", cases=90, escalation_rate=1.0, band=(0.33, 1.0), state="person"
            ),
            CategoryInReport(
                name="seen once", cases=1, escalation_rate=1.0, band=None, state="unlisted"
            ),
        ),
        more_categories=2,
        answers=tuple(
            WeekOfAnswers(
                began=began, count=80 + at, half_seconds=300 + 20 * at, most_seconds=4000 - 300 * at
            )
            for at, began in enumerate(starts)
        ),
        turns=(
            Turn(category="refund", at=MONDAY - timedelta(days=6), closed_by="alarm"),
            Turn(category="faq", at=MONDAY - timedelta(days=4)),
        ),
        findings=(
            FindingInReport(
                id="fin_1", title="Accuracy · faq · the prompt", state="open", errors=4,
                owner="U01ALICE", due=date(2026, 12, 3),
            ),
            FindingInReport(
                id="fin_2", title="Tone · refund · cause not known", state="fixed",
                before=Share(rate=0.08, low=0.05, high=0.12),
                after=Share(rate=0.02, low=0.01, high=0.04), change="fell", tried=12, right=11,
            ),
            FindingInReport(id="fin_3", title="Safety · faq · a missing rule", state="verified"),
        ),
    )  # fmt: skip
