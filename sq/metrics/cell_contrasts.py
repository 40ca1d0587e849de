"""Differences between finished groups, from their shown and rounded numbers only: nothing new is released.

A group that is hidden or shows a limit only has no difference.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.metrics.catalogue import Metric
from sq.statistics import differences, intervals
from sq.statistics.differences import Difference
from sq.statistics.intervals import Floats, Ints, per_group


@dataclass(frozen=True)
class Shown:
    """What is known of some groups, row by row; NaN where nothing is. Values in the metric's unit."""

    value: Floats
    low: Floats
    high: Floats
    se: Floats
    n: Floats

    def where(self, keep: NDArray[np.bool_]) -> Shown:
        """NaN outside ``keep``."""
        return Shown(*(np.where(keep, part, np.nan) for part in vars(self).values()))


def shown(frame: pd.DataFrame) -> Shown:
    """The exact numbers of the rows of `sq.metrics.cells.read_cells`."""
    found = Shown(*(frame[name].to_numpy(dtype=float) for name in ("value", "low", "high", "se", "n")))
    return found.where((frame["limit"] == "").to_numpy())


def rest(metric: Metric, own: Shown, parent: Shown) -> Shown:
    """The parent without the own group: (N·M − n·m) / (N − n); its interval from what the parent's leaves over."""
    left = parent.n - own.n
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (parent.n * parent.value - own.n * own.value) / left
        variance = (parent.n**2 * parent.se**2 - own.n**2 * own.se**2) / left**2
    value = np.clip(value, metric.low_bound, metric.high_bound)
    se = np.sqrt(np.fmax(variance, parent.se**2))  # of rounded ends; the rest never tells more than the whole
    return _with_interval(metric, Shown(value, value, value, se, left)).where(left > 0)


def others(metric: Metric, own: Shown, part: Ints) -> Shown:
    """Per group the mean of the others in its part, weighted by their answers (subjects of one form)."""
    known = ~np.isnan(own.value)
    groups = int(part.max(initial=-1)) + 1
    n = np.where(known, own.n, 0.0)
    total, sums, squares = (
        per_group(part, np.nan_to_num(values), groups)[part] - np.nan_to_num(values)
        for values in (n, n * own.value, n**2 * own.se**2)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        value, se = sums / total, np.sqrt(np.maximum(squares, 0.0)) / total
    return _with_interval(metric, Shown(value, value, value, se, total)).where(known & (total > 0))


def _with_interval(metric: Metric, found: Shown) -> Shown:
    if metric.kind == "share":
        low, high = intervals.wilson(found.value / 100, found.n)
        return Shown(found.value, 100 * low, 100 * high, found.se, found.n)
    half = intervals.z_quantile() * found.se
    return Shown(found.value, found.value - half, found.value + half, found.se, found.n)


def difference(metric: Metric, own: Shown, reference: Shown) -> Difference:
    """Own minus reference, as two independent groups."""
    if metric.kind in {"share", "nps"}:
        found = differences.square_and_add(
            own.value / 100,
            own.low / 100,
            own.high / 100,
            reference.value / 100,
            reference.low / 100,
            reference.high / 100,
            np.zeros(len(own.value)),
        )
        return Difference(own.value - reference.value, 100 * found.low, 100 * found.high, found.p)
    variance = own.se**2 + reference.se**2
    return differences.by_t(own.value - reference.value, variance, np.full(len(own.value), np.inf))


def constant(value: Floats) -> Shown:
    """A fixed number, such as a target, beside every group."""
    return Shown(value, value, value, 0 * value, np.full(len(value), np.inf))
