"""Service gaps and changes of paired answers. Gap = delivered minus required: negative is a shortfall.

Parasuraman, Zeithaml & Berry (1988), J. Retailing 64(1):12-40; Peter, Churchill & Brown (1993), J. Consumer Research
19:655-662.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import normal_p_value, t_p_value, t_quantile, z_quantile


@dataclass(frozen=True)
class Paired:
    """A mean difference of pairs with its t interval."""

    mean: float
    se: float
    low: float
    high: float
    t: float
    p: float
    n: int


def paired_difference(first: ArrayLike, second: ArrayLike) -> Paired | NotEstimable:
    """Mean of first - second over the pairs that have both; t with pairs - 1."""
    difference = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
    difference = difference[~np.isnan(difference)]
    n = len(difference)
    if n < 2:
        return TOO_FEW
    mean, se = float(difference.mean()), float(difference.std(ddof=1) / math.sqrt(n))
    if se == 0:
        return NO_VARIATION
    df = np.array([n - 1.0])
    half = float(t_quantile(df)[0]) * se
    p = float(t_p_value(np.array([mean]), np.array([se]), df)[0])
    return Paired(mean, se, mean - half, mean + half, mean / se, p, n)


def weighted_gap(gaps: ArrayLike, weights: ArrayLike) -> float | NotEstimable:
    """Each respondent's weighted gap first, then the mean; weighting the mean gaps gives another number.

    ``gaps``, ``weights``: respondents x dimensions; weights are normalised per respondent.
    """
    g, w = np.asarray(gaps, dtype=float), np.asarray(weights, dtype=float)
    total = w.sum(axis=1)
    whole = ~np.isnan(g).any(axis=1) & (total > 0)
    if not whole.any():
        return TOO_FEW
    return float(((g * w)[whole].sum(axis=1) / total[whole]).mean())


def difference_reliability(sd_x: float, sd_y: float, rel_x: float, rel_y: float, r: float) -> float | NotEstimable:
    """Reliability of a difference score: two scales of .8 that correlate .5 leave .6."""
    shared = 2 * r * sd_x * sd_y
    variance = sd_x**2 + sd_y**2 - shared
    return NO_VARIATION if variance <= 0 else (sd_x**2 * rel_x + sd_y**2 * rel_y - shared) / variance


@dataclass(frozen=True)
class PairedShares:
    """Two shares of the same people: second minus first."""

    first: float
    second: float
    difference: float
    se: float
    low: float
    high: float
    chi2: float
    chi2_corrected: float
    p: float
    p_corrected: float
    p_exact: float


def paired_shares(both: int, first_only: int, second_only: int, neither: int) -> PairedShares | NotEstimable:
    """McNemar (1947), Psychometrika 12:153-157, with a Wald interval of the difference."""
    from scipy.stats import binomtest, chi2

    n, moved = both + first_only + second_only + neither, first_only + second_only
    if n == 0:
        return TOO_FEW
    if moved == 0:
        return NO_VARIATION
    difference = (second_only - first_only) / n
    se = math.sqrt(moved - (second_only - first_only) ** 2 / n) / n
    half = z_quantile() * se
    plain = (second_only - first_only) ** 2 / moved
    corrected = (abs(second_only - first_only) - 1) ** 2 / moved
    return PairedShares(
        (both + first_only) / n,
        (both + second_only) / n,
        difference,
        se,
        difference - half,
        difference + half,
        plain,
        corrected,
        float(chi2.sf(plain, 1)),
        float(chi2.sf(corrected, 1)),
        float(binomtest(first_only, moved).pvalue),
    )


@dataclass(frozen=True)
class Welch:
    """Difference of two independent means."""

    difference: float
    t: float
    df: float
    p: float
    low: float
    high: float


def welch_difference(first: ArrayLike, second: ArrayLike) -> Welch | NotEstimable:
    """First minus second with Welch's df."""
    a, b = (x[~np.isnan(x)] for x in (np.asarray(first, dtype=float), np.asarray(second, dtype=float)))
    if min(len(a), len(b)) < 2:
        return TOO_FEW
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if va + vb == 0:
        return NO_VARIATION
    df = float((va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)))
    se, difference = math.sqrt(va + vb), float(a.mean() - b.mean())
    half = float(t_quantile(np.array([df]))[0]) * se
    p = float(t_p_value(np.array([difference]), np.array([se]), np.array([df]))[0])
    return Welch(difference, difference / se, df, p, difference - half, difference + half)


def independent_z(first: float, se_first: float, second: float, se_second: float) -> float:
    """Two-sided p of the difference of two independent estimates."""
    se = math.hypot(se_first, se_second)
    return float(normal_p_value(np.array([first - second]), np.array([se]))[0])
