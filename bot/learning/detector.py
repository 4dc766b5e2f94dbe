"""Notices that quality has dropped: an e-CUSUM over what the coin chose of the delivered cases."""

from __future__ import annotations

#: From here on everything is reviewed.
SUSPICION = 5.0
#: From here on nothing is delivered. At or below the target a false alarm comes on average at
#: most once in as many audited labels.
ALARM = 200.0
_SPEEDS = (0.5, 1.0, 2.0, 4.0, 8.0)

#: One sum a speed.
Sums = tuple[float, ...]
CALM: Sums = (1.0,) * len(_SPEEDS)


def heard(sums: Sums, *, alpha: float, loss: float) -> Sums:
    """The sums after one more audited label of the delivered region."""
    most = 0.9 / alpha
    return tuple(
        [
            max(1.0, one) * (1 + min(speed / (1 - alpha), most) * (loss - alpha))
            for one, speed in zip(sums, _SPEEDS, strict=True)
        ]
    )


def loudness(sums: Sums) -> float:
    return sum(sums) / len(sums)
