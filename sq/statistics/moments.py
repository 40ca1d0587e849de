"""Drivers from the sums of squares of every store: resampling whole stores costs one matrix product.

Outcome and drivers are centred within their store first, so that what lifts a whole store (its place, its customers) is
not taken for an effect of a driver. Lindeman, Merenda & Gold (1980); Johnson (2000); see `sq.statistics.drivers`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.drivers import ANSWERS_PER_DRIVER, MOST_FOR_LMG, Importance
from sq.statistics.estimable import COLLINEAR, NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import FEW_CLUSTERS, Floats, Ints, per_group, t_p_value, t_quantile, z_quantile
from sq.statistics.regression import SINGULAR, percentile_interval

FEWEST_RESPONSES = 20  # a smaller group shows its parent's drivers (methods.md, Decisions)
MOST_BLOCKS = 500  # responses of few stores are resampled in random blocks of this number


@dataclass(frozen=True)
class Moments:
    """Sums of squares and products of outcome (first) and drivers around the means of their store.

    Attributes:
        squares: units x (1 + drivers) x (1 + drivers). A unit is a store, or a block of responses where there are fewer
            than 30 stores. n: responses. stores: how many. by_store: whether the units are stores.
    """

    squares: NDArray[np.float64]
    n: int
    stores: int
    by_store: bool

    def drawn(self, runs: int, seed: int = 1) -> NDArray[np.float64]:
        """Sums of squares of resampled units, runs x (1 + drivers) x (1 + drivers)."""
        units, size = len(self.squares), self.squares.shape[1]
        counts = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), runs)
        return np.asarray((counts @ self.squares.reshape(units, -1)).reshape(runs, size, size), dtype=float)


def centred(columns: Floats, store: Any) -> tuple[Floats, Ints, int]:
    """Columns less the means of their store; the number of each row's store; how many stores."""
    names, code = np.unique(np.asarray(store), return_inverse=True)
    size = np.bincount(code)
    means = np.column_stack([per_group(code, column, len(names)) / size for column in columns.T])
    return columns - means[code], code.astype(np.intp), len(names)


def moments(outcome: ArrayLike, drivers: ArrayLike, store: Any, seed: int = 1) -> Moments:
    """Moments of complete rows (no gaps)."""
    columns = np.column_stack([np.asarray(outcome, dtype=float), np.asarray(drivers, dtype=float)])
    left, code, stores = centred(columns, store)
    by_store = stores >= FEW_CLUSTERS
    if not by_store:
        blocks = min(len(left), MOST_BLOCKS)
        code = np.random.default_rng(seed).permutation(np.arange(len(left)) % blocks)
    order = np.argsort(code, kind="stable")
    edges = np.cumsum(np.bincount(code))[:-1]
    parts = np.split(left[order], edges)
    return Moments(np.array([part.T @ part for part in parts]), len(left), stores, by_store)


