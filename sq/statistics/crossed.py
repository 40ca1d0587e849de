"""Random effects by REML: stores alone, or stores and shoppers crossed.

Bates et al. (2015), J. Statistical Software 67(1). Profiled REML over the two variance ratios; the larger factor is
eliminated by a Schur complement, so 400 stores x 60 shoppers x 2,400 visits take a fraction of a second.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.estimable import (
    DID_NOT_CONVERGE,
    NO_VARIATION,
    NOT_CONNECTED,
    TOO_FEW,
    NotEstimable,
)
from sq.statistics.intervals import Floats, Ints

Labels = Sequence[Hashable] | NDArray[np.object_]


def coded(labels: Labels) -> tuple[list[Hashable], Ints]:
    """The distinct labels in order of appearance, and for each element which of them it is."""
    names: dict[Hashable, int] = {}
    codes = np.array([names.setdefault(label, len(names)) for label in labels], dtype=np.intp)
    return list(names), codes


def connected_parts(store: Labels, shopper: Labels) -> Ints:
    """For each visit the part of the graph of stores and shoppers that it lies in; 0 is the part with most visits.

    Severities compare only inside one part. Weeks & Williams (1964), Technometrics 6:319-324.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    (stores, a), (shoppers, b) = coded(store), coded(shopper)
    size = len(stores) + len(shoppers)
    if not size:
        return np.zeros(0, dtype=np.intp)
    edges = coo_array((np.ones(len(a)), (a, len(stores) + b)), shape=(size, size))
    found: Any = connected_components(edges, directed=False)
    part = np.asarray(found[1], dtype=np.intp)[a]
    order = np.argsort(-np.bincount(part), kind="stable")
    return np.asarray(np.argsort(order, kind="stable")[part], dtype=np.intp)


def components(store: Labels, shopper: Labels) -> int:
    """How many parts the graph of stores and shoppers falls into; severities compare only inside one."""
    return int(connected_parts(store, shopper).max(initial=-1)) + 1


@dataclass(frozen=True)
class RandomEffects:
    """Scores as mean + unit + rater + rest.

    Attributes:
        mean, mean_se: of the intercept. variance_unit, variance_rater, variance_rest: by REML; no rater: 0.
        unit, unit_se: predicted effect of each unit (BLUP) and the standard deviation of what is still unknown of it
            (given the variances); the adjusted score is ``mean + unit``. units, raters: their labels in that order.
    """

    units: tuple[Hashable, ...]
    raters: tuple[Hashable, ...]
    mean: float
    mean_se: float
    variance_unit: float
    variance_rater: float
    variance_rest: float
    unit: Floats
    unit_se: Floats
    rater: Floats
    rater_se: Floats
    criterion: float

    @property
    def icc(self) -> float:
        """Share of the variance that lies between units."""
        return self.variance_unit / (self.variance_unit + self.variance_rater + self.variance_rest)

    @property
    def rater_share(self) -> float:
        """Share of the variance that comes from who did the rating."""
        return self.variance_rater / (self.variance_unit + self.variance_rater + self.variance_rest)


def crossed_effects(score: ArrayLike, unit: Labels, rater: Labels) -> RandomEffects | NotEstimable:
    """Crossed random effects of units (stores) and raters (shoppers) by REML.

    Not estimable where the graph is not connected, or with fewer than two raters or more parameters than scores.
    """
    y = np.asarray(score, dtype=float)
    if len(y) < 3:
        return TOO_FEW
    if components(unit, rater) > 1:
        return NOT_CONNECTED
    (units, a), (raters, b) = coded(unit), coded(rater)
    if len(units) < 2 or len(raters) < 2 or len(y) <= max(len(units), len(raters)):
        return TOO_FEW
    return _fitted(y, units, a, raters, b)


def unit_effects(score: ArrayLike, unit: Labels, reml: bool = True) -> RandomEffects | NotEstimable:
    """Random effects of units alone by REML (or maximum likelihood)."""
    y = np.asarray(score, dtype=float)
    units, a = coded(unit)
    if len(units) < 2 or len(y) <= len(units):
        return TOO_FEW
    return _fitted(y, units, a, [], np.zeros(len(y), dtype=np.intp), reml)


def _fitted(
    y: Floats, units: list[Hashable], a: Ints, raters: list[Hashable], b: Ints, reml: bool = True
) -> RandomEffects | NotEstimable:
    """The best of several searches, on one thread: on matrices this small more threads mostly wait for each other."""
    from threadpoolctl import threadpool_limits

    if np.ptp(y) == 0:
        return NO_VARIATION
    with threadpool_limits(1, user_api="blas"):
        return _searched(y, units, a, raters, b, reml)


def _searched(
    y: Floats, units: list[Hashable], a: Ints, raters: list[Hashable], b: Ints, reml: bool
) -> RandomEffects | NotEstimable:
    from scipy.optimize import minimize

    model = _Model(y, a, len(units), b, len(raters), reml)
    sides = 1 + bool(raters)
    starts = ([1.0] * sides, [0.3] * sides, [2.0, 0.5][:sides])
    runs = [
        minimize(
            model.criterion, start, method="L-BFGS-B", bounds=[(0, 1e4)] * sides, options={"ftol": 1e-14, "gtol": 1e-9}
        )
        for start in starts
    ]
    best = min(runs, key=lambda run: float(run.fun))
    if not math.isfinite(best.fun):
        return DID_NOT_CONVERGE
    polished = minimize(
        model.criterion,
        best.x,
        method="Nelder-Mead",
        bounds=[(0, 1e4)] * sides,
        options={"xatol": 1e-9, "fatol": 1e-11},
    )
    return model.effects(np.asarray(polished.x, dtype=float), tuple(units), tuple(raters))


