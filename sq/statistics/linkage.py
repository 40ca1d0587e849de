"""Do two measurements of the same stores go together, beyond what their regions have in common?

Correlations of store means: they say nothing of persons (Robinson 1950), and nothing of causes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sq.statistics.crossed import coded
from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats, per_group

FEWEST = 4  # stores beyond the regions, for Fisher's interval


@dataclass(frozen=True)
class Linked:
    """r over ``n`` stores with Fisher's interval; ``groups`` regions are taken out (1: none)."""

    r: float
    low: float
    high: float
    p: float
    n: int
    groups: int


def linked(
    x: ArrayLike, y: ArrayLike, group: Sequence[Any] | None = None, confidence: float = 0.95
) -> Linked | NotEstimable:
    """Pearson's r of two columns of store means, or their partial r given the groups (region fixed effects).

    A partial correlation with k controls has n - k - 2 degrees of freedom and Fisher's standard error
    1 / sqrt(n - k - 3); k = groups - 1. Stores alone in their group tell nothing within it and are left out.
    """
    from scipy.special import ndtri, stdtr

    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    both = ~(np.isnan(a) | np.isnan(b))
    names, code = coded([] if group is None else [key for key, known in zip(group, both, strict=True) if known])
    a, b = a[both], b[both]
    if group is not None:
        alone = np.bincount(code, minlength=max(len(names), 1))[code] < 2 if len(code) else np.zeros(0, dtype=bool)
        a, b, code = a[~alone], b[~alone], code[~alone]
        a, b = within(a, code), within(b, code)
    groups = len(np.unique(code)) if group is not None else 1
    n = len(a)
    if n - groups + 1 < FEWEST:
        return TOO_FEW
    spread = float(np.sqrt((a - a.mean()) @ (a - a.mean()) * ((b - b.mean()) @ (b - b.mean()))))
    if spread < 1e-9:
        return NO_VARIATION
    r = float(np.clip((a - a.mean()) @ (b - b.mean()) / spread, -1, 1))
    df = n - groups - 1
    half = float(ndtri(0.5 + confidence / 2)) / math.sqrt(df - 1)
    centre = math.atanh(max(min(r, 1 - 1e-12), -1 + 1e-12))
    t = r * math.sqrt(df / max(1 - r * r, 1e-300))
    return Linked(r, math.tanh(centre - half), math.tanh(centre + half), float(2 * stdtr(df, -abs(t))), n, groups)


def within(values: Floats, code: Any) -> Floats:
    """Values less the mean of their group."""
    groups = int(code.max(initial=-1)) + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = per_group(code, values, groups) / per_group(code, np.ones(len(values)), groups)
    return np.asarray(values - mean[code])


def least_detectable(n: int, groups: int = 1, confidence: float = 0.95) -> float:
    """The smallest |r| whose interval leaves zero out: what a link must be for so many stores to show it."""
    from scipy.special import ndtri

    df = n - groups - 2
    return math.tanh(float(ndtri(0.5 + confidence / 2)) / math.sqrt(df)) if df > 0 else math.nan
