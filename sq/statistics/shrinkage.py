"""Empirical Bayes: what a unit's own number is worth beside all others.

Morris (1983), JASA 78:47-55; Efron & Morris (1975), JASA 70:311-319.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import NO_DIFFERENCE_BETWEEN, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

FEWEST_UNITS = 5  # below this many units tau² is guesswork: show intervals, do not shrink


@dataclass(frozen=True)
class Shrunken:
    """Estimates drawn towards their common mean.

    Attributes:
        value: one per unit; NaN where the unit has no value. se: posterior standard error, with that of the mean.
        kept: share of the unit's own deviation that is kept, 0-1.
        mean, mean_se, tau2: of the distribution of true values; tau2 = 0 means no detectable difference.
    """

    value: Floats
    se: Floats
    kept: Floats
    mean: float
    mean_se: float
    tau2: float


def shrunken(value: ArrayLike, se: ArrayLike, tau2: float | None = None) -> Shrunken | NotEstimable:
    """Normal empirical Bayes with known standard errors; tau² by Paule & Mandel (1982).

    A unit without a standard error (one visit) borrows the median variance of the others.
    """
    y, s2 = np.asarray(value, dtype=float), np.asarray(se, dtype=float) ** 2
    known = np.isfinite(y) & np.isfinite(s2)
    if known.sum() < FEWEST_UNITS:
        return TOO_FEW
    s2 = np.where(np.isfinite(s2), s2, np.median(s2[known]))
    s2 = np.maximum(s2, 1e-12)
    use = np.isfinite(y)
    tau = paule_mandel(y[use], s2[use]) if tau2 is None else tau2
    weight = 1 / (s2[use] + tau)
    mean, mean_se = float((weight * y[use]).sum() / weight.sum()), float(weight.sum() ** -0.5)
    kept = tau / (tau + s2)
    posterior = np.sqrt(kept * s2 + (1 - kept) ** 2 * mean_se**2)
    return Shrunken(np.where(use, kept * y + (1 - kept) * mean, np.nan), posterior, kept, mean, mean_se, float(tau))


def paule_mandel(value: Floats, variance: Floats) -> float:
    """Between-unit variance: the root of Q(tau²) = k - 1; 0 where the units differ no more than by chance."""
    from scipy.optimize import brentq

    def excess(tau2: float) -> float:
        weight = 1 / (variance + tau2)
        mean = (weight * value).sum() / weight.sum()
        return float((weight * (value - mean) ** 2).sum() - (len(value) - 1))

    if excess(0.0) <= 0:
        return 0.0
    top = float(np.var(value) + variance.max()) + 1e-9
    while excess(top) > 0:
        top *= 2
    return float(brentq(excess, 0.0, top, xtol=1e-12))


def dersimonian_laird(value: ArrayLike, se: ArrayLike) -> float:
    """Between-unit variance by moments, at least 0. DerSimonian & Laird (1986)."""
    y, weight = np.asarray(value, dtype=float), np.asarray(se, dtype=float) ** -2
    mean = (weight * y).sum() / weight.sum()
    q = float((weight * (y - mean) ** 2).sum())
    return max(0.0, (q - (len(y) - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))


@dataclass(frozen=True)
class JamesStein:
    """Equal-variance shrinkage to the grand mean; ``kept`` = c, at least 0 (positive part)."""

    value: Floats
    kept: float
    mean: float


def james_stein(value: ArrayLike, variance: float) -> JamesStein | NotEstimable:
    """Efron & Morris: 1 - (k - 3) variance / sum of squares around the grand mean."""
    y = np.asarray(value, dtype=float)
    if len(y) < 4:
        return TOO_FEW
    mean = float(y.mean())
    squares = float(((y - mean) ** 2).sum())
    if squares == 0:
        return NO_DIFFERENCE_BETWEEN
    kept = max(0.0, 1 - (len(y) - 3) * variance / squares)
    return JamesStein(mean + kept * (y - mean), kept, mean)


@dataclass(frozen=True)
class BetaPrior:
    """A beta distribution of true shares; ``mean``, ``sd`` are those of the observed ones."""

    alpha: float
    beta: float
    mean: float
    sd: float

    def posterior(self, successes: float, n: float, confidence: float = 0.95) -> tuple[float, float, float, float]:
        """Mean, standard deviation and central interval of a unit's true share."""
        from scipy.stats import beta

        found = beta(self.alpha + successes, self.beta + n - successes)
        low, high = found.interval(confidence)
        return float(found.mean()), float(found.std()), float(low), float(high)


def beta_prior(successes: ArrayLike, n: ArrayLike, corrected: bool = False) -> BetaPrior | NotEstimable:
    """Beta-binomial by moments; ``corrected`` takes the sampling variance off first.

    Not estimable where the shares differ no more than by chance, or more than a beta distribution can: pool instead.
    """
    x, size = np.asarray(successes, dtype=float), np.asarray(n, dtype=float)
    if len(x) < 2:
        return TOO_FEW
    share = x / size
    mean, observed = float(share.mean()), float(share.var(ddof=1))
    variance = observed - mean * (1 - mean) * float((1 / size).mean()) if corrected else observed
    if corrected:
        variance /= 1 - float((1 / size).mean())
    if variance <= 0 or variance >= mean * (1 - mean):
        return NO_DIFFERENCE_BETWEEN
    total = mean * (1 - mean) / variance - 1
    return BetaPrior(mean * total, (1 - mean) * total, mean, observed**0.5)
