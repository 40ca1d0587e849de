"""One template that measures any metric by any axes, with 95 % intervals.

Everything is a ratio ``scale * sum(num) / sum(den)`` over stores; the sums of a group x store are read from the
rollup and the rest is arithmetic on arrays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sq.metrics.aggregates import measure_aggregates
from sq.metrics.catalogue import METRICS, Metric
from sq.metrics.cells import measure_cells
from sq.metrics.querying import (
    ALL_ITEMS,
    PLACE_AXES,
    SUBJECT_AXES,
    TIME_AXES,
    Statement,
    complained_about,
    customers_statement,
    sum_columns,
    sums_statement,
)
from sq.selection import Selection
from sq.statistics import intervals
from sq.statistics.intervals import Clustered, Floats, Ints, per_group
from sq.warehouse import Scope, Warehouse

MEASURES = (
    "n",
    "stores",
    "value",
    "low",
    "high",
    "se",
    "df",
    "value_responses",
    "value_points",
    "value_stores",
    "n_effective",
    "limit",
    "hidden_reason",
)


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

    def rows(self, keep: NDArray[np.bool_] | Ints) -> StoreSums:
        """Only some rows; the groups stay."""
        kept = {name: values[keep] for name, values in self.sums.items()}
        return replace(self, group=self.group[keep], store=self.store[keep], sums=kept)

    def totals(self) -> dict[str, Floats]:
        """Each sum per group."""
        return {name: per_group(self.group, values, self.groups) for name, values in self.sums.items()}


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


def measure(
    warehouse: Warehouse, scope: Scope, metric: str, selection: Selection, axes: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Measure a metric for every group of ``axes`` inside the selection.

    Returns one row per group: one column per axis (ids; time axes datetime64), ``n`` (what is counted, see
    ``Metric.n_unit``), ``stores``, ``value``, ``low``, ``high`` (95 %), ``se``, ``df``, ``value_responses``,
    ``value_points``, ``value_stores`` (the same by each roll-up rule), ``n_effective``, ``hidden_reason`` ('' or
    'too_few': shown, but neither ranked nor judged), ``limit`` (''; of anonymous surveys and published results see
    `sq.metrics.cells.measure_cells` and `sq.metrics.aggregates.measure_aggregates`).
    Groups without data are absent; without axes and data the frame is empty.
    """
    if METRICS[metric].table == "cells":
        return measure_cells(warehouse, scope, METRICS[metric], selection, axes)
    if METRICS[metric].table == "aggregates":
        return measure_aggregates(warehouse, scope, METRICS[metric], selection, axes)
    return estimates(store_sums(warehouse, scope, METRICS[metric], selection, axes), selection.rule)


def store_sums(
    warehouse: Warehouse,
    scope: Scope,
    metric: Metric,
    selection: Selection,
    axes: tuple[str, ...],
    basis: str = ALL_ITEMS,
    subjects: Sequence[str] = (),
) -> StoreSums:
    """Read the sums of a metric by axes and store; ``subjects``: of scores only these."""
    return several_sums(warehouse, scope, (metric,), selection, axes, basis, subjects)[metric.id]


def several_sums(
    warehouse: Warehouse,
    scope: Scope,
    metrics: Sequence[Metric],
    selection: Selection,
    axes: tuple[str, ...],
    basis: str = ALL_ITEMS,
    subjects: Sequence[str] = (),
) -> dict[str, StoreSums]:
    """Read the sums of metrics that share instrument, form kind and `Metric.kind` rate or not, in one query."""
    frame = _frame(warehouse, sums_statement(metrics, scope, selection, axes, basis, subjects))
    column = sum_columns(metrics)
    found = {}
    for metric in metrics:
        if metric.kind == "rate":
            events = frame.rename(columns={column[sql]: name for name, sql in metric.sums.items()})
            found[metric.id] = _coded(metric, axes, *_with_customers(events, warehouse, scope, selection, axes))
        else:
            sums = {name: frame[column[sql]].to_numpy() for name, sql in metric.sums.items()}
            found[metric.id] = _coded(metric, axes, frame, sums)
    return found


def together(metrics: Sequence[Metric]) -> list[tuple[Metric, ...]]:
    """Metrics in groups that `several_sums` can read at once."""
    groups: dict[tuple[str, str, bool], list[Metric]] = {}
    for metric in metrics:
        groups.setdefault((metric.instrument, metric.form_kind, metric.kind == "rate"), []).append(metric)
    return [tuple(group) for group in groups.values()]


