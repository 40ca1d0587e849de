"""Did it work, what hangs together, what is it worth: difference in differences, links of stores, value of an action.

Bertrand, Duflo & Mullainathan (2004); Bliese (2000); Preacher & Hayes (2004). Nothing here proves a cause.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.crossed import coded
from sq.statistics.estimable import NO_VARIATION, OUT_OF_RANGE, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats
from sq.statistics.linkage import within
from sq.statistics.regression import Fit, drawn_counts, least_squares, percentile_interval

MEDIATION_RUNS = 5000


@dataclass(frozen=True)
class DifferenceInDifferences:
    """Change of the treated minus change of the others.

    Attributes:
        effect, se, low, high, p: clustered by store (CR1, t on stores - 1). se_pooled, se_hc1: without and with unequal
            variances, as if every measurement stood alone; se_means: from the four groups' own variances.
        treated, others: stores.
        means: (treated, after) → mean.
    """

    effect: float
    se: float
    low: float
    high: float
    p: float
    se_pooled: float
    se_hc1: float
    se_means: float
    treated: int
    others: int
    means: dict[tuple[bool, bool], float]


def difference_in_differences(
    value: ArrayLike, treated: ArrayLike, after: ArrayLike, store: Sequence[Hashable]
) -> DifferenceInDifferences | NotEstimable:
    """Two groups, two periods: value on treated, after and both; rows with a gap are left out."""
    y, t, d = (np.asarray(a, dtype=float) for a in (value, treated, after))
    whole = ~np.isnan(y)
    y, t, d = y[whole], t[whole], d[whole]
    names = np.asarray(list(store), dtype=object)[whole]
    groups = {(bool(a), bool(b)): y[(t == a) & (d == b)] for a in (0, 1) for b in (0, 1)}
    if min(len(part) for part in groups.values()) < 2:
        return TOO_FEW
    columns = np.column_stack([t, d, t * d])
    plain, clustered = least_squares(y, columns), least_squares(y, columns, names)
    if isinstance(plain, NotEstimable):
        return plain
    if isinstance(clustered, NotEstimable):
        return clustered
    low, high = clustered.interval(3)
    return DifferenceInDifferences(
        float(clustered.coefficient[3]),
        float(clustered.se[3]),
        low,
        high,
        clustered.p(3),
        float(plain.se[3]),
        hc1(columns, plain),
        math.sqrt(sum(float(part.var(ddof=1)) / len(part) for part in groups.values())),
        len(set(names[t == 1])),
        len(set(names[t == 0])),
        {key: float(part.mean()) for key, part in groups.items()},
    )


def hc1(columns: Floats, fit: Fit) -> float:
    """Error of the last coefficient with unequal variances: n / (n - k) times the sandwich."""
    design = np.column_stack([np.ones(len(columns)), columns])
    inverse = np.linalg.inv(design.T @ design)
    scores = design * fit.residual[:, None]
    n, k = design.shape
    return float(np.sqrt((n / (n - k) * inverse @ (scores.T @ scores) @ inverse)[-1, -1]))


def store_changes(
    value: ArrayLike, treated: ArrayLike, after: ArrayLike, store: Sequence[Hashable]
) -> Fit | NotEstimable:
    """The same with store effects: change of each store that was measured in both periods, on being treated."""
    y, t, d = (np.asarray(a, dtype=float) for a in (value, treated, after))
    before: dict[Hashable, float] = {}
    later: dict[Hashable, float] = {}
    group: dict[Hashable, float] = {}
    for name, one, is_treated, is_after in zip(store, y, t, d, strict=True):
        if not math.isnan(one):
            (later if is_after else before)[name] = float(one)
            group[name] = float(is_treated)
    both = [name for name in before if name in later]
    return (
        least_squares([later[name] - before[name] for name in both], [group[name] for name in both])
        if both
        else TOO_FEW
    )


@dataclass(frozen=True)
class Correlation:
    """r over stores with Fisher's interval; ``n`` = stores, never respondents."""

    r: float
    low: float
    high: float
    p: float
    n: int


