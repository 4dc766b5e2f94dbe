"""An agent tells what it did without asking: some of it is put to people afterwards."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.cards import wording_outputs
from bot.domain.errors import Fault
from bot.domain.intake import refuse
from bot.domain.output import Anomaly, Output, content_of, shape_of
from bot.learning.coin import toss
from bot.store import outputs, sampling
from bot.usecases.plan_sampling import plan_for
from bot.usecases.review_case import ask_about
from bot.usecases.scoring import score_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.output import Reported
    from bot.domain.people import Caller
    from bot.domain.unusual import Unusual
    from bot.learning.day_plan import DayPlan
    from bot.policy.book import Book
    from bot.store.tx import Tx
    from bot.usecases.desk import Desk

#: The coin of an output is another one than that of an approval.
PURPOSE = "sample"


async def take_outputs(desk: Desk, caller: Caller, reported: Sequence[Reported]) -> list[Output]:
    """What was reported, in its order; the same again is what it was the first time.

    Raises InvalidError, and takes nothing, where an id was reported with other content.
    """
    kinds = [
        ((one.item.category, caller.agent, one.item.agent_version or ""), shape_of(one.item))
        for one in reported
    ]
    found = await desk.unusual.judge(desk.ledger, kinds)
    return await desk.ledger.run_behind(_take, desk.book, desk.coin_secret, caller, reported, found)


def _take(
    tx: Tx,
    book: Book,
    secret: bytes,
    caller: Caller,
    reported: Sequence[Reported],
    unusual: Sequence[Unusual],
) -> list[Output]:
    known = outputs.reported(tx, caller.agent, list({one.item.id for one in reported}))
    plans: dict[str, DayPlan] = {}
    new: list[Output] = []
    faults = []
    for at, (one, found) in enumerate(zip(reported, unusual, strict=True)):
        item = one.item
        before = known.get(item.id)
        if before is not None:
            if before.digest != one.digest:
                faults.append(Fault(f"/items/{at}/id", wording_outputs.OTHER_CONTENT))
            continue
        if item.category not in plans:
            plans[item.category] = plan_for(tx, book, item.category)
        made = _made(tx, secret, caller.agent, one, found, plans[item.category])
        outputs.add(tx, made, content_of(item, caller.owners) if made.chosen else None)
        known[item.id] = made
        new.append(made)
    if faults:
        refuse(faults)
    for made in new:
        if made.chosen is not None:
            ask_about(tx, book, made)
    counts = Counter((one.category, one.third) for one in new if one.pi is not None)
    if counts:
        sampling.count(tx, counts, by=new[0].id)
    return [known[one.item.id] for one in reported]


def _made(
    tx: Tx, secret: bytes, agent: str, one: Reported, found: Unusual, plan: DayPlan
) -> Output:
    item = one.item
    # Another try is chosen by what it answers: of what comes by itself it says nothing.
    again = item.re_evaluates is not None
    made = tossed(
        secret,
        plan,
        Output(
            id=tx.new_id("out"),
            agent=agent,
            item_id=item.id,
            digest=one.digest,
            category=item.category,
            agent_version=item.agent_version or "",
            at=tx.now(),
            score=score_of(item),
            shape=shape_of(item),
            re_evaluates=item.re_evaluates,
        ),
        found,
        # The agent's own id, so that a report which is sent again after a crash is not tossed for
        # again.
        case=f"{agent} {item.id}",
    )
    return replace(made, pi=None, coin=False, chosen="re_evaluation") if again else made


def tossed(
    secret: bytes, plan: DayPlan, made: Output, found: Unusual | None, *, case: str
) -> Output:
    """The output with what chance, and what is unusual about it, make of it.

    `found`: None where nobody has looked at that. `case`: what the coin goes by.
    """
    third = plan.stratum(made.score)
    # The coin first: it must know nothing of what is unusual.
    coin = toss(secret, case, plan.chances[third], PURPOSE)
    flagged = found is not None and found.flagged and not plan.silent
    reason = wording_outputs.unusual(found) if found and flagged else None
    return replace(
        made,
        third=third,
        pi=plan.chances[third],
        coin=coin,
        anomaly=None if found is None else Anomaly(score=found.score, reason=reason),
        chosen="sample" if coin else "anomaly" if reason else None,
    )


def why(made: Output) -> str | None:
    """What the agent is told of it: never that a coin has chosen it."""
    if made.re_evaluates is not None:
        return wording_outputs.TRIED_AGAIN
    return None if made.anomaly is None else made.anomaly.reason
