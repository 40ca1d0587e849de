"""Do assessors agree: intraclass correlations, Krippendorff's alpha, kappa."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

Scale = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True)
class Icc:
    """One intraclass correlation with its F test and 95 % interval."""

    icc: float
    f: float
    df1: float
    df2: float
    low: float
    high: float


def intraclass_correlations(ratings: ArrayLike, alpha: float = 0.05) -> dict[str, Icc] | NotEstimable:
    """The six forms of Shrout & Fleiss (1979), Psychol. Bull. 86:420-428; McGraw & Wong (1996).

    ``ratings``: targets (stores) x judges (shoppers), complete. ICC1: other judges for each target; ICC2: the same
    panel, absolute agreement; ICC3 takes severity out and must not be used to claim that scores are comparable.
    """
    x = np.asarray(ratings, dtype=float)
    n, k = x.shape
    if n < 2 or k < 2:
        return TOO_FEW
    grand = x.mean()
    rows, columns = x.mean(1) - grand, x.mean(0) - grand
    msr = k * float(rows @ rows) / (n - 1)
    msc = n * float(columns @ columns) / (k - 1)
    mse = float(((x - grand - rows[:, None] - columns[None, :]) ** 2).sum()) / ((n - 1) * (k - 1))
    msw = float(((x - x.mean(1, keepdims=True)) ** 2).sum()) / (n * (k - 1))
    if msw == 0 or mse == 0:
        return NO_VARIATION
    return {
        **_one_way(msr, msw, n, k, alpha),
        **_two_way_random(msr, msc, mse, n, k, alpha),
        **_two_way_mixed(msr, mse, n, k, alpha),
    }


def _limits(f: float, df1: float, df2: float, alpha: float) -> tuple[float, float]:
    from scipy.stats import f as fisher

    return f / float(fisher.ppf(1 - alpha / 2, df1, df2)), f * float(fisher.ppf(1 - alpha / 2, df2, df1))


def _one_way(msr: float, msw: float, n: int, k: int, alpha: float) -> dict[str, Icc]:
    f, df1, df2 = msr / msw, n - 1, n * (k - 1)
    low, high = _limits(f, df1, df2, alpha)
    one = (msr - msw) / (msr + (k - 1) * msw)
    return {
        "ICC1_1": Icc(one, f, df1, df2, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)),
        "ICC1_k": Icc((msr - msw) / msr, f, df1, df2, 1 - 1 / low, 1 - 1 / high),
    }


def _two_way_mixed(msr: float, mse: float, n: int, k: int, alpha: float) -> dict[str, Icc]:
    f, df1, df2 = msr / mse, n - 1, (n - 1) * (k - 1)
    low, high = _limits(f, df1, df2, alpha)
    one = (msr - mse) / (msr + (k - 1) * mse)
    return {
        "ICC3_1": Icc(one, f, df1, df2, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)),
        "ICC3_k": Icc((msr - mse) / msr, f, df1, df2, 1 - 1 / low, 1 - 1 / high),
    }


def _two_way_random(msr: float, msc: float, mse: float, n: int, k: int, alpha: float) -> dict[str, Icc]:
    from scipy.stats import f as fisher

    f, df1, df2 = msr / mse, n - 1, (n - 1) * (k - 1)
    one = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    average = (msr - mse) / (msr + (msc - mse) / n)
    fj = msc / mse
    top = (k - 1) * (n - 1) * (k * one * fj + n * (1 + (k - 1) * one) - k * one) ** 2
    v = top / ((n - 1) * k**2 * one**2 * fj**2 + (n * (1 + (k - 1) * one) - k * one) ** 2)
    f_low, f_high = float(fisher.ppf(1 - alpha / 2, n - 1, v)), float(fisher.ppf(1 - alpha / 2, v, n - 1))
    between = k * msc + (k * n - k - n) * mse
    low = n * (msr - f_low * mse) / (f_low * between + n * msr)
    high = n * (f_high * msr - mse) / (between + n * f_high * msr)
    stepped = [r * k / (1 + r * (k - 1)) for r in (low, high)]
    return {
        "ICC2_1": Icc(one, f, df1, df2, low, high),
        "ICC2_k": Icc(average, f, df1, df2, stepped[0], stepped[1]),
    }


@dataclass(frozen=True)
class Anova:
    """One-way analysis of variance of answers in groups (stores) of any sizes.

    ``icc1``: share of variance between groups; ``icc2``: reliability of a group's mean of ``n0`` answers; n0 is the
    size that equal groups would have.
    """

    icc1: float
    icc2: float
    f: float
    n0: float
    groups: int


def one_way(values: ArrayLike, group: Any) -> Anova | NotEstimable:
    """ICC(1) and ICC(2) for aggregation. Bliese (2000); Donner & Klar (2000) for n0."""
    from sq.statistics.crossed import coded

    y = np.asarray(values, dtype=float)
    names, code = coded(group)
    sizes, n, k = np.bincount(code).astype(float), len(y), len(names)
    if k < 2 or n <= k:
        return TOO_FEW
    means = np.bincount(code, y) / sizes
    msb = float((sizes * (means - y.mean()) ** 2).sum()) / (k - 1)
    msw = float(((y - means[code]) ** 2).sum()) / (n - k)
    n0 = float(n - (sizes**2).sum() / n) / (k - 1)
    if msb == 0:
        return NO_VARIATION
    f = msb / msw if msw else math.inf
    return Anova((msb - msw) / (msb + (n0 - 1) * msw), (msb - msw) / msb, f, n0, k)


def krippendorff_alpha(ratings: ArrayLike, scale: Scale = "interval") -> float | NotEstimable:
    """Agreement of any number of observers with gaps: 1 - observed / expected disagreement.

    ``ratings``: observers x units, NaN where missing. Krippendorff (2004), Content Analysis, ch. 11.
    """
    x = np.asarray(ratings, dtype=float)
    counted = x[:, (~np.isnan(x)).sum(0) >= 2]
    values = np.unique(counted[~np.isnan(counted)])
    if counted.shape[1] == 0:
        return TOO_FEW
    if len(values) < 2:
        return NO_VARIATION
    each = np.array([[(counted[:, u] == v).sum() for v in values] for u in range(counted.shape[1])], dtype=float)
    m = each.sum(1)
    pairs = (each.T / (m - 1)) @ each - np.diag((each / (m - 1)[:, None]).sum(0))
    totals = pairs.sum(1)
    apart = _distance(values, totals, scale)
    expected = float((np.outer(totals, totals) * apart).sum()) / (totals.sum() - 1)
    return float(1 - (pairs * apart).sum() / expected)


def _distance(values: Floats, totals: Floats, scale: Scale) -> Floats:
    """Squared distance of every pair of values on a scale."""
    a, b = values[:, None], values[None, :]
    if scale == "nominal":
        return np.asarray(a != b, dtype=float)
    if scale == "interval":
        return np.asarray((a - b) ** 2)
    if scale == "ratio":
        both = a + b
        apart = np.divide(a - b, both, out=np.zeros(np.broadcast(a, b).shape), where=both != 0)
        return np.asarray(apart**2)
    rank = np.cumsum(totals) - totals / 2
    return np.asarray((rank[:, None] - rank[None, :]) ** 2)


@dataclass(frozen=True)
class Kappa:
    """Agreement beyond chance beside the plain share of agreement.

    With a rare category kappa is low although nearly all agree.
    """

    kappa: float
    z: float
    agreement: float


def fleiss_kappa(ratings: Any) -> Kappa | NotEstimable:
    """Any number of judges, nominal; ``ratings``: subjects x judges, complete. Fleiss (1971), Psychol. Bull. 76:378."""
    table = np.asarray(ratings, dtype=object)
    names = sorted({str(v) for v in table.ravel()})
    if len(names) < 2:
        return NO_VARIATION
    each = np.array([[sum(str(v) == name for v in row) for name in names] for row in table], dtype=float)
    n, m = each.shape[0], each[0].sum()
    if m < 2:
        return TOO_FEW
    share = each.sum(0) / (n * m)
    agreement = float(((each**2).sum(1) - m).mean() / (m * (m - 1)))
    chance = float((share**2).sum())
    kappa = (agreement - chance) / (1 - chance)
    spare = float((share * (1 - share)).sum())
    variance = 2 * (spare**2 - float((share * (1 - share) * (1 - 2 * share)).sum())) / (spare**2 * n * m * (m - 1))
    return Kappa(kappa, kappa / math.sqrt(variance), agreement)


def cohen_kappa(
    first: Any, second: Any, weights: Literal["unweighted", "linear", "squared"] = "unweighted"
) -> Kappa | NotEstimable:
    """Two judges; categories in sorted order for the weights. Cohen (1960, 1968); by statsmodels."""
    from statsmodels.stats.inter_rater import cohens_kappa

    names = sorted({str(v) for v in [*first, *second]})
    if len(names) < 2:
        return NO_VARIATION
    place = {name: i for i, name in enumerate(names)}
    table = np.zeros((len(names), len(names)))
    for a, b in zip(first, second, strict=True):
        table[place[str(a)], place[str(b)]] += 1
    kind = {"unweighted": None, "linear": "linear", "squared": "quadratic"}[weights]
    found = cohens_kappa(table, wt=kind)
    return Kappa(float(found.kappa), float(found.z_value), float(np.trace(table) / table.sum()))
