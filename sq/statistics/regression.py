"""Least squares with the variances that clustered answers need; the ground of drivers, links and effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import COLLINEAR, NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

SINGULAR = 1e-10  # smallest share of a column that must not follow from the others


@dataclass(frozen=True)
class Fit:
    """A linear regression; the intercept comes first.

    Attributes:
        coefficient, se: one per column. covariance: of the coefficients. df: of the residual. r2: share explained.
        residual: one per row.
    """

    coefficient: Floats
    se: Floats
    covariance: Floats
    df: float
    r2: float
    residual: Floats

    def interval(self, column: int, confidence: float = 0.95) -> tuple[float, float]:
        """t interval of a coefficient."""
        from scipy.special import stdtrit

        half = float(stdtrit(self.df, 0.5 + confidence / 2)) * float(self.se[column])
        return float(self.coefficient[column]) - half, float(self.coefficient[column]) + half

    def p(self, column: int) -> float:
        """Two-sided p of a coefficient."""
        from scipy.special import stdtr

        return float(2 * stdtr(self.df, -abs(float(self.coefficient[column])) / float(self.se[column])))


def least_squares(y: ArrayLike, x: ArrayLike, cluster: Any = None) -> Fit | NotEstimable:
    """y on x with an intercept; rows with a gap are left out. ``cluster``: CR1 with t on clusters - 1."""
    outcome, columns = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    columns = columns[:, None] if columns.ndim == 1 else columns
    whole = ~(np.isnan(outcome) | np.isnan(columns).any(axis=1))
    outcome, columns = outcome[whole], columns[whole]
    n, k = columns.shape[0], columns.shape[1] + 1
    if n <= k:
        return TOO_FEW
    if np.ptp(outcome) == 0:
        return NO_VARIATION
    design = np.column_stack([np.ones(n), columns])
    if not independent(columns):
        return COLLINEAR
    inverse = np.linalg.inv(design.T @ design)
    coefficient = inverse @ (design.T @ outcome)
    residual = outcome - design @ coefficient
    rss = float(residual @ residual)
    df, covariance = float(n - k), inverse * rss / (n - k)
    if cluster is not None:
        clustered = _clustered(design, residual, inverse, np.asarray(cluster)[whole])
        if isinstance(clustered, NotEstimable):
            return clustered
        covariance, df = clustered
    r2 = 1 - rss / float(((outcome - outcome.mean()) ** 2).sum())
    return Fit(coefficient, np.sqrt(np.diag(covariance)), covariance, df, r2, residual)


def independent(columns: Floats) -> bool:
    """Whether no column is constant or follows from the others."""
    spread = columns.std(axis=0)
    if (spread <= 0).any():
        return False
    standard = (columns - columns.mean(axis=0)) / spread
    values = np.linalg.eigvalsh(standard.T @ standard)  # squared singular values, ten times as fast for many rows
    return bool(len(columns) >= columns.shape[1] and values[0] > SINGULAR * values[-1])


def _clustered(design: Floats, residual: Floats, inverse: Floats, cluster: Any) -> tuple[Floats, float] | NotEstimable:
    from sq.statistics.crossed import coded

    names, code = coded(cluster.tolist())
    groups, (n, k) = len(names), design.shape
    if groups < 3:
        return TOO_FEW
    scores = np.zeros((groups, k))
    np.add.at(scores, code, design * residual[:, None])
    factor = groups / (groups - 1) * (n - 1) / (n - k)
    return factor * inverse @ (scores.T @ scores) @ inverse, float(groups - 1)


def bootstrap_rows(rows: int, runs: int, seed: int, cluster: Any = None) -> list[Any]:
    """Row numbers of each resample; whole clusters (stores) are drawn where they are given."""
    rng = np.random.default_rng(seed)
    if cluster is None:
        return [rng.integers(0, rows, rows) for _ in range(runs)]
    from sq.statistics.crossed import coded

    names, code = coded(list(cluster))
    members = [np.flatnonzero(code == i) for i in range(len(names))]
    return [np.concatenate([members[i] for i in rng.integers(0, len(names), len(names))]) for _ in range(runs)]


def drawn_counts(rows: int, runs: int, seed: int) -> Floats:
    """How often each row was drawn, runs x rows: enough for what depends on sums only."""
    drawn = np.random.default_rng(seed).integers(0, rows, (runs, rows))
    drawn += rows * np.arange(runs)[:, None]
    return np.bincount(drawn.ravel(), minlength=runs * rows).reshape(runs, rows).astype(float)


def percentile_interval(values: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """The percentile interval of bootstrap values (quantiles of type 7); NaN where none are finite."""
    found = np.asarray(values, dtype=float)
    found = found[np.isfinite(found)]
    if not len(found):
        return float("nan"), float("nan")
    low, high = np.quantile(found, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)
