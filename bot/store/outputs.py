"""Outputs that agents reported, and what a reviewer reads of those that somebody shall look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from sqlalchemy import bindparam, select

from bot.domain.errors import NotFoundError
from bot.domain.output import Anomaly, Content, Output, Shape
from bot.store.tables import output, output_content

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row

    from bot.store.tx import Tx

_CONTENT = TypeAdapter(Content)
_NEWER = (
    select(output.c.id, output.c.length, output.c.calls, output.c.anomaly)
    .where(
        output.c.category == bindparam("category"),
        output.c.agent == bindparam("agent"),
        output.c.agent_version == bindparam("version"),
        output.c.id > bindparam("after"),
    )
    .order_by(output.c.id.desc())
    .limit(bindparam("most"))
)


def reported(tx: Tx, agent: str, item_ids: Sequence[str]) -> dict[str, Output]:
    """Those that the agent has reported before, by its own ids.

    Nobody else takes a report of this agent until the end of the transaction.
    """
    tx.queue_up("outputs", agent)
    rows = tx.execute(select(output).where(output.c.agent == agent, output.c.item_id.in_(item_ids)))
    return {row.item_id: _output(row) for row in rows}


def add(tx: Tx, one: Output, content: Content | None) -> None:
    """`content` of one that is chosen."""
    tx.add(
        output,
        {
            "id": one.id,
            "agent": one.agent,
            "item_id": one.item_id,
            "digest": one.digest,
            "category": one.category,
            "agent_version": one.agent_version,
            "at": one.at,
            # As text: both databases give back exactly what was compared.
            "score": None if one.score is None else repr(one.score),
            "third": one.third,
            "pi": None if one.pi is None else repr(one.pi),
            "coin": one.coin,
            "length": one.shape.length,
            "calls": one.shape.calls,
            "anomaly": None if one.anomaly is None else repr(one.anomaly.score),
            "anomaly_reason": None if one.anomaly is None else one.anomaly.reason,
            "re_evaluates": one.re_evaluates,
            "escalation_id": one.escalation_id,
            "chosen": one.chosen,
        },
    )
    if content is not None:
        body = _CONTENT.dump_python(content, mode="json", exclude={"owners"})
        owners = sorted(content.owners)
        tx.add(output_content, {"output_id": one.id, "owners": owners, "body": body})


def find(tx: Tx, output_id: str) -> Output:
    """Raises NotFoundError."""
    row = tx.execute(select(output).where(output.c.id == output_id)).one_or_none()
    if row is None:
        raise NotFoundError("There is no such output.")
    return _output(row)


def find_all(tx: Tx, ids: Sequence[str]) -> dict[str, Output]:
    """Those of the ids that exist."""
    rows = tx.execute(select(output).where(output.c.id.in_(ids)))
    return {row.id: _output(row) for row in rows}


def contents(tx: Tx, ids: Sequence[str]) -> dict[str, Content]:
    """What is kept of these."""
    rows = tx.execute(select(output_content).where(output_content.c.output_id.in_(ids)))
    return {
        row.output_id: _CONTENT.validate_python(row.body | {"owners": row.owners}) for row in rows
    }


def content(tx: Tx, output_id: str) -> Content:
    """What a reviewer reads. Raises NotFoundError for what is not put to people."""
    row = tx.execute(
        select(output_content).where(output_content.c.output_id == output_id)
    ).one_or_none()
    if row is None:
        raise NotFoundError("Nothing is kept of this output: nobody was to look at it.")
    return _CONTENT.validate_python(row.body | {"owners": row.owners})


def newer(
    tx: Tx, kind: tuple[str, str, str], after: str, most: int
) -> list[tuple[str, Shape, float]]:
    """The latest of a category, agent and version that came after an id, the oldest first; with
    how unusual each was.
    """
    category, agent, version = kind
    wanted = {"category": category, "agent": agent, "version": version}
    rows = tx.execute(_NEWER, wanted | {"after": after, "most": most}).all()
    return [
        (
            row.id,
            Shape(length=row.length, calls=tuple(row.calls)),
            float(row.anomaly or 0),
        )
        for row in reversed(rows)
    ]


def _output(row: Row[Any]) -> Output:
    return Output(
        id=row.id,
        agent=row.agent,
        item_id=row.item_id,
        digest=row.digest,
        category=row.category,
        agent_version=row.agent_version,
        at=row.at,
        score=None if row.score is None else float(row.score),
        third=row.third,
        pi=None if row.pi is None else float(row.pi),
        coin=row.coin,
        shape=Shape(length=row.length, calls=tuple(row.calls)),
        anomaly=None
        if row.anomaly is None
        else Anomaly(score=float(row.anomaly), reason=row.anomaly_reason),
        re_evaluates=row.re_evaluates,
        escalation_id=row.escalation_id,
        chosen=row.chosen,
    )
