"""Results that others published: looked up, and only where a place has none the mean of the places below it.

A result without its number of answers has no interval and no verdict; a mean of such results is a plain mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from sq.language import Message
from sq.metrics.catalogue import Metric
from sq.metrics.lattice import Group, group_of
from sq.metrics.querying import SQL_FOLDER, Statement
from sq.selection import PLACE_PATH, Selection
from sq.statistics import intervals
from sq.statistics.intervals import Floats
from sq.warehouse import Scope, Warehouse

PLACES = (*PLACE_PATH, "department")
# Which published places stand for one without a result of its own, the nearest first.
BELOW: dict[str, tuple[str, ...]] = {
    "chain": ("region", "city", "store", "department"),
    "region": ("city", "store"),
    "city": ("store",),
    "store": (),
    "department": (),
}
_COUNTS = ("places", "total", "counted", "n", "weighted", "n_min", "n_max")
_LATEST = "QUALIFY period_end = max(period_end) OVER (PARTITION BY instrument, subject)"


@dataclass(frozen=True)
class Published:
    """What is looked up: the metric and the kind of group."""

    metric: Metric
    group: Group


def measure_aggregates(
    warehouse: Warehouse, scope: Scope, metric: Metric, selection: Selection, axes: tuple[str, ...]
) -> pd.DataFrame:
    """The frame of `sq.metrics.measuring.measure` for published results; of each subject the newest period.

    ``n`` is NaN where it is not published, and so is the interval. Further columns: ``mean_of`` (how many places a mean
    is of; 0 = published for the place itself), ``range_low`` and ``range_high`` (where only a range of n is published),
    ``period_start``, ``period_end``. With an axis ``period`` every period up to the end, with ``month`` those inside.
    """
    group = group_of(metric, selection, axes)
    if isinstance(group, Message):
        return empty_frame(axes)
    course = bool({"period", "month"} & set(axes))
    frame = read_aggregates(warehouse, scope, Published(metric, group), selection, axes, course)
    frame = frame[in_selection(frame, selection, group)].reset_index(drop=True)
    if group.subject_kind == "form" and len(frame):
        frame = frame[frame["subject"] == frame["subject"].iloc[0]].reset_index(drop=True)
    if course:
        start = selection.months[0]
        if "month" in axes and start:
            frame = frame[frame["period_end"] >= pd.Timestamp(start)].reset_index(drop=True)
        frame = frame.assign(period=frame["period_end"], month=frame["period_end"].dt.to_period("M").dt.to_timestamp())
    columns = dict.fromkeys((*axes, *measures(0), "period_start", "period_end"))
    return pd.DataFrame(frame, columns=list(columns))


def in_selection(frame: pd.DataFrame, selection: Selection, group: Group) -> Any:
    """Which rows a selection asks for."""
    keep = np.ones(len(frame), dtype=bool)
    names = ("store",) if selection.store else ("region", "city", "department")
    for name in (*names, *([] if group.subject_kind == "form" else [group.subject_kind])):
        if getattr(selection, name) and name in frame:
            keep &= (frame[name] == getattr(selection, name)).to_numpy()
    return keep


def empty_frame(axes: tuple[str, ...]) -> pd.DataFrame:
    """No rows, but the columns of `measure_aggregates`."""
    keys: dict[str, Any] = {name: pd.Series(dtype=str) for name in axes}
    days: dict[str, Any] = {name: pd.Series(dtype="datetime64[us]") for name in ("period_start", "period_end")}
    return pd.DataFrame({**keys, **measures(0), **days})


def read_aggregates(
    warehouse: Warehouse,
    scope: Scope,
    published: Published,
    selection: Selection,
    axes: tuple[str, ...],
    course: bool = False,
) -> pd.DataFrame:
    """Every place of a level on every subject of a kind, with the columns of a measured frame.

    ``course`` gives all periods up to the end of the selection instead of each subject's newest inside it.
    """
    level = published.group.level
    keys = [name for name in PLACES[: PLACES.index(level) + 1] if name != "department"] if level in PLACE_PATH else []
    keys = ["department"] if level == "department" else keys
    found = pd.DataFrame()
    for source in (level, *BELOW[level]):
        statement = aggregates_statement(published, scope, selection, source, tuple(keys), course)
        rows = warehouse.kept(statement.sql, statement.values)
        rows = rows.assign(direct=source == level)
        found = rows if found.empty else pd.concat([found, _without(rows, found, keys)], ignore_index=True)
    kind = published.group.subject_kind
    found = found.assign(**{kind: found["subject"]}) if kind != "form" else found
    numbers = pd.DataFrame(_numbers(published.metric, found), index=found.index)
    return pd.concat([found[[name for name in found if name not in _COUNTS]], numbers], axis=1)


def _without(rows: pd.DataFrame, found: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """The rows of places, subjects and periods that ``found`` does not hold."""
    on = [*keys, "subject", "period_end"]
    beside = rows[on].merge(found[on].assign(known=1), on=on, how="left")["known"]
    return rows[beside.isna().to_numpy()]


def _numbers(metric: Metric, rows: pd.DataFrame) -> dict[str, Any]:
    """Value, n and interval; a mean of places is weighted where all of them say their n."""
    places, counted, total = (rows[name].to_numpy(dtype=float) for name in ("places", "counted", "total"))
    full = (counted == places) & (rows["n"].to_numpy(dtype=float) > 0)
    n = np.where(full, rows["n"].to_numpy(dtype=float), np.nan)
    value = np.where(full, rows["weighted"].to_numpy(dtype=float) / n, total / places)
    low, high = interval(metric, value, n)
    direct = rows["direct"].to_numpy(dtype=bool)
    few = (n < metric.minimum_n) & np.isfinite(n)
    return measures(len(rows)) | {
        "n": n,
        "stores": np.where(direct, np.nan, places),
        "value": value,
        "low": low,
        "high": high,
        "se": np.fmax(value - low, high - value) / intervals.z_quantile(),
        "value_responses": value,
        "n_effective": n,
        "hidden_reason": np.where(few, "too_few", ""),
        "mean_of": np.where(direct, 0, places).astype(int),
        "range_low": np.where(full, np.nan, rows["n_min"].to_numpy(dtype=float)),
        "range_high": np.where(full, np.nan, rows["n_max"].to_numpy(dtype=float)),
    }


def interval(metric: Metric, value: Floats, n: Floats) -> tuple[Floats, Floats]:
    """95 % limits as far as a published value and n allow: of shares, and the widest of an NPS; a mean has none."""
    if metric.kind == "share":
        low, high = intervals.wilson(value / 100, n)
    elif metric.kind == "nps":
        low, high = intervals.adjusted_wald_nps(value / 100, np.ones(len(value)), n)
        low, high = np.fmin(low, value / 100 + 0 * low), np.fmax(high, value / 100 + 0 * high)
    else:
        return np.full(len(value), np.nan), np.full(len(value), np.nan)
    return 100 * low, 100 * high


def measures(rows: int) -> dict[str, Any]:
    """The columns of a measured frame without anything in them."""
    nothing = np.full(rows, np.nan)
    return {
        **dict.fromkeys(("n", "stores", "value", "low", "high", "se", "df", "value_responses"), nothing),
        **dict.fromkeys(("value_points", "value_stores", "n_effective"), nothing),
        "limit": np.full(rows, ""),
        "hidden_reason": np.full(rows, ""),
        "mean_of": np.zeros(rows, dtype=int),
        "range_low": nothing,
        "range_high": nothing,
    }


@cache
def _template() -> str:
    return (SQL_FOLDER / "aggregates.sql").read_text(encoding="utf-8")


def aggregates_statement(
    published: Published, scope: Scope, selection: Selection, source: str, keys: tuple[str, ...], course: bool
) -> Statement:
    """The results of places of one level, by the places they stand for."""
    start, end = selection.months
    months = [("period_end >= ?", start)] if start and not course else []
    months += [("date_trunc('month', period_end) <= ?", end)] if end else []
    inside = _inside(published, selection)
    allowed, allowed_values = _allowed(scope, source)
    conditions = "".join(f" AND {condition}" for condition in (*(sql for sql, _ in inside), allowed))
    sql = _template().format(
        months="".join(f" AND {condition}" for condition, _ in months),
        latest="" if course else _LATEST,
        axes="".join(f"a.{name}, " for name in keys),
        conditions=conditions,
    )
    kind = (published.metric.statistic, published.group.subject_kind)
    return Statement(
        sql, (*kind, *(value for _, value in months), *kind, source, *(value for _, value in inside), *allowed_values)
    )


def _inside(published: Published, selection: Selection) -> list[tuple[str, Any]]:
    """Items of one dimension where one is chosen."""
    if published.group.subject_kind != "item" or not selection.dimension:
        return []
    instrument, _, dimension = selection.dimension.partition(":")
    sql = (
        "(a.instrument, a.subject) IN (SELECT (instrument, item_id) FROM items "
        "WHERE instrument || ':' || dimension_id = ?)"
    )
    return [(sql, f"{instrument}:{dimension}")]


def _allowed(scope: Scope, source: str) -> tuple[str, tuple[Any, ...]]:
    """What a reader may see: results of own stores and regions; others only without any limit."""
    if not scope.regions and not scope.stores:
        return "TRUE", ()
    if source == "store":
        condition, values = scope.condition("m")
        return f"EXISTS (FROM memberships AS m WHERE m.store_id = a.store AND {condition})", tuple(values)
    if source in {"region", "city"} and scope.regions:
        return f"a.region IN ({', '.join('?' * len(scope.regions))})", scope.regions
    return "FALSE", ()