def correlation(x: ArrayLike, y: ArrayLike, confidence: float = 0.95) -> Correlation | NotEstimable:
    """Pearson's r of two columns of store means; pairs with a gap are left out."""
    from scipy.special import ndtri, stdtr

    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    both = ~(np.isnan(a) | np.isnan(b))
    a, b = a[both], b[both]
    n = len(a)
    if n < 4:
        return TOO_FEW
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        return NO_VARIATION
    r = float(np.clip(np.corrcoef(a, b)[0, 1], -1, 1))
    half = float(ndtri(0.5 + confidence / 2)) / math.sqrt(n - 3)
    centre = math.atanh(max(min(r, 1 - 1e-12), -1 + 1e-12))
    t = r * math.sqrt((n - 2) / max(1 - r * r, 1e-300))
    return Correlation(r, math.tanh(centre - half), math.tanh(centre + half), float(2 * stdtr(n - 2, -abs(t))), n)


def mean_reliability(mean: ArrayLike, within_variance: ArrayLike, n: ArrayLike) -> float | NotEstimable:
    """1 - mean(within variance / n) / variance of the store means: how much of what differs is not chance."""
    y = np.asarray(mean, dtype=float)
    if len(y) < 3:
        return TOO_FEW
    observed = float(y.var(ddof=1))
    if observed == 0:
        return NO_VARIATION
    found = 1 - float(np.mean(np.asarray(within_variance, dtype=float) / np.asarray(n, dtype=float))) / observed
    return found if found > 0 else OUT_OF_RANGE


def disattenuated(r: float, reliability_x: float, reliability_y: float) -> float | NotEstimable:
    """r without measurement error: r / sqrt(rel_x rel_y); above 1 it means nothing. Spearman (1904)."""
    if min(reliability_x, reliability_y) <= 0:
        return OUT_OF_RANGE
    found = r / math.sqrt(reliability_x * reliability_y)
    return found if abs(found) <= 1 else OUT_OF_RANGE


@dataclass(frozen=True)
class Mediation:
    """x → m → y: a, b, what is left (direct) and total, the indirect a*b with its bootstrap interval over stores.

    Attributes:
        p: the larger one of a's and b's (joint significance): the bootstrap alone raises too many alarms where one of
            the two is nothing.
    """

    a: float
    b: float
    direct: float
    total: float
    indirect: float
    low: float
    high: float
    bootstrap_se: float
    sobel_se: float
    p: float
    n: int

    @property
    def sobel_z(self) -> float:
        """Indirect / Sobel's standard error: only a check."""
        return self.indirect / self.sobel_se


def mediation(
    x: ArrayLike,
    m: ArrayLike,
    y: ArrayLike,
    group: Sequence[Hashable] | None = None,
    runs: int = MEDIATION_RUNS,
    seed: int = 1,
) -> Mediation | NotEstimable:
    """Least squares with a percentile bootstrap of rows (one row per store); ``group``: a level of its own for each.

    MacKinnon et al. (2002), Psychological Methods 7:83-104, for p.
    """
    columns = np.column_stack([np.asarray(part, dtype=float) for part in (x, m, y)])
    whole = ~np.isnan(columns).any(axis=1)
    columns = columns[whole]
    code = np.zeros(len(columns), dtype=int)
    if group is not None:
        code = coded([key for key, known in zip(group, whole, strict=True) if known])[1]
    levels = (code[:, None] == np.arange(1, int(code.max(initial=0)) + 1)).astype(float)
    first = least_squares(columns[:, 1], np.column_stack([columns[:, 0], levels]))
    second = least_squares(columns[:, 2], np.column_stack([columns[:, :2], levels]))
    if isinstance(first, NotEstimable):
        return first
    if isinstance(second, NotEstimable):
        return second
    a, b, direct = (float(value) for value in (first.coefficient[1], second.coefficient[2], second.coefficient[1]))
    drawn = _indirect(np.column_stack([within(column, code) for column in columns.T]), runs, seed)
    low, high = percentile_interval(drawn)
    return Mediation(
        a=a,
        b=b,
        direct=direct,
        total=direct + a * b,  # of least squares, exactly
        indirect=a * b,
        low=low,
        high=high,
        bootstrap_se=float(np.nanstd(drawn, ddof=1)),
        sobel_se=math.sqrt(a**2 * float(second.se[2]) ** 2 + b**2 * float(first.se[1]) ** 2),
        p=max(first.p(1), second.p(2)),
        n=len(columns),
    )


