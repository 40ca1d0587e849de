"""Shares of opinions: bands beside a mean, the full scale of large groups, problems named. Withheld where they tell.

A share above 90 % or below 10 % is told as that limit; but shares add up to 100 %, and groups to the group around them.
So of three bands with one limit the middle one is withheld in groups below 100 answers, and shares are withheld
altogether where they, or what is left between groups, would tell that nobody or everybody has an opinion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sq.anonymity.survey import Mask
from sq.statistics.intervals import Floats
from sq.statistics.suppression import Tree, share_hiding, told_counts

# Extremes are told as a limit: a mean of 100 would tell every answer, a share of 100 % nearly so.
SHARE_LIMITS = (10.0, 90.0)
EXACT_BELOW = 100  # answers of which a whole percent tells the exact number


def limited(value: Floats, limits: tuple[float, float], decimals: int) -> tuple[Floats, np.ndarray]:
    """Rounded values, extremes replaced by their limit, and '>=', '<=' or '' for each."""
    low, high = limits
    shown = np.clip(np.round(value, decimals), low, high)
    sign = np.where(value > high, ">=", np.where(value < low, "<=", ""))
    return shown, sign.astype(object)


@dataclass(frozen=True)
class Shares:
    """Shares in whole percent (groups, categories), NaN where withheld, and their signs; ``count`` = answers."""

    count: Floats
    share: Floats
    sign: np.ndarray

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.count, self.share, self.sign))

    def only(self, told: Mask) -> Shares:
        """The same with the shares of other groups withheld."""
        return Shares(self.count, np.where(told[:, None], self.share, np.nan), np.where(told[:, None], self.sign, ""))


def rounded_shares(count: Floats, hits: Floats) -> Shares:
    """Shares of ``hits`` (groups, categories) in ``count`` answers, rounded and limited."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.where(count[:, None] > 0, 100 * hits / count[:, None], np.nan)
    share, sign = limited(exact, SHARE_LIMITS, 0)
    return Shares(count, share, sign)


def without_middle(shares: Shares) -> Shares:
    """Three bands: beside a single limit the middle band is withheld, or the last if the limit is the middle's."""
    single = ((shares.sign != "").sum(axis=1) == 1) & (shares.count < EXACT_BELOW)
    middle_limited = shares.sign[:, 1] != ""
    gone = np.zeros(shares.share.shape, dtype=bool)
    gone[single & ~middle_limited, 1] = True
    gone[single & middle_limited, 2] = True
    return Shares(shares.count, np.where(gone, np.nan, shares.share), np.where(gone, "", shares.sign))


def open_shares(shares: Shares, trees: tuple[Tree, ...], covers: Mask, unit: float, has_rest: bool = False) -> Mask:
    """Which groups may tell their shares, in all trees; ``has_rest``: who has no share is a category of its own."""
    low, high = told_counts(shares.count[:, None], shares.share, shares.sign)
    exact = (shares.sign == "") & ~np.isnan(shares.share)
    if has_rest:
        none_low = np.maximum(shares.count - high.sum(axis=1), 0.0)
        low, high = np.column_stack([low, none_low]), np.column_stack([high, shares.count - low.sum(axis=1)])
        exact = np.column_stack([exact, exact.all(axis=1)])
    told = covers & ~np.isnan(shares.share).all(axis=1)
    while True:
        before = told
        for tree in trees:
            told = share_hiding(tree, shares.count, low, high, exact, told, unit)
        if (told == before).all():
            return told
