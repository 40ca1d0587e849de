"""Means of clustered, weighted and stratified samples with their design effects.

Kish (1965); Lumley (2004), J. Statistical Software 9(8); Bell & McCaffrey (2002).
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats, cr1_variance, cr2_variance, per_group, t_quantile


@dataclass(frozen=True)
class ClusteredMean:
    """A mean of answers in stores.

    Attributes:
        se_simple: as if the answers were a simple random sample. se_cr0, se_cr1, se_cr2: clustered, without and with
            small-sample corrections. df_cr2: Satterthwaite's. design_effect: (se_cr1 / se_simple)².
        se_finite: CR1 with finite population correction, if the number of clusters there are is known.
    """

    mean: float
    se_simple: float
    se_cr0: float
    se_cr1: float
    se_cr2: float
    df_cr2: float
    se_finite: float
    design_effect: float
    clusters: int
    n: int


def clustered_mean(
    value: ArrayLike, cluster: Sequence[Hashable], clusters_there_are: float = math.inf
) -> ClusteredMean | NotEstimable:
    """The mean of equally weighted answers, with every variance that its clusters call for."""
    from sq.statistics.crossed import coded

    y = np.asarray(value, dtype=float)
    names, code = coded(cluster)
    if len(names) < 2:
        return TOO_FEW
    size = per_group(code, np.ones(len(y)), len(names))
    residual = per_group(code, y - y.mean(), len(names))
    one = np.zeros(len(names), dtype=np.intp)
    weight, count = np.array([float(len(y))]), np.array([float(len(names))])
    cr1 = float(cr1_variance(residual, weight, count, one)[0])
    cr2, df = (float(part[0]) for part in cr2_variance(residual, size, weight, one))
    simple = float(y.var(ddof=1) / len(y))
    return ClusteredMean(
        float(y.mean()),
        math.sqrt(simple),
        math.sqrt(float((residual**2).sum())) / len(y),
        math.sqrt(cr1),
        math.sqrt(cr2),
        df,
        math.sqrt(cr1 * (1 - len(names) / clusters_there_are)),
        cr1 / simple,
        len(names),
        len(y),
    )


@dataclass(frozen=True)
class StratifiedMean:
    """A weighted mean over strata with its t interval; ``df`` = answers - strata."""

    mean: float
    se: float
    low: float
    high: float
    df: float


def stratified_mean(
    value: ArrayLike, stratum: Sequence[Hashable], weight: ArrayLike, stratum_size: ArrayLike | None = None
) -> StratifiedMean | NotEstimable:
    """sum(wy)/sum(w) with linearised variance inside strata, finite population correction where sizes are known.

    ``stratum_size``: how many there are in each answer's stratum.
    """
    from sq.statistics.crossed import coded

    y, w = np.asarray(value, dtype=float), np.asarray(weight, dtype=float)
    names, code = coded(stratum)
    n = per_group(code, np.ones(len(y)), len(names))
    if (n < 2).any():
        return TOO_FEW
    mean = float((w * y).sum() / w.sum())
    z = w * (y - mean) / w.sum()
    centred = z - (per_group(code, z, len(names)) / n)[code]
    squares = per_group(code, centred**2, len(names)) * n / (n - 1)
    variance = float((squares * _finite(code, n, stratum_size)).sum())
    df = float(len(y) - len(names))
    half = float(t_quantile(np.array([df]))[0]) * math.sqrt(variance)
    return StratifiedMean(mean, math.sqrt(variance), mean - half, mean + half, df)


def _finite(code: np.ndarray, n: Floats, stratum_size: ArrayLike | None) -> Floats:
    if stratum_size is None:
        return np.ones(len(n))
    there_are = np.zeros(len(n))
    there_are[code] = np.asarray(stratum_size, dtype=float)
    return np.asarray(1 - n / there_are)


def bootstrap_mean(
    value: ArrayLike, store: Sequence[Hashable], runs: int = 2000, seed: int = 1, confidence: float = 0.95
) -> tuple[float, float] | NotEstimable:
    """BCa interval of a mean from resampled stores, not answers, by scipy; below 15 stores it is too narrow."""
    from scipy.stats import bootstrap

    from sq.statistics.crossed import coded

    y = np.asarray(value, dtype=float)
    names, code = coded(store)
    if len(names) < 3 or np.ptp(y) == 0:
        return TOO_FEW
    total, size = per_group(code, y, len(names)), per_group(code, np.ones(len(y)), len(names))

    def ratio(t: Floats, n: Floats, axis: int = -1) -> Floats:
        return np.asarray(t.sum(axis=axis) / n.sum(axis=axis))

    found = bootstrap(
        (total, size),
        ratio,
        paired=True,
        vectorized=True,
        n_resamples=runs,
        confidence_level=confidence,
        method="BCa",
        rng=np.random.default_rng(seed),
    )
    return float(found.confidence_interval.low), float(found.confidence_interval.high)