def _indirect(columns: Floats, runs: int, seed: int) -> Floats:
    """a*b of every resample, all at once: how often each row was drawn times its products."""
    x, m, y = columns.T
    products = np.column_stack([x, m, y, x * x, x * m, m * m, x * y, m * y])
    one, two, three, xx, xm, mm, xy, my = (drawn_counts(len(columns), runs, seed) @ products).T / len(columns)
    xx, xm, mm = xx - one * one, xm - one * two, mm - two * two
    xy, my = xy - one * three, my - two * three
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(xm / xx * (my * xx - xy * xm) / (mm * xx - xm**2))


@dataclass(frozen=True)
class ActionValue:
    """What stores that are higher on a driver have more of an outcome: never "will rise".

    Attributes:
        delta: how far the driver moves. effect, se, low, high: of the outcome. predicted: the mean outcome then.
        capped: the outcome's scale ends before. alone: by the simple slope, which also counts what moves along.
    """

    current: float
    delta: float
    coefficient: float
    effect: float
    se: float
    low: float
    high: float
    predicted: float
    capped: bool
    alone: float
    df: float


def action_value(
    outcome: ArrayLike,
    drivers: ArrayLike,
    driver: int,
    target: float,
    scale: tuple[float, float] = (0.0, 100.0),
    cluster: Any = None,
) -> ActionValue | NotEstimable:
    """Coefficient of a driver beside the others x (target - current); zero where the target is reached already."""
    y, x = np.asarray(outcome, dtype=float), np.asarray(drivers, dtype=float)
    fit = least_squares(y, x, cluster)
    if isinstance(fit, NotEstimable):
        return fit
    alone = least_squares(y, x[:, driver], cluster)
    current = float(np.nanmean(x[:, driver]))
    delta = max(target - current, 0.0)
    b, se = float(fit.coefficient[driver + 1]), float(fit.se[driver + 1])
    low, high = (limit * delta for limit in fit.interval(driver + 1))
    mean = float(np.nanmean(y))
    predicted = min(max(mean + b * delta, scale[0]), scale[1])
    slope = math.nan if isinstance(alone, NotEstimable) else float(alone.coefficient[1])
    return ActionValue(
        current,
        delta,
        b,
        b * delta,
        se * delta,
        low,
        high,
        predicted,
        predicted != mean + b * delta,
        slope * delta,
        fit.df,
    )


def joint_value(fit: Fit, deltas: ArrayLike) -> tuple[float, float]:
    """Effect of moving several drivers at once and its standard error, with the full covariance: d'Vd."""
    d = np.asarray(deltas, dtype=float)
    return float(fit.coefficient[1:] @ d), float(np.sqrt(d @ fit.covariance[1:, 1:] @ d))


def phi_coefficient(table: ArrayLike) -> float | NotEstimable:
    """Correlation of two yes/no marks from their 2x2 table; single persons, not areas. Robinson (1950)."""
    (a, b), (c, d) = np.asarray(table, dtype=float)
    spread = (a + b) * (c + d) * (a + c) * (b + d)
    return NO_VARIATION if spread == 0 else float((a * d - b * c) / math.sqrt(spread))
