"""Control charts: is a series only wobbling, or did something happen.

Shewhart's charts by Montgomery, Introduction to Statistical Quality Control (6th ed. 2009); rules of Nelson (1984),
J. Quality Technology 16:237-239 (= GB/T 17989); Laney (2002), Quality Engineering 14:531-537.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sq.statistics.estimable import NO_VARIATION, TOO_FEW, NotEstimable
from sq.statistics.intervals import Floats

FEWEST_POINTS = 12  # below: a run chart without limits
PROVISIONAL_POINTS = 20  # below: limits are provisional
DEFAULT_RULES = (1, 2)
RULES = tuple(range(1, 9))
SAME_SIDE = 9  # Nelson and GB/T 17989; Western Electric takes 8, qcc 7


@dataclass(frozen=True)
class Constants:
    """Factors for subgroups of n; d2, d3: mean and standard deviation of the range of n standard normal values."""

    d2: float
    d3: float
    c4: float

    n: int

    @property
    def table(self) -> dict[str, float]:
        """All factors by their usual names."""
        d2, d3, c4, root = self.d2, self.d3, self.c4, self.n**0.5
        spare = 3 * (1 - c4**2) ** 0.5
        return {
            "d2": d2,
            "d3": d3,
            "c4": c4,
            "A": 3 / root,
            "A2": 3 / (d2 * root),
            "A3": 3 / (c4 * root),
            "B3": max(0.0, 1 - spare / c4),
            "B4": 1 + spare / c4,
            "B5": max(0.0, c4 - spare),
            "B6": c4 + spare,
            "D1": max(0.0, d2 - 3 * d3),
            "D2": d2 + 3 * d3,
            "D3": max(0.0, 1 - 3 * d3 / d2),
            "D4": 1 + 3 * d3 / d2,
        }


@cache
def constants(n: int) -> Constants:
    """The factors for subgroups of n >= 2, from their integrals."""
    from scipy.integrate import quad
    from scipy.special import gammaln, ndtr

    def beyond(w: float) -> float:
        """P(range > w)."""

        def density(x: float) -> float:
            return float(n * np.exp(-x * x / 2) / np.sqrt(2 * np.pi) * (ndtr(x + w) - ndtr(x)) ** (n - 1))

        return 1 - float(quad(density, -12, 12, epsabs=1e-12, epsrel=1e-12, limit=200)[0])

    mean = float(quad(beyond, 0, 14, epsabs=1e-10, limit=200)[0])
    square = float(quad(lambda w: 2 * w * beyond(w), 0, 14, epsabs=1e-10, limit=200)[0])
    c4 = float(np.sqrt(2 / (n - 1)) * np.exp(gammaln(n / 2) - gammaln((n - 1) / 2)))
    return Constants(mean, (square - mean**2) ** 0.5, c4, n)


@dataclass(frozen=True)
class Chart:
    """A series with its centre and limits; one element per point.

    Attributes:
        value: NaN where a month is missing. center, low, high: three-sigma limits. sigma: one standard deviation.
        provisional: fewer than PROVISIONAL_POINTS in the baseline.
    """

    value: Floats
    center: Floats
    sigma: Floats
    low: Floats
    high: Floats
    provisional: bool = False

    @property
    def z(self) -> Floats:
        """Distance from the centre in standard deviations."""
        return (self.value - self.center) / self.sigma

    @property
    def beyond(self) -> NDArray[np.intp]:
        """Positions (from 0) outside the limits; a point on a limit is inside."""
        with np.errstate(invalid="ignore"):
            return np.flatnonzero((self.value > self.high) | (self.value < self.low))


def _chart(value: Floats, center: Any, sigma: Any, low: Any, high: Any, points: int) -> Chart:
    parts = [np.broadcast_to(np.asarray(a, dtype=float), value.shape).copy() for a in (center, sigma, low, high)]
    return Chart(value, parts[0], parts[1], parts[2], parts[3], points < PROVISIONAL_POINTS)


def xmr(value: ArrayLike, baseline: int | None = None, screened: bool = False) -> Chart | NotEstimable:
    """Individual values: mean ± 3 mean moving range / d2; ranges only between neighbouring points that are there.

    Args:
        baseline: the first so many points set the limits (all by default); later points never change them.
        screened: leave ranges above 3.267 times their mean out once (Nelson 1982).
    """
    x = np.asarray(value, dtype=float)
    base = x[:baseline]
    ranges = np.abs(np.diff(base))
    ranges = ranges[~np.isnan(ranges)]
    if len(ranges) < 2:
        return TOO_FEW
    if screened:
        ranges = ranges[ranges <= constants(2).table["D4"] * ranges.mean()]
    mean_range = float(ranges.mean())
    if mean_range == 0:
        return NO_VARIATION
    sigma, center = mean_range / constants(2).d2, float(np.nanmean(base))
    return _chart(x, center, sigma, center - 3 * sigma, center + 3 * sigma, int((~np.isnan(base)).sum()))


def moving_ranges(value: ArrayLike) -> Chart | NotEstimable:
    """The chart of moving ranges beside an XmR chart; its first point is missing."""
    x = np.asarray(value, dtype=float)
    ranges = np.concatenate([[np.nan], np.abs(np.diff(x))])
    if (~np.isnan(ranges)).sum() < 2:
        return TOO_FEW
    mean = float(np.nanmean(ranges))
    if mean == 0:
        return NO_VARIATION
    factors = constants(2)
    return _chart(ranges, mean, mean * factors.d3 / factors.d2, 0.0, mean * factors.table["D4"], len(x))


@dataclass(frozen=True)
class Subgroups:
    """Subgroups of a fixed or varying size in order: mean, standard deviation (n-1), range, n."""

    mean: Floats
    sd: Floats
    range: Floats
    n: NDArray[np.int64]


def subgroups(value: ArrayLike, group: Iterable[Any]) -> Subgroups:
    """Values gathered by their subgroup, in order of appearance."""
    from sq.statistics.crossed import coded

    x = np.asarray(value, dtype=float)
    names, code = coded(list(group))
    parts = [x[code == i] for i in range(len(names))]
    sd = [float(p.std(ddof=1)) if len(p) > 1 else np.nan for p in parts]
    means, ranges = [float(p.mean()) for p in parts], [float(np.ptp(p)) for p in parts]
    return Subgroups(np.array(means), np.array(sd), np.array(ranges), np.array([len(p) for p in parts]))


@dataclass(frozen=True)
class SubgroupCharts:
    """The chart of means and the one of their spread."""

    mean: Chart
    spread: Chart


def xbar_s(parts: Subgroups, baseline: int | None = None) -> SubgroupCharts | NotEstimable:
    """Means and standard deviations; subgroups may differ in size: mean of s / c4(n), limits at each n."""
    n, base = parts.n, slice(None, baseline)
    usable = parts.n[base] > 1
    if usable.sum() < 2:
        return TOO_FEW
    c4 = np.array([constants(int(size)).c4 if size > 1 else np.nan for size in n])
    sigma = float(np.mean((parts.sd[base] / c4[base])[usable]))
    if sigma == 0:
        return NO_VARIATION
    center = float(np.average(parts.mean[base], weights=n[base]))
    points = int(usable.sum())
    spare = 3 * sigma * np.sqrt(1 - c4**2)
    spread = _chart(parts.sd, c4 * sigma, spare / 3, np.maximum(c4 * sigma - spare, 0), c4 * sigma + spare, points)
    return SubgroupCharts(_means(parts, center, sigma, points), spread)


def xbar_r(parts: Subgroups, baseline: int | None = None) -> SubgroupCharts | NotEstimable:
    """Means and ranges; one constant subgroup size of at most 10."""
    size = int(parts.n[0]) if len(parts.n) else 0
    if len(parts.n[:baseline]) < 2 or (parts.n != size).any() or not 2 <= size <= 10:
        return TOO_FEW
    factors = constants(size)
    mean_range = float(parts.range[:baseline].mean())
    if mean_range == 0:
        return NO_VARIATION
    sigma, center, points = mean_range / factors.d2, float(parts.mean[:baseline].mean()), len(parts.n[:baseline])
    table = factors.table
    limits = (mean_range * table["D3"], mean_range * table["D4"])
    return SubgroupCharts(
        _means(parts, center, sigma, points), _chart(parts.range, mean_range, sigma * factors.d3, *limits, points)
    )


def _means(parts: Subgroups, center: float, sigma: float, points: int) -> Chart:
    se = sigma / np.sqrt(parts.n)
    return _chart(parts.mean, center, se, center - 3 * se, center + 3 * se, points)


def p_chart(events: ArrayLike, n: ArrayLike, baseline: ArrayLike | None = None) -> Chart | NotEstimable:
    """Shares with their own limits at each n, cut at 0 and 1; ``baseline``: which points set the centre."""
    x, size = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
    base = np.ones(len(x), dtype=bool) if baseline is None else np.asarray(baseline, dtype=bool)
    if base.sum() < 2 or size[base].sum() == 0:
        return TOO_FEW
    center = float(x[base].sum() / size[base].sum())
    if not 0 < center < 1:
        return NO_VARIATION
    sigma = np.sqrt(center * (1 - center) / size)
    limits = np.maximum(center - 3 * sigma, 0), np.minimum(center + 3 * sigma, 1)
    return _chart(x / size, center, sigma, *limits, int(base.sum()))


def u_chart(events: ArrayLike, exposure: ArrayLike) -> Chart | NotEstimable:
    """Events per unit of exposure; not below 0."""
    x, size = np.asarray(events, dtype=float), np.asarray(exposure, dtype=float)
    if len(x) < 2 or size.sum() == 0:
        return TOO_FEW
    center = float(x.sum() / size.sum())
    if center == 0:
        return NO_VARIATION
    sigma = np.sqrt(center / size)
    return _chart(x / size, center, sigma, np.maximum(center - 3 * sigma, 0), center + 3 * sigma, len(x))


@dataclass(frozen=True)
class Laney:
    """A p' or u' chart: limits widened by the variation between points, ``sigma_z`` times."""

    chart: Chart
    sigma_z: float


def laney(plain: Chart | NotEstimable) -> Laney | NotEstimable:
    """Widen the limits of a p or u chart by the moving ranges of its z."""
    if isinstance(plain, NotEstimable):
        return plain
    z = plain.z
    ranges = np.abs(np.diff(z))
    if (~np.isnan(ranges)).sum() < 2:
        return TOO_FEW
    sigma_z = float(np.nanmean(ranges)) / constants(2).d2
    if sigma_z == 0:
        return NO_VARIATION
    half = 3 * plain.sigma * sigma_z
    chart = Chart(
        plain.value, plain.center, plain.sigma * sigma_z, plain.center - half, plain.center + half, plain.provisional
    )
    return Laney(chart, sigma_z)


def signals(z: ArrayLike, rules: Iterable[int] = DEFAULT_RULES, same_side: int = SAME_SIDE) -> dict[int, list[int]]:
    """Rule → positions (from 0) of the last point of each pattern.

    1 beyond 3 sigma; 2 ``same_side`` in a row on one side; 3 six rising or falling; 4 fourteen alternating; 5 two of
    three beyond 2 sigma on one side; 6 four of five beyond 1 sigma on one side; 7 fifteen within 1 sigma; 8 eight
    beyond 1 sigma on either side. Strict inequalities: a point on the centre line breaks a run, equal neighbours a
    trend; 5 and 6 signal only at a point that lies in the zone itself. Missing points break every pattern.
    """
    x = np.asarray(z, dtype=float)
    found: dict[int, Callable[[], NDArray[np.bool_]]] = {
        1: lambda: np.abs(x) > 3,
        2: lambda: _all_of(x > 0, same_side) | _all_of(x < 0, same_side),
        3: lambda: _steps(x, 5, alternating=False),
        4: lambda: _steps(x, 13, alternating=True),
        5: lambda: _most_of(x, 2.0, 2, 3),
        6: lambda: _most_of(x, 1.0, 4, 5),
        7: lambda: _all_of(np.abs(x) < 1, 15),
        8: lambda: _all_of(np.abs(x) > 1, 8),
    }
    with np.errstate(invalid="ignore"):
        return {rule: np.flatnonzero(found[rule]()).tolist() for rule in rules}


def _counts(flag: NDArray[np.bool_], window: int) -> NDArray[np.int64]:
    """At each position how many of the last ``window`` are true; the series begins with nothing."""
    total = np.cumsum(np.concatenate([[0], flag.astype(np.int64)]))
    start = np.maximum(np.arange(1, len(flag) + 1) - window, 0)
    return np.asarray(total[1:] - total[start])


def _all_of(flag: NDArray[np.bool_], window: int) -> NDArray[np.bool_]:
    return np.asarray(_counts(flag, window) == window)


def _most_of(x: Floats, zone: float, need: int, window: int) -> NDArray[np.bool_]:
    up, down = x > zone, x < -zone
    return np.asarray((up & (_counts(up, window) >= need)) | (down & (_counts(down, window) >= need)))


def _steps(x: Floats, steps: int, alternating: bool) -> NDArray[np.bool_]:
    step = np.sign(np.diff(x, prepend=np.nan))
    step = np.where(np.isnan(step), 0, step)
    if alternating:
        turn = (step * np.roll(step, 1) < 0) & (np.arange(len(x)) > 1)
        return _all_of(turn, steps - 1)
    return _all_of(step > 0, steps) | _all_of(step < 0, steps)
