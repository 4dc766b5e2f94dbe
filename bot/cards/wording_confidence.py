"""How sure the agent is, and why that decided nothing: phrases of a card's small print."""

from __future__ import annotations

from bot.domain.scored_case import ScoredCase

OUTSIDE_DOMAIN = "outside of its domain, says its signal in_domain: a person decides"
_BELOW = "confidence "
_NO_CATEGORY = "it has no category, so no confidence is enough"


def confidence(value: float, threshold: float | None = None) -> str:
    if threshold is None:
        return f"Confidence {value:.2f}"
    own, needed = _apart(value, threshold)
    return f"Confidence {own} (needs {needed})"


def held(case: ScoredCase, risk: str) -> str:
    """Why this score delivers nothing."""
    match case.held:
        case "outside_domain":
            return OUTSIDE_DOMAIN
        case "risk":
            return f"at risk {risk} no confidence is enough"
        case "no_confidence":
            return "the agent states no confidence"
        case "unlisted":
            name = case.category
            return f"category {name} is not listed in the policy" if name else _NO_CATEGORY
        case "learning":
            return f"category {case.category} is still learning, so people see all of it"
        case "watched":
            return f"reviews found more wrong than usual in category {case.category}"
        case "frozen" | "always_ask":
            return f"an admin has all of category {case.category} asked"
        case "boundary":
            return boundary(case)
        case "no_threshold":
            return f"category {case.category} has no threshold"
        case _:
            own, needed = _apart(case.score or 0.0, case.threshold or 0.0)
            stated = case.confidence
            if stated is not None and stated != case.score:
                own = f"{stated:.2f}, which its signals lower to {own},"
            return f"{_BELOW}{own} is below {needed} of category {case.category}"


def boundary(case: ScoredCase) -> str:
    """Whoever measures whether it is right is not told what it thinks."""
    if case.judged is not None and case.judged.held is not None and case.judged.held.control:
        return f"asked to check what was learned of category {case.category}"
    return f"held by the learned boundary of category {case.category}"


def tells_confidence(why: str) -> bool:
    """Whether this reason has the figure in it, so that nobody needs it twice."""
    return why.startswith(_BELOW)


def would_deliver(case: ScoredCase) -> str:
    """For whoever tries a policy."""
    own, needed = _apart(case.score or 0.0, case.threshold or 0.0)
    return f"confidence {own} reaches {needed} of category {case.category}: delivered"


def would_ask(why: str) -> str:
    return f"{why}: a person is asked"


def foreign_system(agent: str, system: str) -> str:
    return f"the system {system} is not one that {agent} may touch without a person"


def _apart(one: float, other: float) -> tuple[str, str]:
    """Both with as many digits as it takes to tell them apart."""
    digits = next((n for n in range(2, 9) if f"{one:.{n}f}" != f"{other:.{n}f}"), 2)
    return f"{one:.{digits}f}", f"{other:.{digits}f}"
