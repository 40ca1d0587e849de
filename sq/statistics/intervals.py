"""95 % intervals of means, shares, NPS and rates; for one store and clustered by store. Vectorised over groups.

Shares and NPS are proportions here (0..1, -1..1); the caller scales them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
CONFIDENCE = 0.95
# Below this many stores the sandwich variance is too small: CR2 with Satterthwaite df (Bell & McCaffrey 2002).
FEW_CLUSTERS = 30


def per_group(group: Ints, values: Any, groups: int) -> Floats:
    """Sum of the rows' values in each group."""
    return np.asarray(np.bincount(group, values, groups), dtype=float)


def z_quantile() -> float:
    """The two-sided 95 % point of the normal distribution, 1.96."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + CONFIDENCE / 2))


def t_quantile(df: Floats) -> Floats:
    """The two-sided 95 % point of Student's t; NaN where ``df`` is not positive."""
    from scipy.special import stdtrit

    df = np.asarray(df, dtype=float)
    safe = np.where(df > 0, df, 1.0)
    return np.where(df > 0, stdtrit(safe, 0.5 + CONFIDENCE / 2), np.nan)


def t_p_value(difference: Floats, se: Floats, df: Floats) -> Floats:
    """Two-sided p of difference / se; without any variation 1 for no difference and 0 for one."""
    from scipy.special import stdtr

    difference, se, df = np.broadcast_arrays(*(np.asarray(a, dtype=float) for a in (difference, se, df)))
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(difference) / se
    t = np.where((se == 0) & (difference == 0), 0.0, t)
    p = 2 * stdtr(np.where(df > 0, df, 1.0), -np.where(np.isnan(t), 0.0, t))
    return np.where((df > 0) & ~np.isnan(t), p, np.nan)


def normal_p_value(difference: Floats, se: Floats) -> Floats:
    """Two-sided p by the normal distribution."""
    return t_p_value(difference, se, np.full(np.shape(difference), np.inf))


