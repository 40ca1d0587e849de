"""Did the level of a series change, and when.

Bai & Perron (1998, 2003); Zeileis et al. (2003), CSDA 44:109-123; Pettitt (1979), Applied Statistics 28:126-135.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats


@dataclass(frozen=True)
class Break:
    """The best single break of the level.

    Attributes:
        last: how many points lie before it. found: whether BIC prefers it to no break.
        before, after: means. rss_without, rss_with: residual sums of squares.
        low, high: 95 % interval of ``last`` (Bai 1997), each side with its own variance; NaN without variation.
    """

    last: int
    found: bool
    before: float
    after: float
    rss_without: float
    rss_with: float
    low: float
    high: float


def level_break(value: ArrayLike, shortest: int) -> Break | NotEstimable:
    """Least squares over all breaks that leave ``shortest`` points on both sides; BIC against no break."""
    x = np.asarray(value, dtype=float)
    n = len(x)
    if n < 2 * shortest or shortest < 2:
        return TOO_FEW
    without = float(((x - x.mean()) ** 2).sum())
    if without == 0:
        return NO_VARIATION
    candidates = np.arange(shortest, n - shortest + 1)
    residual = np.array([_rss(x[:m]) + _rss(x[m:]) for m in candidates])
    best = int(candidates[residual.argmin()])
    found = _bic(float(residual.min()), n, 4) < _bic(without, n, 2)
    low, high = _interval(x, best)
    means = float(x[:best].mean()), float(x[best:].mean())
    return Break(best, found, *means, without, float(residual.min()), low, high)


def _interval(x: Floats, last: int, level: float = 0.95) -> tuple[float, float]:
    """Where the break may lie: quantiles of the maximum of a two-sided Brownian motion with drift (Bai 1997)."""
    from scipy.optimize import brentq

    variance = _rss(x[:last]) / last, _rss(x[last:]) / (len(x) - last)
    shift = (float(x[last:].mean()) - float(x[:last].mean())) ** 2
    if min(variance) <= 0 or shift == 0:
        return math.nan, math.nan
    phi = variance[1] / variance[0]
    tail, edge, step = (1 - level) / 2, 1.0, variance[0] / shift
    while _argmax_below(-edge, phi) > tail or _argmax_below(edge, phi) < 1 - tail:
        edge *= 2
    lower = float(brentq(lambda v: _argmax_below(v, phi) - tail, -edge, -1e-12))
    upper = float(brentq(lambda v: _argmax_below(v, phi) - (1 - tail), 1e-12, edge))
    return last - math.ceil(upper * step), last - math.floor(lower * step)


def _argmax_below(v: float, phi: float) -> float:
    """Distribution function of the place of the maximum; the variances on both sides stand as ``phi`` to 1."""
    x = abs(v)
    if v < 0:
        inverse = 1 / phi
        first = math.exp(math.log(x) / 2 - x / 8 - math.log(2 * math.pi) / 2)
        second = (
            phi
            * (phi + 2)
            / (phi + 1)
            * math.exp(inverse * (1 + inverse) * x / 2 + _log_normal(-(0.5 + inverse) * math.sqrt(x)))
        )
        return (
            -first
            - second
            + math.exp(math.log(x / 2 - 2 + (phi + 2) ** 2 / (phi + 1)) + _log_normal(-math.sqrt(x) / 2))
        )
    root = math.sqrt(1 / phi)
    first = root * math.exp(math.log(x) / 2 - x / phi / 8 - math.log(2 * math.pi) / 2)
    second = (
        (2 * phi + 1)
        / (phi + 1)
        / phi
        * math.exp((phi + 1) * x / 2 + _log_normal(-(phi + 0.5) / math.sqrt(phi) * math.sqrt(x)))
    )
    third = math.log((2 * phi + 1) ** 2 / ((phi + 1) * phi) - 2 + x / phi / 2) + _log_normal(-root * math.sqrt(x) / 2)
    return 1 + first + second - math.exp(third)


def _log_normal(z: float) -> float:
    from scipy.special import log_ndtr

    return float(log_ndtr(z))


def _rss(x: Floats) -> float:
    return float(((x - x.mean()) ** 2).sum())


def _bic(rss: float, n: int, parameters: int) -> float:
    return n * (math.log(max(rss, 1e-300) / n) + 1 + math.log(2 * math.pi)) + parameters * math.log(n)


@dataclass(frozen=True)
class Pettitt:
    """Pettitt's rank test: statistic K, points before the change, approximate two-sided p."""

    k: int
    last: int
    p: float


def pettitt(value: ArrayLike) -> Pettitt | NotEstimable:
    """A change of level at an unknown point, by ranks; needs 20 points."""
    from scipy.stats import rankdata

    x = np.asarray(value, dtype=float)
    n = len(x)
    if n < 20:
        return TOO_FEW
    u = 2 * np.cumsum(rankdata(x)) - np.arange(1, n + 1) * (n + 1)
    last = int(np.abs(u).argmax())
    k = float(np.abs(u[last]))
    return Pettitt(round(k), last + 1, min(1.0, 2 * math.exp(-6 * k**2 / (n**3 + n**2))))
