"""Shares of opinions: bands beside a mean, the full scale of large groups, problems named. Withheld where they tell.

A share above 90 % or below 10 % is told as that limit; but shares add up to 100 %, and groups to the group around them.
So of three bands with one limit the middle one is withheld in groups below 200 answers, and shares are withheld
altogether where they, or what is left between groups, would tell that nobody or everybody has an opinion.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sq.anonymity.survey import Mask
from sq.statistics.intervals import Floats
from sq.statistics.suppression import Told, Tree, share_hiding, tightened, told_counts

# Extremes are told as a limit: a mean of 100 would tell every answer, a share of 100 % nearly so.
SHARE_LIMITS = (10.0, 90.0)
EXACT_BELOW = 200  # answers of which a whole percent tells the number to one or two


def limited(value: Floats, limits: tuple[float, float], decimals: int) -> tuple[Floats, np.ndarray]:
    """Rounded values, extremes replaced by their limit, and '>=', '<=' or '' for each."""
    low, high = limits
    shown = np.clip(np.round(value, decimals), low, high)
    sign = np.where(value > high, ">=", np.where(value < low, "<=", ""))
    return shown, sign.astype(object)


Sums = tuple[Floats, Floats, Floats]  # least and greatest sum of scores per group, scores of each band


@dataclass(frozen=True)
class Shares:
    """Shares in whole percent (groups, categories), NaN where withheld, and their signs.

    ``count`` answers, ``hits`` of them in each category.
    """

    count: Floats
    hits: Floats
    share: Floats
    sign: np.ndarray

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter((self.count, self.hits, self.share, self.sign))

    def only(self, told: Mask) -> Shares:
        """The same with the shares of other groups withheld."""
        share, sign = np.where(told[:, None], self.share, np.nan), np.where(told[:, None], self.sign, "")
        return Shares(self.count, self.hits, share, sign)


def rounded_shares(count: Floats, hits: Floats) -> Shares:
    """Shares of ``hits`` (groups, categories) in ``count`` answers, rounded and limited."""
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = np.where(count[:, None] > 0, 100 * hits / count[:, None], np.nan)
    share, sign = limited(exact, SHARE_LIMITS, 0)
    return Shares(count, hits, share, sign)


def without_middle(shares: Shares) -> Shares:
    """Three bands: beside a single limit the middle band is withheld, or the last if the limit is the middle's."""
    single = ((shares.sign != "").sum(axis=1) == 1) & (shares.count < EXACT_BELOW)
    middle_limited = shares.sign[:, 1] != ""
    gone = np.zeros(shares.share.shape, dtype=bool)
    gone[single & ~middle_limited, 1] = True
    gone[single & middle_limited, 2] = True
    share, sign = np.where(gone, np.nan, shares.share), np.where(gone, "", shares.sign)
    return Shares(shares.count, shares.hits, share, sign)


def within_bands(shares: Shares) -> tuple[Floats, Floats]:
    """What is told of each answer of a full scale, lowest first, by its share and by those of the three bands."""
    low, high = told_counts(shares.count[:, None], shares.share, shares.sign)
    kinds = shares.hits.shape[1]
    edge = 2 if kinds >= 4 else 1
    parts = [slice(kinds - edge, kinds), slice(edge, kinds - edge), slice(0, edge)]
    hits = np.column_stack([shares.hits[:, part].sum(axis=1) for part in parts])
    bands = without_middle(rounded_shares(shares.count, hits))
    of_bands = tightened(shares.count, *told_counts(bands.count[:, None], bands.share, bands.sign))
    for place, part in enumerate(parts):
        least, most = low[:, part], high[:, part]
        low[:, part] = np.maximum(least, of_bands[0][:, [place]] - (most.sum(axis=1, keepdims=True) - most))
        high[:, part] = np.minimum(most, of_bands[1][:, [place]] - (least.sum(axis=1, keepdims=True) - least))
    return low, high


def open_shares(
    shares: Shares,
    trees: tuple[Tree, ...],
    covers: Mask,
    unit: float,
    sums: Sums | None = None,
    bounds: tuple[Floats, Floats] | None = None,
    has_rest: bool = False,
) -> Mask:
    """Which groups may tell their shares, in all trees.

    ``sums``: what is told of the same answers' scores; ``bounds``: what else is told of the numbers; ``has_rest``: who
    has no share is a category of its own.
    """
    low, high = bounds or told_counts(shares.count[:, None], shares.share, shares.sign)
    exact, truth = (shares.sign == "") & ~np.isnan(shares.share), shares.hits
    if has_rest:
        none = shares.count - truth.sum(axis=1)
        none_low = np.maximum(shares.count - high.sum(axis=1), 0.0)
        low, high = np.column_stack([low, none_low]), np.column_stack([high, shares.count - low.sum(axis=1)])
        exact, truth = np.column_stack([exact, exact.all(axis=1)]), np.column_stack([truth, none])
    low, high = tightened(shares.count, low, high)
    told = Told(shares.count, truth, low, high, exact, unit, *(sums or (None, None, None)))
    offered = covers & ~np.isnan(shares.share).all(axis=1)
    while True:
        before = offered
        for tree in trees:
            offered = share_hiding(tree, told, offered)
        if (offered == before).all():
            return offered
