"""One template that measures any metric by any axes, with 95 % intervals.

Everything is a ratio ``scale * sum(num) / sum(den)`` over stores; the sums of a group x store are read from the
rollup and the rest is arithmetic on arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.querying import (
    ALL_ITEMS,
    PLACE_AXES,
    TIME_AXES,
    Statement,
    customers_statement,
    sums_statement,
)
from sq.selection import Selection
from sq.statistics import intervals
from sq.statistics.intervals import Clustered, Floats, Ints
from sq.warehouse import Scope, Warehouse

MEASURES = (
    "n", "stores", "value", "low", "high", "se", "df", "value_points", "value_stores", "n_effective", "hidden_reason",
)  # fmt: skip


@dataclass(frozen=True)
class StoreSums:
    """Sums of a metric, one row per group of the axes and store.

    Attributes:
        keys: one row per group: the axis columns.
        group: row → group. store: row → number of the store (the same in every query of a snapshot).
        sums: canonical name (see `Metric.sums`) → one number per row.
    """

    metric: Metric
    axes: tuple[str, ...]
    keys: pd.DataFrame
    group: Ints
    store: Ints
    sums: Mapping[str, Floats]

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return len(self.keys)

    def rows(self, keep: np.ndarray) -> StoreSums:
        """Only some rows; the groups stay."""
        kept = {name: values[keep] for name, values in self.sums.items()}
        return replace(self, group=self.group[keep], store=self.store[keep], sums=kept)

    def total(self, name: str) -> Floats:
        """A sum per group."""
        return np.bincount(self.group, self.sums[name], self.groups)


def measure(
    warehouse: Warehouse, scope: Scope, metric: str, selection: Selection, axes: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Measure a metric for every group of ``axes`` inside the selection.

    Returns one row per group: one column per axis (ids; time axes datetime64), ``n`` (what is counted, see
    ``Metric.n_unit``), ``stores``, ``value``, ``low``, ``high`` (95 %), ``se``, ``df``, ``value_points``,
    ``value_stores``, ``n_effective``, ``hidden_reason`` ('' or 'too_few': shown, but neither ranked nor judged).
    Groups without data are absent; without axes and data the frame is empty.
    """
    return estimates(store_sums(warehouse, scope, METRICS[metric], selection, axes), selection.rule)


def store_sums(
    warehouse: Warehouse,
    scope: Scope,
    metric: Metric,
    selection: Selection,
    axes: tuple[str, ...],
    basis: str = ALL_ITEMS,
) -> StoreSums:
    """Read the sums of a metric by axes and store."""
    frame = _frame(warehouse, sums_statement(metric, scope, selection, axes, basis))
    if metric.kind == "rate":
        frame = _with_customers(frame, warehouse, scope, metric, selection, axes)
    names = ("n", "num", "den", "w", "w2") if metric.kind == "rate" else tuple(metric.sums)
    frame = frame[frame["den"] > 0]
    return _coded(metric, axes, frame, names)


def _frame(warehouse: Warehouse, statement: Statement) -> pd.DataFrame:
    return warehouse.query(statement.sql, list(statement.values))


def _with_customers(
    events: pd.DataFrame,
    warehouse: Warehouse,
    scope: Scope,
    metric: Metric,
    selection: Selection,
    axes: tuple[str, ...],
) -> pd.DataFrame:
    """Put every store's customers beside its complaints; a store without complaints counts with none."""
    shared = tuple(axis for axis in axes if axis in PLACE_AXES + TIME_AXES)
    others = [axis for axis in axes if axis not in shared]
    customers = _frame(warehouse, customers_statement(metric, scope, selection, shared))
    if others:
        customers = customers.merge(events[others].drop_duplicates(), how="cross")
    joined = customers.merge(events, on=[*axes, "store_code"], how="left")
    joined["num"] = joined["num"].fillna(0.0)
    return joined.assign(n=joined["den"], w=joined["den"], w2=joined["den"])


def _coded(metric: Metric, axes: tuple[str, ...], frame: pd.DataFrame, names: tuple[str, ...]) -> StoreSums:
    sums = {name: frame[name].to_numpy(dtype=float) for name in names}
    store = frame["store_code"].to_numpy(dtype=np.intp)
    if not axes:
        keys, group = pd.DataFrame(index=range(min(len(frame), 1))), np.zeros(len(frame), dtype=np.intp)
    else:
        keys, group = _groups(frame[list(axes)])
    return StoreSums(metric, axes, keys, group, store, sums)


