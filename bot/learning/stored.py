"""A standing as text and back, with all its bits: a cache beside the events it is folded from."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from bot.learning.ladder import Tally
from bot.learning.standing import Beginning, Incident, Order, Pending, Standing


def standing_to_json(standing: Standing) -> str:
    """Short, since it is read and written with every case: about 5 kB."""
    began, incident = standing.began, standing.incident
    body = {
        "risk": standing.risk,
        "epoch": standing.epoch,
        "began": began and [began.reason, began.at.isoformat(), began.said],
        "warm_up": standing.warm_up,
        "cuts": standing.cuts,
        "shares": standing.shares,
        "recent": standing.recent,
        "wealth": standing.wealth,
        "tallies": [
            (one.reviewed, one.audits, one.weight, one.wrong, one.squares)
            for one in standing.tallies
        ],
        "open_rungs": standing.open_rungs,
        "sums": standing.sums,
        "audits": standing.audits,
        "certificate_ends": standing.certificate_ends and standing.certificate_ends.isoformat(),
        "labels": standing.labels,
        "missing": standing.missing,
        "pending": standing.pending,
        "wrong": standing.wrong,
        "frozen": _order(standing.frozen),
        "always_ask": _order(standing.always_ask),
        "incident": incident
        and [
            incident.reason,
            incident.at.isoformat(),
            incident.epoch,
            incident.cases,
            incident.said,
        ],
    }
    return json.dumps(body, separators=(",", ":"), allow_nan=False)


def standing_from_json(text: str) -> Standing:
    body = json.loads(text)
    ends = body["certificate_ends"]
    return Standing(
        risk=body["risk"],
        epoch=body["epoch"],
        began=_beginning(body["began"]),
        warm_up=tuple(body["warm_up"]),
        cuts=tuple(body["cuts"]),
        shares=tuple(body["shares"]),
        recent=body["recent"],
        wealth=tuple(map(tuple, body["wealth"])),
        tallies=tuple(Tally(*one) for one in body["tallies"]),
        open_rungs=body["open_rungs"],
        sums=tuple(body["sums"]),
        audits=body["audits"],
        certificate_ends=ends and datetime.fromisoformat(ends),
        labels=body["labels"],
        missing=body["missing"],
        pending={case: Pending(*one) for case, one in body["pending"].items()},
        wrong=tuple(body["wrong"]),
        frozen=_ordered(body["frozen"]),
        always_ask=_ordered(body["always_ask"]),
        incident=_incident(body["incident"]),
    )


def _order(order: Order | None) -> list[str] | None:
    return [order.by, order.reason, order.at.isoformat()] if order else None


def _ordered(body: list[str] | None) -> Order | None:
    return Order(body[0], body[1], datetime.fromisoformat(body[2])) if body else None


def _beginning(body: list[Any] | None) -> Beginning | None:
    return Beginning(body[0], datetime.fromisoformat(body[1]), body[2]) if body else None


def _incident(body: list[Any] | None) -> Incident | None:
    if body is None:
        return None
    reason, at, epoch, cases, said = body
    return Incident(reason, datetime.fromisoformat(at), epoch, tuple(cases), said)