def _frame(warehouse: Warehouse, statement: Statement) -> pd.DataFrame:
    return warehouse.kept(statement.sql, statement.values)


def _with_customers(
    events: pd.DataFrame, warehouse: Warehouse, scope: Scope, selection: Selection, axes: tuple[str, ...]
) -> tuple[pd.DataFrame, dict[str, Floats]]:
    """Put every store's customers beside its complaints; a store or touchpoint without complaints counts with none."""
    shared = tuple(axis for axis in axes if axis in PLACE_AXES + TIME_AXES)
    others = [axis for axis in axes if axis not in shared]
    customers = _frame(warehouse, customers_statement(scope, selection, shared))
    for axis in others:
        found = events[[axis]].drop_duplicates()
        if axis in SUBJECT_AXES:
            found = pd.concat([found, _frame(warehouse, complained_about(selection, axis))]).drop_duplicates()
        customers = customers.merge(found, how="cross")
    joined = customers.merge(events, on=[*axes, "store_code"], how="left")
    den = joined["den"].to_numpy(dtype=float)
    return joined, {
        "num": np.nan_to_num(joined["num"].to_numpy(dtype=float)),
        "den": den,
        "n": den,
        "w": den,
        "w2": den,
    }


def _coded(metric: Metric, axes: tuple[str, ...], frame: pd.DataFrame, sums: Mapping[str, Floats]) -> StoreSums:
    """The rows with a denominator, their groups numbered."""
    full = sums["den"] > 0
    if not full.all():
        frame, sums = frame[full], {name: values[full] for name, values in sums.items()}
    store = frame["store_code"].to_numpy(dtype=np.intp)
    if axes:
        keys, group = grouped(frame[list(axes)])
    else:
        keys, group = pd.DataFrame(index=range(min(len(frame), 1))), np.zeros(len(frame), dtype=np.intp)
    return StoreSums(metric, axes, keys, group, store, sums)