def wilson(share: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Wilson's score interval (1927; Newcombe 1998, method 3); ``n`` may be an effective, fractional n."""
    z2 = z_quantile() ** 2
    share, n = np.asarray(share, dtype=float), np.asarray(n, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = np.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = np.where(share <= 0, 0.0, centre - half)
    high = np.where(share >= 1, 1.0, centre + half)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def adjusted_wald_nps(net: Floats, either: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Adjusted Wald interval of promoters minus detractors (Rocks 2016): 3/4 added to each, 3 to n.

    ``net`` = p - d, ``either`` = p + d, both as shares of ``n``.
    """
    net, either, n = (np.asarray(a, dtype=float) for a in (net, either, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = net * n / (n + 3)
        spread = (either * n + 1.5) / (n + 3) - centre**2
        half = z_quantile() * np.sqrt(np.maximum(spread, 0) / (n + 3))
    low, high = np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)


def poisson_rate(events: Floats, exposure: Floats) -> tuple[Floats, Floats]:
    """Exact (Garwood 1936) interval of events / exposure; ``events`` may be fractional."""
    from scipy.special import gammaincinv

    events, exposure = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    tail = (1 - CONFIDENCE) / 2
    lower = np.where(events > 0, gammaincinv(np.where(events > 0, events, 1.0), tail), 0.0)
    upper = gammaincinv(np.maximum(events, 0) + 1, 1 - tail)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(exposure > 0, lower / exposure, np.nan), np.where(exposure > 0, upper / exposure, np.nan)


def mean_variance(n: Floats, weight: Floats, mean: Floats, q0: Floats, q1: Floats, q2: Floats) -> Floats:
    """Sampling variance of a weighted mean of n independent responses; NaN below two.

    ``q0 q1 q2`` = sums of w², w²y and w²y². With equal weights it is s²/n.
    """
    residual = np.maximum(q2 - 2 * mean * q1 + mean**2 * q0, 0.0)
    # Sums of squares cancel when all answers are equal: what is left is rounding, not variation.
    residual = np.where(residual < 1e-9 * np.maximum(q2, 1e-300), 0.0, residual)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(n > 1, residual / weight**2 * n / (n - 1), np.nan)


@dataclass(frozen=True)
class Clustered:
    """Ratios sum(num)/sum(den) with their variance clustered by store; one element per group.

    ``residual`` has one element per row (group x store): num - ratio * den.
    """

    ratio: Floats
    weight: Floats
    clusters: Floats
    variance: Floats
    df: Floats
    residual: Floats


def clustered(num: Floats, den: Floats, group: Ints, groups: int) -> Clustered:
    """Ratio and sandwich variance of each group; one row per group and store.

    CR1 with t(J - 1) from 30 stores on, below that CR2 with Satterthwaite's df; NaN for one store.
    """
    weight = per_group(group, den, groups)
    clusters = per_group(group, den > 0, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = per_group(group, num, groups) / weight
        residual = num - ratio[group] * den
        variance = cr1_variance(residual, weight, clusters, group)
        df = clusters - 1
        few = clusters < FEW_CLUSTERS
        if few.any():
            variance2, df2 = cr2_variance(residual, den, weight, group)
            variance, df = np.where(few, variance2, variance), np.where(few, df2, df)
    several = clusters > 1
    return Clustered(
        ratio, weight, clusters, np.where(several, variance, np.nan), np.where(several, df, np.nan), residual
    )


def cr1_variance(residual: Floats, weight: Floats, clusters: Floats, group: Ints) -> Floats:
    """Stata's CR1: J/(J-1) * sum(e²) / W²."""
    squares = per_group(group, residual**2, len(weight))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(clusters / (clusters - 1) * squares / weight**2)


def cr2_variance(residual: Floats, den: Floats, weight: Floats, group: Ints) -> tuple[Floats, Floats]:
    """CR2 and Satterthwaite's df for an intercept alone, in closed form (Bell & McCaffrey 2002)."""
    groups = len(weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        spare = 1 - den / weight[group]
        squares = np.where(spare > 1e-12, residual**2 / spare, 0.0)
        variance = per_group(group, squares, groups) / weight**2
        size2 = den**2
        lifted = np.where(spare > 1e-12, size2 / spare, 0.0)
        cross = per_group(group, lifted, groups) ** 2 - np.bincount(group, lifted**2, groups)
        df = weight**2 / (per_group(group, size2, groups) + cross / weight**2)
    return variance, df


def design_effect(variance: Floats, simple_variance: Floats, df: Floats) -> Floats:
    """Clustered / simple random sampling variance, at least 1; 1 where either is missing.

    Times (t / z)², because a variance of few clusters is itself uncertain (Korn & Graubard 1998,
    Surv. Methodol. 24:193-201).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = variance / simple_variance * (t_quantile(df) / z_quantile()) ** 2
    return np.where(np.isfinite(effect), np.maximum(effect, 1.0), 1.0)


def effective_n(weight: Floats, weight2: Floats) -> Floats:
    """Kish: (sum of w)² / sum of w²."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(weight2 > 0, weight**2 / weight2, 0.0))


def t_interval(value: Floats, variance: Floats, df: Floats) -> tuple[Floats, Floats]:
    """Value ± t * se; NaN where the variance is unknown."""
    half = t_quantile(df) * np.sqrt(variance)
    return value - half, value + half


def adjusted_p_values(p: Any) -> Floats:
    """Benjamini-Hochberg (1995); missing p-values do not count in the family."""
    p = np.asarray(p, dtype=float)
    result = np.full(p.shape, np.nan)
    valid = np.flatnonzero(~np.isnan(p))
    if len(valid):
        order = valid[np.argsort(-p[valid], kind="stable")]
        rank = np.arange(len(order), 0, -1)
        result[order] = np.minimum(np.minimum.accumulate(p[order] * len(order) / rank), 1.0)
    return result


def adjusted_p_values_holm(p: Any) -> Floats:
    """Holm (1979): for decisions with consequences; missing p-values do not count in the family."""
    p = np.asarray(p, dtype=float)
    result = np.full(p.shape, np.nan)
    valid = np.flatnonzero(~np.isnan(p))
    order = valid[np.argsort(p[valid], kind="stable")]
    left = np.arange(len(order), 0, -1)
    result[order] = np.minimum(np.maximum.accumulate(p[order] * left), 1.0)
    return result
