"""Reads `digests` and `report`: what comes at set times, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.policy.book import Digest, WeeklyReport
from bot.policy.kinds import CHANNEL, NAME, ZONE
from bot.policy.times import CRON

if TYPE_CHECKING:
    from bot.policy.section import Section


def read_digests(root: Section, timezone: str) -> dict[str, Digest]:
    """`timezone` is the file's, for a digest without one of its own."""
    digests = {}
    for name, section in root.named("digests", NAME):
        digests[name] = Digest(
            name=name,
            cron=section.needed("cron", CRON, ""),
            timezone=section.one("timezone", ZONE, timezone),
            channel=section.needed("channel", CHANNEL, ""),
        )
        section.close()
    return digests


def read_report(root: Section, timezone: str) -> WeeklyReport | None:
    """`timezone` is the file's, for a report without one of its own."""
    section = root.part("report")
    if section is None:
        return None
    found = WeeklyReport(
        cron=section.needed("cron", CRON, ""),
        timezone=section.one("timezone", ZONE, timezone),
        channel=section.needed("channel", CHANNEL, ""),
    )
    section.close()
    return found