def regrouped(sums: StoreSums, axes: tuple[str, ...], groups: NDArray[np.bool_]) -> StoreSums:
    """Some groups of the sums, added up over the axes that are left out; one row per new group and store."""
    rows = sums.rows(groups[sums.group])
    kept = sums.keys[groups].reset_index(drop=True)
    if axes:
        keys, code = grouped(kept[list(axes)])
    else:
        keys, code = pd.DataFrame(index=range(min(len(kept), 1))), np.zeros(len(kept), dtype=np.intp)
    new = np.zeros(sums.groups, dtype=np.intp)
    new[groups] = code
    stores = int(rows.store.max(initial=0)) + 1
    cells, cell = np.unique(new[rows.group] * stores + rows.store, return_inverse=True)
    added = {name: per_group(cell, values, len(cells)) for name, values in rows.sums.items()}
    return StoreSums(
        sums.metric, axes, keys, (cells // stores).astype(np.intp), (cells % stores).astype(np.intp), added
    )


def grouped(columns: pd.DataFrame) -> tuple[pd.DataFrame, Ints]:
    """The distinct rows in sorted order, and for each row which of them it is."""
    code = np.zeros(len(columns), dtype=np.int64)
    for name in columns:
        one, values = pd.factorize(columns[name], sort=True)
        code = code * max(len(values), 1) + one
    _, first, group = np.unique(code, return_index=True, return_inverse=True)
    return columns.iloc[first].reset_index(drop=True), group.astype(np.intp)


def estimate(sums: StoreSums, rule: str = "responses") -> Estimate:
    """Value and 95 % interval of every group.

    Several stores: clustered by store. One store: by its responses (t, Wilson, adjusted Wald, exact Poisson).
    """
    spread = intervals.clustered(*parts(sums.metric, sums.sums, rule), sums.group, sums.groups)
    return estimate_of(sums.metric, sums.totals(), spread, rule)


def parts(metric: Metric, sums: Mapping[str, Floats], rule: str) -> tuple[Floats, Floats]:
    """Numerator and denominator of every row by a rule; for the mean of stores each store weighs the same."""
    if rule == "points" and "points" in metric.rules:
        return sums["pnum"], sums["pden"]
    if rule == "stores":
        full = sums["den"] > 0
        return np.divide(sums["num"], sums["den"], out=np.zeros(len(full)), where=full), full.astype(float)
    return sums["num"], sums["den"]


def estimate_of(metric: Metric, totals: Mapping[str, Floats], spread: Clustered, rule: str) -> Estimate:
    """The estimate from each group's totals and its spread over stores."""
    n, single = totals["n"], spread.clusters <= 1
    n_effective = intervals.effective_n(totals["w"], totals["w2"])
    simple = _simple_variance(metric, totals, spread.ratio, n_effective)
    effect = np.where(single, 1.0, intervals.design_effect(spread.variance, simple, spread.df))
    variance = np.where(single, simple, spread.variance)
    df = np.where(single, np.where(n > 1, n - 1, np.nan), spread.df)
    low, high = _limits(metric, totals, spread.ratio, variance, df, n_effective / effect, effect, rule)
    # The adjusted Wald interval of a few unanimous responses can leave the value itself out.
    low, high = np.fmin(low, spread.ratio + 0 * low), np.fmax(high, spread.ratio + 0 * high)
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


def _scale(metric: Metric, rule: str) -> float:
    return 100.0 if rule == "points" and "points" in metric.rules else metric.scale


def _simple_variance(metric: Metric, totals: Mapping[str, Floats], ratio: Floats, n_effective: Floats) -> Floats:
    """Variance as if the responses were a simple random sample (unscaled)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric.kind == "share":
            return np.asarray(np.maximum(ratio * (1 - ratio), 0.0) / n_effective)
        if metric.kind == "nps":
            return np.asarray(np.maximum(totals["either"] / totals["den"] - ratio**2, 0.0) / n_effective)
        if metric.kind == "rate":
            return np.asarray(np.maximum(ratio, 0.0) / totals["den"])
        mean = totals["num"] / totals["den"]
        squares = (totals[q] for q in ("q0", "q1", "q2"))
        variance = intervals.mean_variance(totals["n"], totals["w"], mean, *squares)
        # Pooled points are a share: the relative variation of the visits' scores is borrowed for them.
        return np.where(mean > 0, variance * (ratio / mean) ** 2, variance)


def _limits(
    metric: Metric,
    totals: Mapping[str, Floats],
    ratio: Floats,
    variance: Floats,
    df: Floats,
    n: Floats,
    effect: Floats,
    rule: str,
) -> tuple[Floats, Floats]:
    if rule == "stores" or metric.kind in {"mean", "hours"}:
        return intervals.t_interval(ratio, variance, df)
    if metric.kind == "share":
        return intervals.wilson(ratio, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        if metric.kind == "nps":
            return intervals.adjusted_wald_nps(ratio, totals["either"] / totals["den"], n)
        exposure = totals["den"] / effect
        return intervals.poisson_rate(ratio * exposure, exposure)


def known_rule(metric: Metric, rule: str) -> str:
    """The rule if the metric has it, else the mean of responses."""
    return rule if rule in metric.rules else "responses"


def estimates(sums: StoreSums, rule: str = "responses") -> pd.DataFrame:
    """The frame of `measure`."""
    return pd.DataFrame(columns_of(sums, estimate(sums, known_rule(sums.metric, rule))))


def columns_of(sums: StoreSums, main: Estimate) -> dict[str, Any]:
    """An estimate beside the keys of its groups and the values by the other rules, column by column."""
    return {
        **{axis: sums.keys[axis] for axis in sums.axes},
        "n": np.rint(main.n).astype(np.int64),
        "stores": main.stores.astype(np.int64),
        "value": main.value,
        "low": main.low,
        "high": main.high,
        "se": np.sqrt(main.variance),
        "df": main.df,
        "value_responses": _value(sums, "responses"),
        "value_points": _value(sums, "points"),
        "value_stores": _value(sums, "stores"),
        "n_effective": main.n_effective,
        "limit": np.full(len(main.n), ""),
        "hidden_reason": np.where(main.n < sums.metric.minimum_n, "too_few", ""),
    }


def _value(sums: StoreSums, rule: str) -> Floats:
    """The value by another rule; NaN where the metric does not know it."""
    if rule not in sums.metric.rules:
        return np.full(sums.groups, np.nan)
    num, den = parts(sums.metric, sums.sums, rule)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = per_group(sums.group, num, sums.groups) / per_group(sums.group, den, sums.groups)
    return np.asarray(ratio * _scale(sums.metric, rule))


def first_row(frame: pd.DataFrame) -> dict[str, Any]:
    """The first row as a mapping."""
    return {str(name): value for name, value in frame.iloc[0].items()}
