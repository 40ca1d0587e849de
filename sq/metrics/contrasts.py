"""Differences between groups of `StoreSums`: each against the rest of its pool, or now against before.

Both sides are ratios clustered by store; what the same stores add to both sides enters as a covariance. The variance of
a group of few visits or stores is steadied by that of its siblings (docs/decisions/0019).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from sq.metrics.catalogue import Metric
from sq.metrics.measuring import Estimate, StoreSums, estimate, estimate_of, grouped, parts
from sq.metrics.querying import SUBJECT_AXES
from sq.statistics import differences, intervals, moderation
from sq.statistics.differences import Difference
from sq.statistics.intervals import FEW_CLUSTERS, Clustered, Floats, Ints, per_group

# A remainder below this share of a store's sum is rounding: the store has nothing left in the rest.
NOTHING_LEFT = 1e-9


@dataclass(frozen=True)
class Contrast:
    """Own value, reference and difference of every group; ``pairs`` = stores on both sides (0 = not paired)."""

    own: Estimate
    reference: Estimate
    difference: Difference
    pairs: Floats


def against_rest(sums: StoreSums, pool: Ints, rule: str) -> Contrast:
    """Each group against everything else in its pool; ``pool`` gives each group's pool."""
    metric = sums.metric
    own_spread = intervals.clustered(*parts(metric, sums.sums, rule), sums.group, sums.groups)
    rest = _Rest(sums, pool, rule)
    spread, covariance = rest.spread(), rest.covariance(own_spread)
    own_totals = sums.totals()
    totals = {name: rest.pool_totals(name)[pool] - own_totals[name] for name in own_totals}
    own = estimate_of(metric, own_totals, own_spread, rule)
    reference = estimate_of(metric, totals, spread, rule)
    siblings = pool * (int(subjects_of(sums).max(initial=0)) + 1) + subjects_of(sums)
    difference = _difference(metric, rule, steadied(own, siblings), reference, covariance)
    return Contrast(own, reference, difference, np.zeros(sums.groups))


def steadied(own: Estimate, siblings: Ints) -> Estimate:
    """The estimate for a test: its variance of single visits, or of stores, with that of the siblings beside it."""
    several = own.stores > 1
    size = np.where(several, own.stores, own.n_effective)
    variance, df = moderation.moderated(own.variance * size, own.df, 2 * siblings + several)
    with np.errstate(divide="ignore", invalid="ignore"):
        return replace(own, variance=variance / size, df=df)


def subjects_of(sums: StoreSums) -> Ints:
    """Which subject each group is about: scores of one touchpoint vary more than those of another."""
    subjects = [axis for axis in sums.axes if axis in SUBJECT_AXES]
    return grouped(sums.keys[subjects])[1] if subjects and sums.groups else np.zeros(sums.groups, dtype=np.intp)


