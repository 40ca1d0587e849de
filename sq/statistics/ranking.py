"""Ranks with their intervals: how sure is it that a unit is third.

Goldstein & Spiegelhalter (1996), JRSS A 159:385-443; Mogstad et al. (2024), Rev. Econ. Stud. 91:476-518;
Klein, Wright & Wieczorek (2020), JRSS A 183:589-606.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.intervals import Floats

Ranks = NDArray[np.int64]
RANGE_ENDS, RANGE_STEPS = 7, 401  # standard errors, points of the integral


@dataclass(frozen=True)
class RankIntervals:
    """One element per unit; rank 1 is the best. Units without a value or error have rank 0."""

    rank: Ranks
    best: Ranks
    worst: Ranks


def rank_intervals(
    value: ArrayLike, se: ArrayLike, alpha: float = 0.05, high_is_good: bool = True, simultaneous: bool = False
) -> RankIntervals:
    """From 1 + the number significantly better to k - the number significantly worse, by pairwise z.

    ``simultaneous`` holds for all units at once (Bonferroni over all pairs), else for each unit alone.
    """
    from scipy.special import ndtri

    y, s = np.asarray(value, dtype=float), np.asarray(se, dtype=float)
    use = np.isfinite(y) & np.isfinite(s)
    good, error = (y[use] if high_is_good else -y[use]), s[use]
    k = len(good)
    pairs = k * (k - 1) / 2 if simultaneous else 1
    edge = ndtri(1 - alpha / 2 / max(pairs, 1))
    ahead = good[None, :] - good[:, None]
    spread = edge * np.sqrt(error[None, :] ** 2 + error[:, None] ** 2)
    rank = np.empty(k, dtype=np.int64)
    rank[np.argsort(-good, kind="stable")] = np.arange(1, k + 1)
    found = [np.zeros(len(y), dtype=np.int64) for _ in range(3)]
    for whole, part in zip(found, (rank, 1 + (ahead > spread).sum(1), k - (ahead < -spread).sum(1)), strict=True):
        whole[use] = part
    return RankIntervals(*found)


def expected_range(se: ArrayLike) -> float:
    """Mean distance between the largest and the smallest of independent normal errors around one value.

    With equal errors the factor d2 of a control chart times the error; 0 below two.
    """
    from scipy.special import ndtr

    s = np.asarray(se, dtype=float)
    s = s[np.isfinite(s) & (s > 0)]
    if len(s) < 2:
        return 0.0
    grid = np.linspace(0.0, RANGE_ENDS * s.max(), RANGE_STEPS)
    below, above = (np.log(np.maximum(ndtr(side[:, None] / s), 1e-300)).sum(1) for side in (-grid, grid))
    # E max = integral over x > 0 of P(max > x) - P(max < -x); by symmetry the range is twice that.
    return float(2 * np.trapezoid(1 - np.exp(above) - np.exp(below), grid))


def overlap_multiplier(alpha: float = 0.05) -> float:
    """±this many standard errors make intervals that just touch when two equal errors differ at ``alpha``: 1.39.

    Goldstein & Healy (1995), JRSS A 158:175-177.
    """
    from scipy.special import ndtri

    return float(ndtri(1 - alpha / 2) / np.sqrt(2))


def overlap_intervals(value: ArrayLike, se: ArrayLike, alpha: float = 0.05) -> tuple[Floats, Floats]:
    """Intervals for reading whether two units differ: those that do not overlap do."""
    y, half = np.asarray(value, dtype=float), overlap_multiplier(alpha) * np.asarray(se, dtype=float)
    return y - half, y + half
