"""Funnel plots of shares: which units lie outside what their size lets expect.

Spiegelhalter (2005), Statistics in Medicine 24:1185-1202.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

WINSORISED = 0.1


@dataclass(frozen=True)
class Funnel:
    """Units against a target share.

    Attributes:
        target: pooled share unless given. z: naive z-scores.
        phi: over-dispersion, mean of the squared winsorised z. tau2: variance between units, 0 without over-dispersion.
        z_additive, z_multiplicative: z after allowing for over-dispersion either way.
    """

    target: float
    z: Floats
    phi: float
    tau2: float
    z_additive: Floats
    z_multiplicative: Floats


def funnel(
    events: ArrayLike, n: ArrayLike, target: float | None = None, winsor: float = WINSORISED
) -> Funnel | NotEstimable:
    """Naive and over-dispersion-adjusted z of each unit's share; winsorised at ``winsor`` of each tail (type 7)."""
    x, size = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    if len(x) < 2 or size.sum() <= 0:
        return TOO_FEW
    goal = float(x.sum() / size.sum()) if target is None else target
    if not 0 < goal < 1:
        return NO_VARIATION
    share, s2 = x / size, goal * (1 - goal) / size
    z = (share - goal) / np.sqrt(s2)
    phi = float(np.mean(np.clip(z, *np.quantile(z, [winsor, 1 - winsor])) ** 2))
    return Funnel(goal, z, phi, *_adjusted(share - goal, s2, z, phi))


def _adjusted(deviation: Floats, s2: Floats, z: Floats, phi: float) -> tuple[float, Floats, Floats]:
    """tau² by moments from phi, and z by both adjustments; nothing is adjusted where phi is that of chance."""
    k = len(z)
    if k * phi < k - 1:
        return 0.0, z, z
    weight = 1 / s2
    tau2 = (k * phi - (k - 1)) / (weight.sum() - (weight**2).sum() / weight.sum())
    return float(tau2), deviation / np.sqrt(s2 + tau2), z / np.sqrt(phi)


def normal_limits(target: float, n: ArrayLike, level: float, tau2: float = 0.0) -> tuple[Floats, Floats]:
    """Limits at each size, e.g. level .95 or .998; not cut at 0 and 1."""
    half = z_of(level) * np.sqrt(target * (1 - target) / np.asarray(n, dtype=float) + tau2)
    return target - half, target + half


def z_of(level: float) -> float:
    """The two-sided normal point of a level: 1.96 for .95, 3.09 for .998."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))


def exact_limits(target: float, n: ArrayLike, level: float) -> tuple[Floats, Floats]:
    """Binomial limits, interpolated between whole counts so that they are smooth in n (Spiegelhalter 2005, A.1.1)."""
    size = np.asarray(n, dtype=float)
    return _exact(target, size, (1 - level) / 2), _exact(target, size, (1 + level) / 2)


def _exact(target: float, size: Floats, p: float) -> Floats:
    from scipy.stats import binom

    count = binom.ppf(p, size, target)
    reached, mass = binom.cdf(count, size, target), binom.pmf(count, size, target)
    return np.asarray((count - (reached - p) / mass) / size)
