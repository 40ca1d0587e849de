"""Which words does one group of texts hold more often than the other?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.differences import square_and_add
from sq.statistics.intervals import Floats, wilson


@dataclass(frozen=True)
class Terms:
    """One entry per term: shares 0-1 of both groups, their difference (first minus second, 95 %), a one-sided p."""

    first: Floats
    second: Floats
    difference: Floats
    low: Floats
    high: Floats
    p: Floats


def over_represented(with_first: ArrayLike, first: float, with_second: ArrayLike, second: float) -> Terms:
    """Terms by how many texts of the first group hold them, of ``first`` texts, against the second group.

    p: Fisher's exact test of "more often in the first" (hypergeometric); the interval is Newcombe's (1998, method 10).
    """
    from scipy.stats import hypergeom

    a, b = np.asarray(with_first, dtype=float), np.asarray(with_second, dtype=float)
    if first <= 0 or second <= 0:
        nothing = np.full(len(a), np.nan)
        return Terms(nothing, nothing, nothing, nothing, nothing, nothing)
    share1, share0 = a / first, b / second
    low1, high1 = wilson(share1, np.full(len(a), first))
    low0, high0 = wilson(share0, np.full(len(a), second))
    apart = square_and_add(share1, low1, high1, share0, low0, high0, np.zeros(len(a)))
    p = hypergeom.sf(a - 1, first + second, a + b, first)
    return Terms(share1, share0, apart.value, apart.low, apart.high, np.asarray(p, dtype=float))
