"""What was lost and what was done twice, by everybody's own account and the database's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.processes import command

if TYPE_CHECKING:
    from tests.chaos.scene import Question, Scene

_SETTLED = ("escalation.decided", "escalation.expired", "escalation.cancelled")


@dataclass
class Verdict:
    """How often a promise was broken, each with a sentence."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    def __iadd__(self, other: Verdict) -> Verdict:
        self.lost += other.lost
        self.doubled += other.doubled
        return self


async def judge(scene: Scene) -> Verdict:
    """Once nothing is under way any more."""
    verdict = Verdict()
    if not await scene.calm(lambda: _at_rest(scene)):
        verdict.lost.append("not at rest: something is still open, behind or unsent")
    for question in scene.questions:
        await _judge_one(scene, question, verdict)
    await _judge_rows(scene, verdict)
    return verdict


async def _at_rest(scene: Scene) -> bool:
    ((open_ones, behind, unsent),) = await scene.rows(
        "SELECT (SELECT count(*) FROM escalation WHERE status = 'open'), "
        "(SELECT count(*) FROM message WHERE posted_rev < wanted_rev), "
        "(SELECT count(*) FROM outbox WHERE done_at IS NULL) "
        "+ (SELECT count(*) FROM relay WHERE state = 'pending')"
    )
    buttons = any(card.buttons for question in scene.questions for card in scene.cards_of(question))
    return not (open_ones or behind or unsent or buttons)


async def _judge_one(scene: Scene, question: Question, verdict: Verdict) -> None:
    seen = await scene.see(question)
    name = question.key
    if seen["status"] == "open" or (question.ends and seen["status"] != question.ends):
        verdict.lost.append(f"{name}: ended as {seen['status']}, not as {question.ends}")
    if "Approve" in question.acknowledged and seen["status"] not in {"decided", question.ends}:
        verdict.lost.append(f"{name}: an acknowledged click came to nothing")
    if len(question.decisions) > 1:
        verdict.doubled.append(f"{name}: the agent was shown {len(question.decisions)} decisions")
    if len(question.redeemers) > 1:
        verdict.doubled.append(f"{name}: handed out to {sorted(question.redeemers)}")
    if question.redeemers and not seen["redeemed"]:
        verdict.lost.append(f"{name}: handed out, and not written down")
    told = set(scene.called_back(question))
    if not told:
        verdict.lost.append(f"{name}: never called back")
    if len(told) > 1:
        verdict.doubled.append(f"{name}: called back as {sorted(told)}")
    cards = scene.cards_of(question)
    by_channel = [card.channel for card in cards]
    if not cards:
        verdict.lost.append(f"{name}: no card")
    if len(set(by_channel)) < len(by_channel):
        verdict.doubled.append(f"{name}: {len(cards)} cards")
    if any(card.buttons for card in cards):
        verdict.lost.append(f"{name}: settled, and its card still has buttons")


async def _judge_rows(scene: Scene, verdict: Verdict) -> None:
    kept = {row[0] for row in await scene.rows("SELECT id FROM escalation")}
    asked = {question.id for question in scene.questions}
    verdict.lost += [f"{gone}: answered with 201, and gone" for gone in asked - kept]
    verdict.doubled += [f"{more}: nobody asked for it" for more in kept - asked]
    settled = ", ".join(f"'{event}'" for event in _SETTLED)
    twice = await scene.rows(
        f"SELECT escalation_id, count(*) FROM journal WHERE event IN ({settled}) "
        "GROUP BY escalation_id HAVING count(*) > 1"
    )
    verdict.doubled += [f"{row[0]}: settled {row[1]} times" for row in twice]
    code, out, _ = await command("audit", "verify", environment=scene.bots[0].environment)
    if code:
        verdict.lost.append(f"the sealed journal: {out.splitlines()[0]}")