def _groups(columns: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """The distinct rows, and for each row which of them it is."""
    code = np.zeros(len(columns), dtype=np.int64)
    for name in columns:
        one, values = pd.factorize(columns[name])
        code = code * max(len(values), 1) + one
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    return columns.iloc[first].reset_index(drop=True), group.astype(np.intp)


@dataclass(frozen=True)
class Estimate:
    """Values of all groups by one rule, in the metric's unit; ``variance`` and ``df`` of the value."""

    value: Floats
    low: Floats
    high: Floats
    variance: Floats
    df: Floats
    stores: Floats
    n: Floats
    n_effective: Floats


def estimate(sums: StoreSums, rule: str = "responses") -> Estimate:
    """Value and 95 % interval of every group.

    Several stores: clustered by store. One store: by its responses (t, Wilson, adjusted Wald, exact Poisson).
    """
    metric = sums.metric
    spread = clusters(sums, rule)
    n = np.bincount(sums.group, sums.sums["n"], sums.groups)
    n_effective = intervals.effective_n(sums.total("w"), sums.total("w2"))
    simple = _simple_variance(sums, spread, n, n_effective)
    single = spread.clusters <= 1
    variance = np.where(single, simple, spread.variance)
    df = np.where(single, np.where(n > 1, n - 1, np.nan), spread.df)
    effect = np.where(single, 1.0, intervals.design_effect(spread.variance, simple))
    low, high = _limits(sums, spread.ratio, variance, df, n_effective / effect, effect, rule)
    scale = _scale(metric, rule)
    return Estimate(
        spread.ratio * scale,
        np.maximum(low * scale, metric.low_bound),
        np.minimum(high * scale, metric.high_bound),
        variance * scale**2,
        df,
        spread.clusters,
        n,
        n_effective,
    )


def clusters(sums: StoreSums, rule: str = "responses") -> Clustered:
    """The ratio of every group by a rule, with its variance over stores (unscaled)."""
    num, den = parts(sums, rule)
    return intervals.clustered(num, den, sums.group, sums.groups)


def parts(sums: StoreSums, rule: str) -> tuple[Floats, Floats]:
    """Numerator and denominator of every row by a rule; for the mean of stores each store weighs the same."""
    values = sums.sums
    if rule == "points" and "points" in sums.metric.rules:
        return values["pnum"], values["pden"]
    if rule == "stores":
        return values["num"] / values["den"], np.ones(len(sums.group))
    return values["num"], values["den"]


def _scale(metric: Metric, rule: str) -> float:
    return 100.0 if rule == "points" and "points" in metric.rules else metric.scale


def _simple_variance(sums: StoreSums, spread: Clustered, n: Floats, n_effective: Floats) -> Floats:
    """Variance as if the responses were a simple random sample (unscaled)."""
    metric, ratio = sums.metric, spread.ratio
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric.kind == "share":
            return np.maximum(ratio * (1 - ratio), 0.0) / n_effective
        if metric.kind == "nps":
            return np.maximum(sums.total("either") / sums.total("den") - ratio**2, 0.0) / n_effective
        if metric.kind == "rate":
            return np.maximum(ratio, 0.0) / sums.total("den")
        mean = sums.total("num") / sums.total("den")
        variance = intervals.mean_variance(n, sums.total("w"), mean, *(sums.total(q) for q in ("q0", "q1", "q2")))
        # Pooled points are shares: what a visit's score varies by is borrowed for them.
        return np.where(mean > 0, variance * (ratio / mean) ** 2, variance)


def _limits(
    sums: StoreSums, ratio: Floats, variance: Floats, df: Floats, n: Floats, effect: Floats, rule: str
) -> tuple[Floats, Floats]:
    kind = sums.metric.kind
    if kind == "share" and rule != "stores":
        return intervals.wilson(ratio, n)
    if kind == "nps" and rule != "stores":
        with np.errstate(divide="ignore", invalid="ignore"):
            return intervals.adjusted_wald_nps(ratio, sums.total("either") / sums.total("den"), n)
    if kind == "rate" and rule != "stores":
        exposure = sums.total("den") / effect
        return intervals.poisson_rate(ratio * exposure, exposure)
    return intervals.t_interval(ratio, variance, df)


def estimates(sums: StoreSums, rule: str = "responses") -> pd.DataFrame:
    """The frame of `measure`."""
    rule = rule if rule in sums.metric.rules else "responses"
    main = estimate(sums, rule)
    too_few = main.n < sums.metric.minimum_n
    return sums.keys.assign(
        n=np.rint(main.n).astype(np.int64),
        stores=main.stores.astype(np.int64),
        value=main.value,
        low=main.low,
        high=main.high,
        se=np.sqrt(main.variance),
        df=main.df,
        value_points=_value(sums, "points"),
        value_stores=_value(sums, "stores"),
        n_effective=main.n_effective,
        hidden_reason=np.where(too_few, "too_few", ""),
    )


def _value(sums: StoreSums, rule: str) -> Floats:
    """The value by another rule; NaN where the metric does not know it."""
    if rule not in sums.metric.rules:
        return np.full(sums.groups, np.nan)
    num, den = parts(sums, rule)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.bincount(sums.group, num, sums.groups) / np.bincount(sums.group, den, sums.groups)
    return np.asarray(ratio * _scale(sums.metric, rule))
