"""Which drivers move an outcome: shares of R² by LMG or by Johnson's relative weights.

Lindeman, Merenda & Gold (1980); Grömping (2006), J. Statistical Software 17(1); Johnson (2000), Multivariate
Behavioral Research 35:1-19.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import COLLINEAR, NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats
from sq.statistics.regression import bootstrap_rows, independent, percentile_interval

MOST_FOR_LMG = 12  # 2^12 regressions; above it Johnson's weights
ANSWERS_PER_DRIVER = 10


@dataclass(frozen=True)
class Importance:
    """Shares of R² of each driver.

    Attributes:
        method: lmg or johnson. r2: of all drivers. weight: per driver, summing to r2. share: weight / r2.
        first: R² of each driver alone. last: what each adds to all others. pratt: beta times correlation.
        beta: standardised coefficients. inflation: variance inflation factors.
        correlation: with the outcome; its sign is shown, a suppressor has a beta of the other sign.
        low, high: 95 % bootstrap interval of the share (NaN if not asked for). top: P(largest share).
        n: complete rows. highest_correlation: between two drivers; above .85 they can hardly be told apart.
    """

    method: str
    r2: float
    weight: Floats
    first: Floats
    last: Floats
    pratt: Floats
    beta: Floats
    inflation: Floats
    correlation: Floats
    low: Floats
    high: Floats
    top: Floats
    n: int
    highest_correlation: float

    @property
    def share(self) -> Floats:
        """Weight as a share of R²."""
        return self.weight / self.r2


def importance(
    outcome: ArrayLike, drivers: ArrayLike, runs: int = 0, seed: int = 1, cluster: Any = None, method: str = ""
) -> Importance | NotEstimable:
    """LMG up to 12 drivers, Johnson's weights above; with ``runs`` bootstrap resamples of rows or whole clusters."""
    y, x = np.asarray(outcome, dtype=float), np.asarray(drivers, dtype=float)
    whole = ~(np.isnan(y) | np.isnan(x).any(axis=1))
    y, x = y[whole], x[whole]
    clusters = None if cluster is None else np.asarray(cluster)[whole]
    n, k = x.shape
    if k < 1 or n < max(ANSWERS_PER_DRIVER, k + 2):
        return TOO_FEW
    if np.ptp(y) == 0 or (np.ptp(x, axis=0) == 0).any():
        return NO_VARIATION
    if not independent(x):
        return COLLINEAR
    chosen = method or ("lmg" if k <= MOST_FOR_LMG else "johnson")
    matrix = np.corrcoef(np.column_stack([y, x]), rowvar=False)
    weight = _weights(matrix, chosen)
    low, high, top = _bootstrap(y, x, chosen, runs, seed, clusters)
    inner, r = matrix[1:, 1:], matrix[0, 1:]
    inverse = np.linalg.inv(inner)
    beta = inverse @ r
    apart = np.abs(inner - np.eye(k)).max() if k > 1 else 0.0
    return Importance(
        chosen,
        float(r @ beta),
        weight,
        r**2,
        beta**2 / np.diag(inverse),
        beta * r,
        beta,
        np.diag(inverse),
        r,
        low,
        high,
        top,
        n,
        float(apart),
    )


def _weights(matrix: Floats, method: str) -> Floats:
    return lmg(matrix) if method == "lmg" else johnson(matrix)


def lmg(matrix: Floats) -> Floats:
    """Shapley shares of R² from the correlation matrix of the outcome (first) and the drivers."""
    inner, r = matrix[1:, 1:], matrix[0, 1:]
    k = len(r)
    r2 = _all_r2(inner, r)
    size = np.array([bin(s).count("1") for s in range(1 << k)])
    chance = np.array([math.factorial(s) * math.factorial(k - s - 1) / math.factorial(k) for s in range(k)])
    found = np.zeros(k)
    for driver in range(k):
        bit = 1 << driver
        without = np.array([s for s in range(1 << k) if not s & bit])
        found[driver] = float((chance[size[without]] * (r2[without | bit] - r2[without])).sum())
    return found


def _all_r2(inner: Floats, r: Floats) -> Floats:
    """R² of every subset of the drivers; subset = bits of the index. Solved in batches of one size."""
    k = len(r)
    r2 = np.zeros(1 << k)
    members = [[d for d in range(k) if s >> d & 1] for s in range(1 << k)]
    for size in range(1, k + 1):
        sets = [s for s in range(1 << k) if len(members[s]) == size]
        rows = np.array([members[s] for s in sets])
        parts = inner[rows[:, :, None], rows[:, None, :]]
        sides = r[rows]
        r2[sets] = np.einsum("ij,ij->i", sides, np.linalg.solve(parts, sides[:, :, None])[:, :, 0])
    return r2


def johnson(matrix: Floats) -> Floats:
    """Relative weights: Lambda = V D^½ V', w = Lambda² (Lambda⁻¹ r)²."""
    inner, r = matrix[1:, 1:], matrix[0, 1:]
    values, vectors = np.linalg.eigh(inner)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 0))) @ vectors.T
    return np.asarray(root**2 @ np.linalg.solve(root, r) ** 2)


def _bootstrap(y: Floats, x: Floats, method: str, runs: int, seed: int, cluster: Any) -> tuple[Floats, Floats, Floats]:
    k = x.shape[1]
    if not runs:
        return np.full(k, np.nan), np.full(k, np.nan), np.full(k, np.nan)
    shares = []
    for rows in bootstrap_rows(len(y), runs, seed, cluster):
        if np.ptp(y[rows]) == 0 or not independent(x[rows]):
            continue
        weight = _weights(np.corrcoef(np.column_stack([y[rows], x[rows]]), rowvar=False), method)
        shares.append(weight / weight.sum())
    drawn = np.array(shares).reshape(-1, k)
    limits = [percentile_interval(drawn[:, d]) for d in range(k)]
    top = np.bincount(drawn.argmax(axis=1), minlength=k) / max(len(drawn), 1) if len(drawn) else np.full(k, np.nan)
    return np.array([low for low, _ in limits]), np.array([high for _, high in limits]), np.asarray(top, dtype=float)