class _Model:
    """The profiled criterion of y = X beta + Z_a u + Z_b v + e for relative standard deviations theta.

    With L = (Z_a theta_a, Z_b theta_b), the system (L'L + I) is solved by eliminating the diagonal block of the units.
    """

    def __init__(self, y: Floats, a: Ints, units: int, b: Ints, raters: int, reml: bool) -> None:
        self.y, self.a, self.b, self.units, self.raters, self.reml = y, a, b, units, raters, reml
        self.n = len(y)
        self.shift = float(y.mean())
        centred = y - self.shift
        self.size_a = np.bincount(a, minlength=units).astype(float)
        self.sum_a = np.bincount(a, centred, units)
        self.size_b = np.bincount(b, minlength=raters).astype(float) if raters else np.zeros(0)
        self.sum_b = np.bincount(b, centred, raters) if raters else np.zeros(0)
        self.cross = (
            np.bincount(a * max(raters, 1) + b, minlength=units * max(raters, 1)).reshape(units, -1).astype(float)
        )
        self.squares = float(centred @ centred)
        self.total = float(centred.sum())

    def criterion(self, theta: NDArray[np.float64]) -> float:
        """-2 log (restricted) likelihood, profiled over mean and rest variance."""
        solved = self._solved(theta)
        df = self.n - 1 if self.reml else self.n
        if solved.residual <= 0:
            return math.inf
        value = solved.log_det + df * (1 + math.log(2 * math.pi * solved.residual / df))
        return float(value + math.log(solved.information)) if self.reml else float(value)

    def _solved(self, theta: NDArray[np.float64]) -> _Solved:
        ta, tb = float(theta[0]), float(theta[1]) if self.raters else 0.0
        diagonal = ta**2 * self.size_a + 1
        rows = np.column_stack([ta * self.sum_a, ta * self.size_a])  # right-hand sides: y and the intercept
        log_det = float(np.log(diagonal).sum())
        inner = rows / diagonal[:, None]
        products = rows.T @ inner
        tail = np.zeros((0, 2))
        factor: Floats = np.zeros((0, 0))
        if self.raters:
            link = ta * tb * self.cross
            schur = np.diag(tb**2 * self.size_b + 1) - link.T @ (link / diagonal[:, None])
            factor = np.asarray(np.linalg.cholesky(schur), dtype=float)
            log_det += 2 * float(np.log(np.diag(factor)).sum())
            right = np.column_stack([tb * self.sum_b, tb * self.size_b]) - link.T @ inner
            half = np.linalg.solve(factor, right)
            products = products + half.T @ half
            tail = np.linalg.solve(factor.T, half)
        information = self.n - products[1, 1]
        beta = (self.total - products[0, 1]) / information
        residual = self.squares - products[0, 0] - beta**2 * information
        return _Solved(ta, tb, diagonal, rows, tail, factor, log_det, information, beta, residual)

    def effects(
        self, theta: NDArray[np.float64], units: tuple[Hashable, ...], raters: tuple[Hashable, ...]
    ) -> RandomEffects:
        s = self._solved(theta)
        rest = s.residual / (self.n - 1 if self.reml else self.n)
        contrast = np.array([1.0, -s.beta])
        v = s.tail @ contrast if self.raters else np.zeros(0)
        link = s.ta * s.tb * self.cross if self.raters else np.zeros((len(units), 0))
        u = (s.rows @ contrast - link @ v) / s.diagonal
        inverse_b = np.linalg.inv(s.factor @ s.factor.T) if self.raters else np.zeros((0, 0))
        spread = link / s.diagonal[:, None]
        inverse_a = 1 / s.diagonal + np.einsum("ij,jk,ik->i", spread, inverse_b, spread)
        return RandomEffects(
            units=units,
            raters=raters,
            mean=self.shift + s.beta,
            mean_se=math.sqrt(rest / s.information),
            variance_unit=rest * s.ta**2,
            variance_rater=rest * s.tb**2,
            variance_rest=rest,
            unit=s.ta * u,
            unit_se=s.ta * np.sqrt(rest * inverse_a),
            rater=s.tb * v,
            rater_se=s.tb * np.sqrt(rest * np.diag(inverse_b)),
            criterion=self.criterion(theta),
        )


@dataclass(frozen=True)
class _Solved:
    """The penalised least-squares system at one theta."""

    ta: float
    tb: float
    diagonal: Floats
    rows: Floats
    tail: Floats
    factor: Floats
    log_det: float
    information: float
    beta: float
    residual: float


def fixed_effects(score: ArrayLike, unit: Labels, rater: Labels) -> dict[Hashable, float] | NotEstimable:
    """Each unit's mean at the average rater, by least squares; only where the graph is connected."""
    if components(unit, rater) > 1:
        return NOT_CONNECTED
    (units, a), (raters, b) = coded(unit), coded(rater)
    if len(raters) < 2:
        return TOO_FEW
    design = np.zeros((len(a), len(units) + len(raters) - 1))
    design[np.arange(len(a)), a] = 1
    last = b == len(raters) - 1
    design[np.flatnonzero(~last), len(units) + b[~last]] = 1
    design[last, len(units) :] = -1
    found = np.linalg.lstsq(design, np.asarray(score, dtype=float), rcond=None)[0]
    return dict(zip(units, found[: len(units)].tolist(), strict=True))