class _Rest:
    """What is left of a pool without one group, for all groups at once.

    A cell is a pool x store. Sums of squares over the rest are those over the pool, with the group's own stores
    replaced by what they have left; no group needs a list of the others.
    """

    def __init__(self, sums: StoreSums, pool: Ints, rule: str) -> None:
        self.sums, self.pool, self.rule = sums, pool, rule
        key = pool[sums.group] * (int(sums.store.max(initial=0)) + 1) + sums.store
        cells, self.cell = np.unique(key, return_inverse=True)
        self.pools = int(pool.max(initial=-1)) + 1
        self.cell_pool = cells // (int(sums.store.max(initial=0)) + 1)
        self.cell_sums = {name: per_group(self.cell, values, len(cells)) for name, values in sums.sums.items()}
        self.num, self.den = parts(sums.metric, self.cell_sums, rule)
        self.left_num, self.left_den = parts(sums.metric, self._left(), rule)
        self.own_num, self.own_den = self.num[self.cell], self.den[self.cell]

    def _left(self) -> Mapping[str, Floats]:
        """What each row's store has left in the pool outside the row's group."""
        whole = {name: values[self.cell] for name, values in self.cell_sums.items()}
        gone = whole["den"] - self.sums.sums["den"] <= NOTHING_LEFT * whole["den"]
        return {name: np.where(gone, 0.0, whole[name] - self.sums.sums[name]) for name in whole}

    def pool_totals(self, name: str) -> Floats:
        """A sum per pool."""
        return per_group(self.cell_pool, self.cell_sums[name], self.pools)

    def _over_rest(self, of_cells: Floats, own: Floats, left: Floats) -> Floats:
        """Sum over a pool's cells, the group's own cells replaced by what they have left."""
        whole = per_group(self.cell_pool, of_cells, self.pools)[self.pool]
        return whole + per_group(self.sums.group, left - own, self.sums.groups)

    def spread(self) -> Clustered:
        """Ratio and variance of the rest of every group: CR1, or CR2 where few stores are left."""
        weight = self._over_rest(self.den, self.own_den, self.left_den)
        weight = np.where(weight > NOTHING_LEFT, weight, 0.0)
        clusters = np.rint(self._over_rest(_counted(self.den), _counted(self.own_den), _counted(self.left_den)))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self._over_rest(self.num, self.own_num, self.left_num) / weight
            squares = self._residual_squares(ratio)
            variance = clusters / (clusters - 1) * squares / weight**2
        several = clusters > 1
        spread = Clustered(
            np.where(weight > 0, ratio, np.nan),
            weight,
            clusters,
            np.where(several, variance, np.nan),
            np.where(several, clusters - 1, np.nan),
            np.empty(0),
        )
        return self._with_few(spread)

    def _residual_squares(self, ratio: Floats) -> Floats:
        """Sum of (num - ratio * den)² over the rest, from moments around the pool's ratio."""
        centre = per_group(self.cell_pool, self.num, self.pools) / per_group(self.cell_pool, self.den, self.pools)
        row_centre = centre[self.cell_pool][self.cell]
        cell = self.num - centre[self.cell_pool] * self.den
        own, left = self.own_num - row_centre * self.own_den, self.left_num - row_centre * self.left_den
        shift = ratio - centre[self.pool]
        flat = self._over_rest(cell**2, own**2, left**2)
        cross = self._over_rest(cell * self.den, own * self.own_den, left * self.left_den)
        square = self._over_rest(self.den**2, self.own_den**2, self.left_den**2)
        return np.maximum(flat - 2 * shift * cross + shift**2 * square, 0.0)

    def _with_few(self, spread: Clustered) -> Clustered:
        """Replace the variance where fewer than 30 stores are left: CR2 needs them one by one."""
        few = np.flatnonzero((spread.clusters > 1) & (spread.clusters < FEW_CLUSTERS))
        if not len(few):
            return spread
        group, num, den = self._rows_of_rest(few)
        exact = intervals.clustered(num, den, group, len(few))
        variance, df = spread.variance.copy(), spread.df.copy()
        variance[few], df[few] = exact.variance, exact.df
        return Clustered(spread.ratio, spread.weight, spread.clusters, variance, df, spread.residual)

    def _rows_of_rest(self, few: Ints) -> tuple[Ints, Floats, Floats]:
        """The cells of the rest of some groups, one after the other: (which of ``few``, num, den)."""
        size = np.bincount(self.cell_pool, minlength=self.pools)
        start = np.concatenate([[0], np.cumsum(size)[:-1]])
        length = size[self.pool[few]]
        offset = np.concatenate([[0], np.cumsum(length)[:-1]])
        group = np.repeat(np.arange(len(few)), length)
        cell = np.arange(length.sum()) - np.repeat(offset, length) + np.repeat(start[self.pool[few]], length)
        num, den = self.num[cell], self.den[cell]
        place = np.full(self.sums.groups, -1)
        place[few] = np.arange(len(few))
        row = np.flatnonzero(place[self.sums.group] >= 0)
        at = place[self.sums.group[row]]
        position = offset[at] + self.cell[row] - start[self.pool[self.sums.group[row]]]
        num[position], den[position] = self.left_num[row], self.left_den[row]
        return group.astype(np.intp), num, den

    def covariance(self, own: Clustered) -> Floats:
        """Covariance of own value and rest (unscaled): stores that count on both sides."""
        weight = self._over_rest(self.den, self.own_den, self.left_den)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = self._over_rest(self.num, self.own_num, self.left_num) / weight
            residual = self.left_num - ratio[self.sums.group] * self.left_den
            shared = np.where(self.left_den > 0, own.residual * residual, 0.0)
            sum_shared = per_group(self.sums.group, shared, self.sums.groups)
            covariance = own.clusters / (own.clusters - 1) * sum_shared / (own.weight * weight)
        return np.where(np.isfinite(covariance), covariance, 0.0)


