"""What kind of attribute is it: importance against performance, penalty and reward, Kano, the shortboard.

Martilla & James (1977), J. Marketing 41(1):77-79; Brandt (1987); Matzler & Sauerwein (2002); Berger et al. (1993);
Gupta (1965) for the subset that holds the worst.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.estimable import TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats
from sq.statistics.regression import Fit, least_squares

QUADRANTS = ("concentrate_here", "keep_up", "low_priority", "possible_overkill")
FEWEST_AT_AN_END = 20  # answers in the low and in the high group that a penalty or reward needs


@dataclass(frozen=True)
class Quadrants:
    """Importance-performance: the crosshair that was used, and each attribute's quadrant and gap."""

    importance_cut: float
    performance_cut: float
    quadrant: tuple[str, ...]
    gap: Floats


def quadrants(
    importance: ArrayLike,
    performance: ArrayLike,
    importance_cut: float | None = None,
    performance_cut: float | None = None,
) -> Quadrants | NotEstimable:
    """Quadrants at the means unless cuts are given; a tie counts as high."""
    stated, shown = np.asarray(importance, dtype=float), np.asarray(performance, dtype=float)
    if len(stated) < 2:
        return TOO_FEW
    across = float(stated.mean()) if importance_cut is None else importance_cut
    along = float(shown.mean()) if performance_cut is None else performance_cut
    names = tuple(
        ("keep_up" if p else "concentrate_here") if i else ("possible_overkill" if p else "low_priority")
        for i, p in zip(stated >= across, shown >= along, strict=True)
    )
    return Quadrants(across, along, names, stated - shown)


@dataclass(frozen=True)
class PenaltyReward:
    """Regression of overall satisfaction on dummies low and high of each attribute; the middle is the reference.

    Attributes:
        penalty, reward: coefficients. penalty_p, reward_p: two-sided. n_low, n_high: answers at the ends.
        span: |penalty| + |reward|. asymmetry: (|reward| - |penalty|) / span.
        wrong_sign: a penalty above or a reward below zero: told, never made positive in silence.
        kind: basic (only the penalty counts), excitement, performance (both), none, or too_few.
    """

    fit: Fit
    penalty: Floats
    reward: Floats
    penalty_p: Floats
    reward_p: Floats
    n_low: NDArray[np.int64]
    n_high: NDArray[np.int64]
    span: Floats
    asymmetry: Floats
    wrong_sign: NDArray[np.bool_]
    kind: tuple[str, ...]


def penalty_reward(
    overall: ArrayLike, attributes: ArrayLike, low: float, high: float, alpha: float = 0.05, cluster: Any = None
) -> PenaltyReward | NotEstimable:
    """Values up to ``low`` are low, from ``high`` on high: by the meaning of the scale, not by tertiles.

    ``cluster``: the store of each row, for the errors (CR1).
    """
    y, x = np.asarray(overall, dtype=float), np.asarray(attributes, dtype=float)
    whole = ~(np.isnan(y) | np.isnan(x).any(axis=1))
    y, x = y[whole], x[whole]
    is_low, is_high = x <= low, x >= high
    columns = np.stack([is_low, is_high], axis=2).reshape(len(y), -1).astype(float)
    fit = least_squares(y, columns, None if cluster is None else np.asarray(cluster)[whole])
    if isinstance(fit, NotEstimable):
        return fit
    penalty, reward = fit.coefficient[1::2], fit.coefficient[2::2]
    p = np.array([fit.p(column) for column in range(1, len(fit.coefficient))])
    n_low, n_high = is_low.sum(axis=0), is_high.sum(axis=0)
    span = np.abs(penalty) + np.abs(reward)
    kinds = tuple(
        attribute_kind(
            n_low[i], n_high[i], p[2 * i] <= alpha and penalty[i] < 0, p[2 * i + 1] <= alpha and reward[i] > 0
        )
        for i in range(x.shape[1])
    )
    return PenaltyReward(
        fit,
        penalty,
        reward,
        p[0::2],
        p[1::2],
        n_low,
        n_high,
        span,
        (np.abs(reward) - np.abs(penalty)) / span,
        (penalty > 0) | (reward < 0),
        kinds,
    )


def attribute_kind(n_low: int, n_high: int, penalty: bool, reward: bool) -> str:
    """What penalty and reward that are reliable make of an attribute."""
    if min(n_low, n_high) < FEWEST_AT_AN_END:
        return "too_few"
    return "performance" if penalty and reward else "basic" if penalty else "excitement" if reward else "none"


@dataclass(frozen=True)
class Kano:
    """Category (M, A, O, I), better and worse coefficients, and how clear the category is."""

    category: str
    better: float
    worse: float
    category_strength: float
    total_strength: float


def kano(counts: Mapping[str, int]) -> Kano | NotEstimable:
    """From counts of A(ttractive), O(ne-dimensional), M(ust), I(ndifferent), R(everse), Q(uestionable).

    Ties go to M, then O, A and I; R and Q are not in the coefficients.
    """
    a, o, m, i = (counts.get(name, 0) for name in "AOMI")
    total, every = a + o + m + i, sum(counts.values())
    if total == 0:
        return TOO_FEW
    ranked = sorted((-n, place, name) for place, (name, n) in enumerate((("M", m), ("O", o), ("A", a), ("I", i))))
    strength = (-ranked[0][0] + ranked[1][0]) / every
    return Kano(ranked[0][2], (a + o) / total, -(o + m) / total, strength, (a + o + m) / every)


@dataclass(frozen=True)
class Shortboard:
    """The weakest link with its uncertainty; positions from 0.

    Attributes:
        lowest: position. candidates: not reliably above the lowest. z, critical: of the one-sided comparisons.
        gain: normalised weight times gap to target: what the composite wins if the gap is closed.
        by_gain: positions, largest gain first. composite, geometric: weighted means.
    """

    lowest: int
    candidates: tuple[int, ...]
    z: Floats
    critical: float
    gap: Floats
    gain: Floats
    by_gain: tuple[int, ...]
    composite: float
    geometric: float

    @property
    def is_clear(self) -> bool:
        """Whether few enough candidates are left to name a shortboard: at most half of all."""
        return len(self.candidates) <= max(1, len(self.z) // 2)


def shortboard(
    score: ArrayLike, se: ArrayLike, weight: ArrayLike, target: ArrayLike, alpha: float = 0.05
) -> Shortboard | NotEstimable:
    """What is not significantly above the lowest (one-sided z, Bonferroni over k - 1), and the gain of closing it."""
    from scipy.special import ndtri

    y, s = np.asarray(score, dtype=float), np.asarray(se, dtype=float)
    if len(y) < 2:
        return TOO_FEW
    share = np.asarray(weight, dtype=float) / np.sum(weight)
    lowest = int(y.argmin())
    spread = np.sqrt(s**2 + s[lowest] ** 2)
    z = np.where(np.arange(len(y)) == lowest, 0.0, (y - y[lowest]) / np.where(spread > 0, spread, np.inf))
    critical = float(ndtri(1 - alpha / (len(y) - 1)))
    gap = np.maximum(np.asarray(target, dtype=float) - y, 0.0)
    gain = share * gap
    geometric = float(np.exp((share * np.log(np.maximum(y, 1e-9))).sum()))
    return Shortboard(
        lowest,
        tuple(np.flatnonzero(z <= critical).tolist()),
        z,
        critical,
        gap,
        gain,
        tuple(np.argsort(-gain, kind="stable").tolist()),
        float((share * y).sum()),
        geometric,
    )
