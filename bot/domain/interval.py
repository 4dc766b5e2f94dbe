"""How far a share that was counted can be from the true one."""

from __future__ import annotations

from math import sqrt

#: 95 of 100 such intervals hold the true share.
_Z = 1.959964


def wilson(hits: float, count: int) -> tuple[float, float]:
    """The Wilson score interval for `hits` of `count`, which is at least 1; `hits` may be halves.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
    """
    share, z2 = hits / count, _Z * _Z
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = _Z / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