def _counted(den: Floats) -> Floats:
    """1 where there is something."""
    return np.asarray(den > 0, dtype=float)


def now_against_before(now: StoreSums, before: StoreSums, rule: str) -> Contrast:
    """Each group against the same group before; paired by store where two or more stores were measured both times.

    A paired group's difference is that of the paired stores alone; its values are those of all stores.
    """
    metric = now.metric
    before = _aligned(now, before)
    row1, row0 = _pairs(now, before)
    pairs = np.bincount(now.group[row1], minlength=now.groups).astype(float)
    paired = pairs > 1
    keep1 = _kept(now, row1, paired)
    keep0 = _kept(before, row0, paired)
    own, reference = estimate(now.rows(keep1), rule), estimate(before.rows(keep0), rule)
    joint = _paired_variance(now.rows(row1), before.rows(row0), rule)
    if rule == "stores" or metric.kind in {"mean", "hours"}:
        variance, df = moderation.moderated(joint.variance * pairs, pairs - 1, subjects_of(now))
        exact = differences.by_t(own.value - reference.value, variance / np.maximum(pairs, 1), df)
        difference = _chosen(paired, exact, _unpaired(now, own, reference))
    else:
        difference = _difference(metric, rule, own, reference, np.where(paired, joint.covariance, 0.0))
    return Contrast(own, estimate(before, rule), difference, np.where(paired, pairs, 0.0))


def _unpaired(sums: StoreSums, own: Estimate, reference: Estimate) -> Difference:
    """Two independent means; what is steadied is the variance of their difference, with Welch's df."""
    several, earlier = own.stores > 1, reference.stores > 1
    total, df = differences.welch_variance(own.variance, own.df, reference.variance, reference.df)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = 1 / (
            1 / np.where(several, own.stores, own.n_effective)
            + 1 / np.where(earlier, reference.stores, reference.n_effective)
        )
        variance, df = moderation.moderated(total * size, df, 4 * subjects_of(sums) + 2 * several + earlier)
        return differences.by_t(own.value - reference.value, variance / size, df)


def _aligned(now: StoreSums, before: StoreSums) -> StoreSums:
    """``before`` with the groups of ``now``; groups that are gone are left out."""
    if not now.axes:
        return StoreSums(before.metric, (), now.keys, before.group, before.store, before.sums)
    axes = list(now.axes)
    number = now.keys[axes].assign(now=np.arange(now.groups))
    matched = before.keys[axes].merge(number, on=axes, how="left")["now"].fillna(-1).to_numpy(dtype=np.intp)
    group = matched[before.group] if before.groups else before.group
    kept = before.rows(group >= 0)
    return StoreSums(before.metric, now.axes, now.keys, group[group >= 0], kept.store, kept.sums)


def _pairs(now: StoreSums, before: StoreSums) -> tuple[Ints, Ints]:
    """Rows of the same group and store on both sides."""
    stores = int(max(now.store.max(initial=0), before.store.max(initial=0))) + 1
    key1, key0 = now.group * stores + now.store, before.group * stores + before.store
    _, row1, row0 = np.intersect1d(key1, key0, assume_unique=True, return_indices=True)
    return row1.astype(np.intp), row0.astype(np.intp)