def correlations(squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation matrices of stacked sums of squares; NaN where a column does not vary."""
    spread = np.sqrt(np.einsum("rii->ri", squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(squares / spread[:, :, None] / spread[:, None, :])


def lmg_weights(matrices: NDArray[np.float64]) -> Floats:
    """Shapley shares of R² of stacked correlation matrices, outcome first; runs x drivers.

    Every subset of the drivers is swept out once, in all runs together.
    """
    runs, size, _ = matrices.shape
    k = size - 1
    r2 = np.zeros((1 << k, runs))
    _swept(matrices, 1, 0, r2)
    count = np.array([bin(s).count("1") for s in range(1 << k)])
    chance = np.array([math.factorial(s) * math.factorial(k - s - 1) / math.factorial(k) for s in range(k)])
    found = np.zeros((runs, k))
    for driver in range(k):
        without = np.flatnonzero(~np.arange(1 << k) >> driver & 1)
        gain = r2[without | 1 << driver] - r2[without]
        found[:, driver] = chance[count[without]] @ gain
    return found


def _swept(rest: NDArray[np.float64], first: int, subset: int, r2: Floats) -> None:
    """Put R² of every larger subset into its place: 1 less what is left of the outcome's variance."""
    for place in range(first, rest.shape[1]):
        column = rest[:, :, place]
        with np.errstate(divide="ignore", invalid="ignore"):
            left = rest - column[:, :, None] * column[:, None, :] / rest[:, place, place][:, None, None]
        larger = subset | 1 << (place - 1)
        r2[larger] = 1 - left[:, 0, 0]
        _swept(left, place + 1, larger, r2)


def johnson_weights(matrices: NDArray[np.float64]) -> Floats:
    """Johnson's relative weights of stacked correlation matrices, outcome first; runs x drivers."""
    inner, r = matrices[:, 1:, 1:], matrices[:, 0, 1:]
    values, vectors = np.linalg.eigh(inner)
    root = (vectors * np.sqrt(np.maximum(values, 1e-12))[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    return np.asarray(np.einsum("rij,rj->ri", root**2, np.linalg.solve(root, r[:, :, None])[:, :, 0] ** 2))


def importance_within(
    outcome: ArrayLike, drivers: ArrayLike, store: Any, runs: int = 200, seed: int = 1
) -> Importance | NotEstimable:
    """As `sq.statistics.drivers.importance`, within stores and with a bootstrap of whole stores. No gaps."""
    y, x = np.asarray(outcome, dtype=float), np.asarray(drivers, dtype=float)
    if len(y) < max(FEWEST_RESPONSES, ANSWERS_PER_DRIVER * x.shape[1]):
        return TOO_FEW
    found = moments(y, x, store, seed)
    whole = found.squares.sum(axis=0)
    if not _varies(whole):
        return NO_VARIATION
    if not _independent(whole[1:, 1:]):
        return COLLINEAR
    method, weigh = ("lmg", lmg_weights) if x.shape[1] <= MOST_FOR_LMG else ("johnson", johnson_weights)
    matrix = correlations(whole[None])[0]
    low, high, top = _spread(found, weigh, runs, seed)
    inverse, r = np.linalg.inv(matrix[1:, 1:]), matrix[0, 1:]
    beta = inverse @ r
    apart = float(np.abs(matrix[1:, 1:] - np.eye(len(r))).max()) if len(r) > 1 else 0.0
    weight, inflation = weigh(matrix[None])[0], np.diag(inverse)
    last = beta**2 / inflation
    return Importance(
        method, float(r @ beta), weight, r**2, last, beta * r, beta, inflation, r, low, high, top, found.n, apart
    )


def _varies(squares: Floats) -> bool:
    """Whether outcome and every driver differ within stores, beyond rounding."""
    return bool((np.diag(squares) > 1e-9).all())


def _independent(squares: Floats) -> bool:
    """Whether no driver follows from the others."""
    values = np.linalg.eigvalsh(correlations(squares[None])[0])
    return bool(values[0] > SINGULAR * values[-1])


def _spread(found: Moments, weigh: Any, runs: int, seed: int) -> tuple[Floats, Floats, Floats]:
    """Percentile interval of each driver's share, and how often it is the largest."""
    matrices = correlations(found.drawn(runs, seed))
    matrices = matrices[np.isfinite(matrices).all(axis=(1, 2))]
    k = found.squares.shape[1] - 1
    if not len(matrices):
        return np.full(k, np.nan), np.full(k, np.nan), np.full(k, np.nan)
    weights = weigh(matrices)
    shares = weights / weights.sum(axis=1, keepdims=True)
    limits = [percentile_interval(shares[:, driver]) for driver in range(k)]
    top = np.bincount(shares.argmax(axis=1), minlength=k) / len(shares)
    return np.array([low for low, _ in limits]), np.array([high for _, high in limits]), np.asarray(top, dtype=float)


@dataclass(frozen=True)
class Slopes:
    """Points of the outcome per point of each driver, the others held; within stores.

    Attributes:
        coefficient, se, low, high, p: one per driver; clustered by store (CR1) from 30 stores on.
    """

    coefficient: Floats
    se: Floats
    low: Floats
    high: Floats
    p: Floats


def slopes_within(outcome: ArrayLike, drivers: ArrayLike, store: Any) -> Slopes | NotEstimable:
    """Least squares with a level of its own for every store. No gaps."""
    left, code, stores = centred(np.column_stack([np.asarray(outcome, dtype=float), np.asarray(drivers)]), store)
    y, x = left[:, 0], left[:, 1:]
    n, k = x.shape
    df = float(n - stores - k)
    if df < 1:
        return TOO_FEW
    if not _varies(x.T @ x) or not _independent(x.T @ x):
        return COLLINEAR
    inverse = np.linalg.inv(x.T @ x)
    coefficient = inverse @ (x.T @ y)
    residual = y - x @ coefficient
    covariance = inverse * float(residual @ residual) / df
    if stores >= FEW_CLUSTERS:
        scores = np.column_stack([per_group(code, part, stores) for part in (x * residual[:, None]).T])
        covariance = stores / (stores - 1) * (n - 1) / (n - k) * inverse @ (scores.T @ scores) @ inverse
        df = float(stores - 1)
    se = np.sqrt(np.diag(covariance))
    freedom = np.full(k, df)
    half = t_quantile(freedom) * se
    return Slopes(coefficient, se, coefficient - half, coefficient + half, t_p_value(coefficient, se, freedom))


@dataclass(frozen=True)
class Correlated:
    """r within stores with its 95 % interval; ``n`` responses."""

    r: float
    low: float
    high: float
    n: int


def correlation_within(outcome: ArrayLike, driver: ArrayLike, store: Any) -> Correlated | NotEstimable:
    """Correlation of one driver with the outcome within stores; rows with a gap are left out.

    The interval is Fisher's, with the linearised error of r summed by store (from 30 stores on), else by response.
    """
    y, x = np.asarray(outcome, dtype=float), np.asarray(driver, dtype=float)
    whole = ~(np.isnan(y) | np.isnan(x))
    if whole.sum() < FEWEST_RESPONSES:
        return TOO_FEW
    left, code, stores = centred(np.column_stack([y[whole], x[whole]]), np.asarray(store)[whole])
    if not _varies(left.T @ left):
        return NO_VARIATION
    a, b = (left / np.sqrt((left**2).sum(axis=0))).T
    r = float(a @ b)
    influence = a * b - r * (a**2 + b**2) / 2
    if stores >= FEW_CLUSTERS:
        influence = per_group(code, influence, stores)
    units = len(influence)
    se = math.sqrt(units / (units - 1) * float((influence**2).sum()))
    centre, half = math.atanh(min(max(r, -1 + 1e-9), 1 - 1e-9)), z_quantile() * se / max(1 - r * r, 1e-9)
    return Correlated(r, math.tanh(centre - half), math.tanh(centre + half), len(a))
