"""Where a person is named, and how their name is taken out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, delete, func, or_, select, type_coerce, update

from bot.store import learning, reports, seals
from bot.store.tables import (
    answer_time,
    decision,
    escalation,
    journal,
    outbox,
    output_content,
    overlay,
    paused_agent,
    person,
    person_setting,
    report,
    review,
    review_finding,
    review_finding_case,
    roll,
    run_guidance,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Column, ColumnElement

    from bot.store.tx import Tx

_REQUEST = func.lower(type_coerce(escalation.c.request, Text))
_WORDS = ("comment", "guidance", "correction")
#: Where an escalation names who did something.
_ACTING = ("votes", "proposal", "intent", "hands", "messages", "run_guidance")
_NAMED = {"type", "id", "display_name"}


def ids_of(tx: Tx, wanted: str) -> set[str]:
    """The Slack ids behind an id or an address, of people who are known or have acted here; and the
    address itself, where only that is known.
    """
    rows = tx.execute(
        select(person.c.id).where(or_(person.c.id == wanted, person.c.email == wanted.lower(),
                                      person.c.email == wanted))
    )  # fmt: skip
    found = {row.id for row in rows}
    acted = tx.execute(select(journal.c.id).where(_names(tx, journal.c.actor, wanted)).limit(1))
    started = f'"on_behalf_of":{json.dumps(wanted.lower())}'
    wished = tx.execute(
        select(escalation.c.id)
        .where(
            or_(
                _holds(tx, escalation.c.owners, wanted),
                _REQUEST.contains(started, autoescape=True),
            )
        )
        .limit(1)
    )
    reported = tx.execute(
        select(output_content.c.output_id)
        .where(_holds(tx, output_content.c.owners, wanted))
        .limit(1)
    )
    named = any(rows.first() is not None for rows in (acted, wished, reported))
    return found | ({wanted} if named else set())


def forget_some(tx: Tx, person_id: str, alias: str, with_comments: bool, limit: int) -> int:
    """Change up to so many records that name them; 0 when there are none left."""
    # The sealer must not read an entry between its new name and its forgotten salt.
    tx.queue_up(seals.NAME)
    seen = [0]

    def rename(value: Any) -> Any:
        return _renamed(value, person_id, alias, with_comments=with_comments)

    seen[0] += _forget_escalations(tx, person_id, rename, limit)
    seen[0] += _forget_decisions(tx, person_id, rename, limit)
    seen[0] += _forget_entries(tx, person_id, rename, limit)
    seen[0] += _forget_pauses(tx, person_id, rename)
    seen[0] += _forget_guidance(tx, person_id, rename)
    seen[0] += _forget_reviews(tx, person_id, rename, limit)
    seen[0] += _forget_owners(tx, person_id, alias, limit)
    seen[0] += _forget_findings(tx, person_id, rename)
    seen[0] += _forget_overlays(tx, person_id, rename)
    owned = tx.holds_text(report.c.facts, f'"owner":{json.dumps(person_id)}')
    seen[0] += reports.forget(tx, owned, lambda facts: _other_owner(facts, person_id, alias))
    seen[0] += learning.forget(tx, person_id, alias, with_words=with_comments)
    return seen[0]


def forget_whose_wish(
    tx: Tx, person_id: str, alias: str, after: str, limit: int
) -> tuple[int, str | None]:
    """Settled questions of agents that they own or runs that they started, page by page.

    How many were changed, and where the next page begins. What is open keeps its names: who may
    not approve it depends on them.
    """
    mail = tx.execute(select(person.c.email).where(person.c.id == person_id)).scalar_one_or_none()
    names = {name.casefold() for name in (person_id, mail) if name}
    rows = tx.execute(
        select(escalation.c.id, escalation.c.owners, escalation.c.request)
        .where(
            escalation.c.id > after,
            escalation.c.status != "open",
            or_(
                _holds(tx, escalation.c.owners, person_id),
                *(_REQUEST.contains(name, autoescape=True) for name in names),
            ),
        )
        .order_by(escalation.c.id)
        .limit(limit)
    ).all()
    changed = 0
    for row in rows:
        source = row.request.get("source") or {}
        started = str(source.get("on_behalf_of") or "").strip().casefold() in names
        if not started and person_id not in row.owners:
            continue  # what an agent wrote about them
        renamed = row.request | {"source": source | {"on_behalf_of": alias}}
        tx.execute(
            update(escalation)
            .where(escalation.c.id == row.id)
            .values(
                owners=[alias if one == person_id else one for one in row.owners],
                request=renamed if started else row.request,
            )
        )
        changed += 1
    return changed, rows[-1].id if rows else None


def forget_account(tx: Tx, person_id: str, wanted: str) -> None:
    """The row, what they said of themselves, how long their answers took, the rolls, and what was
    whispered to them; Slack may tell us of them again.
    """
    tx.execute(delete(person).where(person.c.id == person_id))
    tx.execute(delete(person_setting).where(person_setting.c.person_id == person_id))
    tx.execute(delete(answer_time).where(answer_time.c.person_id == person_id))
    tx.execute(delete(roll).where(roll.c.key == wanted))
    for row in tx.execute(select(roll).where(_holds(tx, roll.c.members, person_id))).all():
        left = [one for one in row.members if one != person_id]
        tx.execute(update(roll).where(roll.c.key == row.key).values(members=left))
    tx.execute(delete(outbox).where(_holds(tx, outbox.c.payload, person_id)))


def _forget_escalations(tx: Tx, person_id: str, rename: Callable[[Any], Any], limit: int) -> int:
    rows = tx.execute(
        select(escalation.c.id, escalation.c.taken_by, *(escalation.c[name] for name in _ACTING))
        .where(or_(*(_names(tx, escalation.c[name], person_id) for name in _ACTING)))
        .limit(limit)
        .with_for_update()
    ).all()
    for row in rows:
        tx.execute(
            update(escalation)
            .where(escalation.c.id == row.id)
            .values(
                {name: rename(row._mapping[name]) for name in _ACTING}
                | ({"taken_by": None} if row.taken_by == person_id else {})
            )
        )
    return len(rows)


def _forget_decisions(tx: Tx, person_id: str, rename: Callable[[Any], Any], limit: int) -> int:
    rows = tx.execute(
        select(decision.c.id, decision.c.body)
        .where(_names(tx, decision.c.body, person_id))
        .limit(limit)
    ).all()
    for row in rows:
        tx.execute(update(decision).where(decision.c.id == row.id).values(body=rename(row.body)))
    return len(rows)


def _forget_entries(tx: Tx, person_id: str, rename: Callable[[Any], Any], limit: int) -> int:
    rows = tx.execute(
        select(journal.c.id, journal.c.actor)
        .where(_names(tx, journal.c.actor, person_id))
        .limit(limit)
    ).all()
    for row in rows:
        tx.execute(update(journal).where(journal.c.id == row.id).values(actor=rename(row.actor)))
    seals.forget_salts(tx, [row.id for row in rows])
    return len(rows)


def _forget_pauses(tx: Tx, person_id: str, rename: Callable[[Any], Any]) -> int:
    """Who stopped an agent; it stays stopped."""
    rows = tx.execute(
        select(paused_agent.c.agent, paused_agent.c.by)
        .where(_names(tx, paused_agent.c.by, person_id))
        .with_for_update()
    ).all()
    for row in rows:
        tx.execute(
            update(paused_agent).where(paused_agent.c.agent == row.agent).values(by=rename(row.by))
        )
    return len(rows)


def _forget_guidance(tx: Tx, person_id: str, rename: Callable[[Any], Any]) -> int:
    rows = tx.execute(
        select(run_guidance.c.escalation_id, run_guidance.c.said).where(
            _names(tx, run_guidance.c.said, person_id)
        )
    ).all()
    for row in rows:
        tx.execute(
            update(run_guidance)
            .where(run_guidance.c.escalation_id == row.escalation_id)
            .values(said=rename(row.said))
        )
    return len(rows)


def _forget_reviews(tx: Tx, person_id: str, rename: Callable[[Any], Any], limit: int) -> int:
    named = (_names(tx, review.c.verdict, person_id), _names(tx, review.c.skipped, person_id))
    rows = tx.execute(
        select(review.c.id, review.c.verdict, review.c.skipped)
        .where(or_(*named))
        .limit(limit)
        .with_for_update()
    ).all()
    for row in rows:
        tx.execute(
            update(review)
            .where(review.c.id == row.id)
            .values(verdict=rename(row.verdict), skipped=rename(row.skipped))
        )
    return len(rows)


def _forget_owners(tx: Tx, person_id: str, alias: str, limit: int) -> int:
    """Whose agents reported something; what is still to be looked at keeps its names."""
    asked = select(review.c.id).where(
        review.c.output_id == output_content.c.output_id, review.c.ended_at.is_(None)
    )
    rows = tx.execute(
        select(output_content.c.output_id, output_content.c.owners)
        .where(_holds(tx, output_content.c.owners, person_id), ~asked.exists())
        .limit(limit)
    ).all()
    for row in rows:
        owners = [alias if one == person_id else one for one in row.owners]
        tx.execute(
            update(output_content)
            .where(output_content.c.output_id == row.output_id)
            .values(owners=owners)
        )
    return len(rows)


def _forget_findings(tx: Tx, person_id: str, rename: Callable[[Any], Any]) -> int:
    """Who owns a finding, mended it, or said the same of one of its errors."""
    columns = ("owner", "fixed", "verified")
    named = [_names(tx, review_finding.c[name], person_id) for name in columns]
    rows = tx.execute(
        select(review_finding.c.id, *(review_finding.c[name] for name in columns))
        .where(or_(*named))
        .with_for_update()
    ).all()
    for row in rows:
        values = {name: rename(row._mapping[name]) for name in columns}
        tx.execute(update(review_finding).where(review_finding.c.id == row.id).values(values))
    of_case = review_finding_case.c
    seconds = tx.execute(
        select(of_case.review_id, of_case.second).where(_names(tx, of_case.second, person_id))
    ).all()
    for row in seconds:
        found = update(review_finding_case).where(of_case.review_id == row.review_id)
        tx.execute(found.values(second=rename(row.second)))
    return len(rows) + len(seconds)


def _forget_overlays(tx: Tx, person_id: str, rename: Callable[[Any], Any]) -> int:
    """Who accepted a learned rule; it goes on holding."""
    rows = tx.execute(
        select(overlay.c.id, overlay.c.by).where(_names(tx, overlay.c.by, person_id))
    ).all()
    for row in rows:
        tx.execute(update(overlay).where(overlay.c.id == row.id).values(by=rename(row.by)))
    return len(rows)


def _other_owner(facts: dict[str, Any], person_id: str, alias: str) -> dict[str, Any]:
    """Findings in a report say whose they are by Slack id."""
    return facts | {
        "findings": [
            one | {"owner": alias} if one["owner"] == person_id else one
            for one in facts["findings"]
        ]
    }


def _names(tx: Tx, column: Column[Any], person_id: str) -> ColumnElement[bool]:
    """Whether a person in this JSON is that one; the text is written by us, without spaces."""
    return tx.holds_text(column, f'"type":"human","id":{json.dumps(person_id)}')


def _holds(tx: Tx, column: Column[Any], word: str) -> ColumnElement[bool]:
    return tx.holds_text(column, json.dumps(word))


def _renamed(value: Any, person_id: str, alias: str, *, with_comments: bool) -> Any:
    """The same JSON with every actor that is the person renamed, and their words if asked for."""
    if isinstance(value, list):
        return [_renamed(one, person_id, alias, with_comments=with_comments) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {
        name: _renamed(one, person_id, alias, with_comments=with_comments)
        for name, one in value.items()
    }
    if value.get("id") == person_id and ("authenticated_by" in value or value.keys() == _NAMED):
        return kept | {"id": alias, "display_name": None}
    acting = value.get("actor") or value.get("decided_by") or {}
    if with_comments and acting.get("id") == person_id:
        kept |= {word: None for word in _WORDS if value.get(word) is not None}
        if value.get("type") in {"reject", "revise"} and value.get("comment") is not None:
            kept["comment"] = "(erased)"
    if with_comments and (value.get("sender") or {}).get("id") == person_id:
        kept["text"] = "(erased)"
    return kept