def _kept(sums: StoreSums, paired_rows: Ints, paired: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Ints:
    """The paired rows of paired groups and all rows of the others."""
    keep = ~paired[sums.group]
    keep[paired_rows] = True
    return np.flatnonzero(keep)


@dataclass(frozen=True)
class _Joint:
    covariance: Floats
    variance: Floats


def _paired_variance(now: StoreSums, before: StoreSums, rule: str) -> _Joint:
    """Covariance (unscaled) and variance of the difference (scaled) over paired stores, with J/(J-1)."""
    metric, groups = now.metric, now.groups
    spread1 = intervals.clustered(*parts(metric, now.sums, rule), now.group, groups)
    spread0 = intervals.clustered(*parts(metric, before.sums, rule), before.group, groups)
    scale = 100.0 if rule == "points" and "points" in metric.rules else metric.scale
    with np.errstate(divide="ignore", invalid="ignore"):
        part1 = spread1.residual / spread1.weight[now.group]
        part0 = spread0.residual / spread0.weight[before.group]
        lift = spread1.clusters / (spread1.clusters - 1)
        covariance = lift * per_group(now.group, part1 * part0, groups)
        variance = lift * per_group(now.group, (part1 - part0) ** 2, groups)
    return _Joint(np.where(np.isfinite(covariance), covariance, 0.0), variance * scale**2)


def _difference(metric: Metric, rule: str, own: Estimate, reference: Estimate, covariance: Floats) -> Difference:
    """Difference of two estimates; ``covariance`` is unscaled."""
    if rule == "stores" or metric.kind in {"mean", "hours"}:
        scale = 100.0 if rule == "points" and "points" in metric.rules else metric.scale
        total = own.variance + reference.variance
        plain = differences.welch(own.value, own.variance, own.df, reference.value, reference.variance, reference.df)
        shared = covariance != 0
        if not shared.any():
            return plain
        df = np.fmin(own.df, reference.df)
        joint = differences.by_t(own.value - reference.value, total - 2 * covariance * scale**2, df)
        return _chosen(shared, joint, plain)
    return differences.square_and_add(
        own.value,
        own.low,
        own.high,
        reference.value,
        reference.low,
        reference.high,
        covariance * metric.scale**2,
        _joined_df(own, reference, covariance),
    )


def _joined_df(own: Estimate, reference: Estimate, covariance: Floats) -> Floats:
    """Df of a difference of two intervals, Welch's from their widths; where stores count on both sides the smaller."""
    df1, df0 = (np.where((side.stores > 1) & np.isfinite(side.df), side.df, np.inf) for side in (own, reference))
    width1, width0 = ((side.high - side.low) ** 2 for side in (own, reference))
    with np.errstate(divide="ignore", invalid="ignore"):
        welch = (width1 + width0) ** 2 / (width1**2 / df1 + width0**2 / df0)
    return np.where((covariance != 0) | np.isnan(welch), np.fmin(df1, df0), welch)


def against_constant(sums: StoreSums, constant: Floats, rule: str) -> Contrast:
    """Each group against a fixed value (a target), NaN where there is none."""
    own = estimate(sums, rule)
    nothing, always = np.zeros(sums.groups), np.full(sums.groups, np.inf)
    fixed = Estimate(constant, constant, constant, nothing, always, nothing, always, always)
    steady = steadied(own, subjects_of(sums))
    return Contrast(own, fixed, _difference(sums.metric, rule, steady, fixed, nothing), nothing)


def _chosen(first: np.ndarray[tuple[int], np.dtype[np.bool_]], yes: Difference, no: Difference) -> Difference:
    """Elementwise choice between two differences."""
    names = ("value", "low", "high", "p")
    return Difference(*(np.where(first, getattr(yes, name), getattr(no, name)) for name in names))
